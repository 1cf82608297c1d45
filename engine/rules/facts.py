"""What validation rules and formulas may look at: one redeemable of one request.

Nothing is worked out unless a rule asks, so most requests cost what their rules cost. What rules
need of other features comes in as functions, in a `Lookups`: so rules lie below those features.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from engine.counters.pending import Pending, TallyScope, Who, tally_scopes_of
from engine.kernel.calendar import Moment, Zone
from engine.kernel.state import View
from engine.pricing.basket import Basket, Line
from schemas.base import Millis
from schemas.customers import Customer
from schemas.evaluations import Taken
from schemas.orders import Order, OrderItem
from schemas.products import CatalogItem
from schemas.promotions import PromotionTier
from schemas.rules import ValidationRule
from schemas.tallies import Period, Sums
from schemas.vouchers import Voucher

#: What an item is in the catalogue (engine/products/find.py).
Meant = Callable[[View, OrderItem], CatalogItem | None]


class Lookups(NamedTuple):
    """How rules look at what belongs to other features."""

    #: Whether a customer is in a segment, by its id (engine/segments/belonging.py).
    is_in_segment: Callable[[View, str, Customer, Millis], bool]
    #: Whether an item is in a collection, by its id (engine/collections/members.py).
    is_in_collection: Callable[[View, str, OrderItem, Millis], bool]
    find_meant_item: Meant
    #: The metadata of a product, by its id (engine/products/find.py).
    product_metadata: Callable[[View, str], Mapping[str, Any] | None]
    #: The metadata of the publication that gave a voucher (engine/vouchers/holdings.py).
    publication_metadata: Callable[[View, Voucher], Mapping[str, Any] | None]
    #: What redemptions add up to in a scope (engine/counters/tallies.py).
    read_sums: Callable[[View, TallyScope, Who, Period | None, Millis], Sums]


#: What the product and the SKU of a line go by; redeemables of one request share it.
Identities = dict[Line, tuple[tuple[str, ...], tuple[str, ...]]]


class Facts:
    """A redeemable and the request that it is part of."""

    __slots__ = (
        "_identities",
        "_lookups",
        "_scopes",
        "basket",
        "by_entry",
        "customer",
        "event_metadata",
        "key_id",
        "moment",
        "pending",
        "redemption_metadata",
        "taken",
        "tier",
        "user",
        "view",
        "voucher",
    )

    def __init__(
        self,
        view: View,
        basket: Basket | None,
        now: Millis,
        lookups: Lookups,
        *,
        zone: Zone = None,
        voucher: Voucher | None = None,
        tier: PromotionTier | None = None,
        customer: Customer | None = None,
        redemption_metadata: Mapping[str, Any] | None = None,
        event_metadata: Mapping[str, Any] | None = None,
        key_id: str = "",
        user: str | None = None,
        pending: Pending | None = None,
        taken: Taken | None = None,
        identities: Identities | None = None,
    ) -> None:
        self.view = view
        #: The order as those before left it; an empty one where the request has none.
        self.basket = Basket(Order()) if basket is None else basket
        self.moment = Moment(now, zone)
        self.voucher = voucher
        self.tier = tier
        self.customer = customer
        self.redemption_metadata = redemption_metadata
        #: Of a custom event, where the rules are for one.
        self.event_metadata = event_metadata
        #: The public id of the key that asks; or the user's, and then the login.
        self.key_id = key_id
        self.user = user
        #: What those of the request counted that apply before it.
        self.pending = pending or Pending()
        #: What it would take; None: that is not worked out yet.
        self.taken = taken
        #: The lines of each entry of a set, once they are looked for: they stay the same while the
        #: basket takes nothing.
        self.by_entry: list[tuple[ValidationRule, Mapping[int, list[int]]]] = []
        self._lookups = lookups
        self._identities: Identities = {} if identities is None else identities
        self._scopes: tuple[TallyScope, ...] | None = None

    @property
    def now(self) -> Millis:
        """The time of the request."""
        return self.moment.at

    @property
    def zone(self) -> Zone:
        """The project's time zone."""
        return self.moment.zone

    @property
    def scopes(self) -> tuple[TallyScope, ...]:
        """Where the redeemable is counted."""
        if self._scopes is None:
            self._scopes = tally_scopes_of(self.voucher, self.tier)
        return self._scopes

    @property
    def lines(self) -> list[Line]:
        """The lines of the order."""
        return self.basket.lines

    @property
    def customer_metadata(self) -> Mapping[str, Any] | None:
        """The customer's metadata."""
        data = None if self.customer is None else self.customer.personal.data
        return None if data is None else data.metadata

    @property
    def publication_metadata(self) -> Mapping[str, Any] | None:
        """The metadata of the publication that gave the voucher to its holder."""
        voucher = self.voucher
        return None if voucher is None else self._lookups.publication_metadata(self.view, voucher)

    def in_segment(self, segment_id: str) -> bool:
        """Whether the customer is in the segment with that id."""
        if self.customer is None:
            return False
        return self._lookups.is_in_segment(self.view, segment_id, self.customer, self.now)

    def in_collection(self, collection_id: str, line: Line) -> bool:
        """Whether the line's item is in the collection with that id."""
        return self._lookups.is_in_collection(self.view, collection_id, line.item, self.now)

    def read_sums(self, scope: TallyScope, who: Who = (), period: Period | None = None) -> Sums:
        """What redemptions add up to in a scope, since ever or in the period that it is now."""
        return self._lookups.read_sums(self.view, scope, who, period, self.now)

    def products(self, line: Line) -> tuple[str, ...]:
        """The ids and source ids that the line's product goes by."""
        return self._identity(line)[0]

    def skus(self, line: Line) -> tuple[str, ...]:
        """The ids and source ids that the line's SKU goes by, if it is one."""
        return self._identity(line)[1]

    def _identity(self, line: Line) -> tuple[tuple[str, ...], tuple[str, ...]]:
        found = self._identities.get(line)
        if found is None:
            found = self._identities[line] = _identity_of(
                line.item, self._lookups.find_meant_item(self.view, line.item)
            )
        return found

    def counted_by(self, line: Line, kind: str, named: str | None) -> str:
        """What the line's product or SKU is counted by: its id in the catalogue, else its name."""
        meant = self._lookups.find_meant_item(self.view, line.item)
        if meant is not None and (kind == "product" or meant.object == "sku"):
            return meant.product_id if kind == "product" else meant.id
        names = (named, *self.products(line), *self.skus(line))
        return next((name for name in names if name), "")

    def product_metadata(self, line: Line) -> Mapping[str, Any] | None:
        """The metadata of the line's product: what the request says, over the catalogue's."""
        said = None if line.item.product is None else line.item.product.metadata
        meant = self._lookups.find_meant_item(self.view, line.item)
        known = None
        if meant is not None:
            known = self._lookups.product_metadata(self.view, meant.product_id)
        return {**(known or {}), **(said or {})} if said or known else None


def is_plain(item: OrderItem) -> bool:
    """Whether its two ids are all that it goes by: then the catalogue need not be asked."""
    return (
        item.source_id is None
        and item.product is None
        and item.sku is None
        and item.product_id is not None
        and item.product_id.startswith("prod_")
        and (item.sku_id is None or item.sku_id.startswith("sku_"))
    )


def _identity_of(
    item: OrderItem, meant: CatalogItem | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the line says of its product and its SKU, and what the catalogue knows of them."""
    if item.sku_id is None and item.product_id is not None and is_plain(item):  # nearly every line
        source_id = None if meant is None else meant.source_id
        return ((item.product_id, source_id) if source_id else (item.product_id,)), ()
    about_sku = item.related_object == "sku"
    products = (
        item.product_id,
        item.product and item.product.id,
        item.product and item.product.source_id,
        None if about_sku else item.source_id,
        meant and meant.product_id,
        meant and meant.source_id,
    )
    skus = (
        item.sku_id,
        item.sku and item.sku.id,
        item.sku and item.sku.source_id,
        item.source_id if about_sku else None,
        meant.id if meant is not None and meant.object == "sku" else None,
        meant and meant.sku_source_id,
    )
    return (
        tuple(dict.fromkeys(name for name in products if name)),
        tuple(dict.fromkeys(name for name in skus if name)),
    )
