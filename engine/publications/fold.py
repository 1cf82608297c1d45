"""Publications in the state: who holds what, and which source ids are taken."""

from types import MappingProxyType

from engine.campaigns.store import store_campaign
from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from engine.vouchers.fold import store_voucher
from engine.vouchers.holdings import keep_holding
from schemas.base import Millis
from schemas.publications import Holding, PublicationFailed, PublicationSucceeded


def publication_succeeded(state: State, event: PublicationSucceeded, _: Millis) -> None:
    """The vouchers have a holder, and the campaign's next free one lies behind them."""
    publication = event.publication
    state.put(tables.PUBLICATIONS, publication, publication.id)
    if publication.source_id is not None:
        state.put(tables.PUBLICATION_SOURCES, publication.id, publication.source_id)
    for voucher in event.vouchers:
        store_voucher(state, voucher)
        holding = Holding(voucher.id, publication.id, voucher.campaign_id)
        keep_holding(state, publication.customer_id, holding)
    if event.campaign is not None:
        store_campaign(state, event.campaign)


def publication_failed(state: State, event: PublicationFailed, _: Millis) -> None:
    """Numbers that were searched in vain are not searched again."""
    if event.campaign is not None:
        store_campaign(state, event.campaign)


FOLDS: Folds = MappingProxyType(
    {
        PublicationSucceeded: publication_succeeded,
        PublicationFailed: publication_failed,
    }
)
