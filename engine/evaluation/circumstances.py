"""What is the same for all offers of a request, and what the rules of one may look at."""

from typing import NamedTuple

from engine.collections.members import in_collection
from engine.counters.pending import Pending
from engine.counters.tallies import tallied
from engine.evaluation.offers import Offer
from engine.kernel.calendar import Zone
from engine.kernel.state import View
from engine.pricing.basket import Basket
from engine.products.find import item_meant, metadata_of_product
from engine.rules.facts import Facts, Identities, Lookups
from engine.segments.belonging import in_segment
from engine.vouchers.holdings import publication_metadata
from schemas.base import Metadata, Millis
from schemas.customers import Customer
from schemas.orders import Order
from schemas.stacking import StackingRules

LOOKUPS = Lookups(
    in_segment=in_segment,
    in_collection=in_collection,
    meant=item_meant,
    product_metadata=metadata_of_product,
    publication_metadata=publication_metadata,
    tallied=tallied,
)


class Circumstances(NamedTuple):
    """What is the same for all offers of a request."""

    view: View
    rules: StackingRules
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


def facts_of(
    at: Circumstances,
    offer: Offer,
    basket: Basket | None,
    pending: Pending,
    identities: Identities | None = None,
) -> Facts:
    """What the rules of an offer may look at; `identities` are known for the lines of the basket."""
    return Facts(
        at.view,
        basket,
        at.now,
        at.lookups,
        zone=at.zone,
        voucher=offer.voucher,
        tier=offer.tier,
        customer=at.customer,
        redemption_metadata=at.metadata,
        key_id=at.key_id,
        pending=pending,
        identities=identities,
    )
