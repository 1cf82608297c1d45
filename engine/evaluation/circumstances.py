"""What is the same for all offers of a request, and what the rules of one may look at."""

from typing import NamedTuple

from engine.collections.members import is_in_collection
from engine.counters.pending import Pending
from engine.counters.tallies import read_sums
from engine.evaluation.offers import Offer
from engine.kernel.calendar import Zone
from engine.kernel.state import View
from engine.pricing.basket import Basket
from engine.products.find import find_meant_item, metadata_of_product
from engine.rules.facts import Facts, Identities, Lookups
from engine.segments.belonging import is_in_segment
from engine.vouchers.holdings import publication_metadata
from schemas.base import Metadata, Millis
from schemas.customers import Customer
from schemas.orders import Order
from schemas.stacking import StackingRules

LOOKUPS = Lookups(
    is_in_segment=is_in_segment,
    is_in_collection=is_in_collection,
    find_meant_item=find_meant_item,
    product_metadata=metadata_of_product,
    publication_metadata=publication_metadata,
    read_sums=read_sums,
)


class Circumstances(NamedTuple):
    """What is the same for all offers of a request."""

    view: View
    stacking: StackingRules
    now: Millis
    order: Order | None
    customer: Customer | None
    #: Of the redemption.
    metadata: Metadata | None
    key_id: str
    #: The session that asks: what it holds does not count against itself.
    own_session: str | None
    #: How its rules look at other features.
    lookups: Lookups = LOOKUPS
    #: That of the project.
    zone: Zone = None
    #: Of the user who asks; then `key_id` is the user's.
    login: str | None = None


def facts_of(
    circumstances: Circumstances,
    offer: Offer,
    basket: Basket | None,
    pending: Pending,
    identities: Identities | None = None,
) -> Facts:
    """What the rules of an offer may look at; `identities` are known for the lines of the basket."""
    return Facts(
        circumstances.view,
        basket,
        circumstances.now,
        circumstances.lookups,
        zone=circumstances.zone,
        voucher=offer.voucher,
        tier=offer.tier,
        customer=circumstances.customer,
        redemption_metadata=circumstances.metadata,
        key_id=circumstances.key_id,
        user=circumstances.login,
        pending=pending,
        identities=identities,
    )
