"""Who holds what in the state: by campaign, for publications, and by id, for the customer's list."""

from itertools import islice
from typing import Final

from engine.campaigns.free import is_over
from engine.kernel import tables
from engine.kernel.ids import holding_id
from engine.kernel.state import State, View
from schemas.base import Metadata, Millis
from schemas.publications import Holding
from schemas.vouchers import Voucher

#: How many vouchers of a campaign are looked at for one that its holder can use.
HELD_MAX: Final = 100


def keep_holding(state: State, customer_id: str, holding: Holding) -> None:
    """The customer holds the voucher; the last publication that gave it is noted."""
    key = (customer_id, holding.campaign_id or "", holding.voucher_id)
    if state.get(tables.HOLDINGS, *key) is None:
        _count(state, customer_id, 1)
        held = holding_id(customer_id, holding.voucher_id)
        state.put(tables.HELD, holding.voucher_id, customer_id, held)
    state.put(tables.HOLDINGS, holding, *key)


def drop_holding(state: State, voucher: Voucher) -> None:
    """Nobody holds the voucher any more."""
    customer_id = voucher.holder_id
    if customer_id is None:
        return
    key = (customer_id, voucher.campaign_id or "", voucher.id)
    if state.get(tables.HOLDINGS, *key) is not None:
        _count(state, customer_id, -1)
        state.delete(tables.HELD, customer_id, holding_id(customer_id, voucher.id))
        state.delete(tables.HOLDINGS, *key)


def find_held(view: View, customer_id: str, campaign_id: str, now: Millis) -> Voucher | None:
    """The customer's voucher of a campaign: of several the first that works, else the first."""
    first = None
    for holding in islice(view.scan(tables.HOLDINGS, customer_id, campaign_id), HELD_MAX):
        voucher = view.get(tables.VOUCHERS, holding.voucher_id)
        if voucher is not None and works(voucher, now):
            return voucher
        first = first or voucher
    return first


def works(voucher: Voucher, now: Millis) -> bool:
    """Whether it is switched on and not over."""
    return voucher.active and not is_over(voucher, now)


def publication_metadata(view: View, voucher: Voucher) -> Metadata | None:
    """The metadata of the publication that gave the voucher to its holder."""
    if voucher.holder_id is None:
        return None
    ids = (voucher.holder_id, voucher.campaign_id or "", voucher.id)
    holding = view.get(tables.HOLDINGS, *ids)
    publication = holding and view.get(tables.PUBLICATIONS, holding.publication_id)
    return publication.metadata if publication else None


def _count(state: State, customer_id: str, difference: int) -> None:
    count = (state.get(tables.HELD_COUNTS, customer_id) or 0) + difference
    if count:
        state.put(tables.HELD_COUNTS, count, customer_id)
    else:
        state.delete(tables.HELD_COUNTS, customer_id)
