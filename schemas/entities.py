"""The entities: what a fold of the ledger keeps. Money in minor units, times in milliseconds UTC."""

from typing import Any, Literal

from msgspec import field

from schemas.api import OrderItemInput, OrderStatus, RedeemableObject
from schemas.base import Metadata, Millis, Shape
from schemas.categories import Category
from schemas.discounts import Discount
from schemas.errors import Refusal
from schemas.personal import Personal
from schemas.promotions import PromotionTier
from schemas.rules import BundleShown, ItemEntry, UnitsShown
from schemas.stacking import StackingRules
from schemas.tallies import UnitCount
from schemas.validity import ValidityHours, ValidityTimeframe

KeyKind = Literal["server", "client", "management", "system"]
VoucherType = Literal["DISCOUNT_VOUCHER", "GIFT_VOUCHER", "LOYALTY_CARD"]


class Gift(Shape, frozen=True):
    """A gift card: what was loaded and what is left, in minor units."""

    amount: int
    balance: int
    effect: Literal["APPLY_TO_ORDER", "APPLY_TO_ITEMS"] | None = None
    #: What was taken off by hand.
    subtracted_amount: int = 0


class LoyaltyCard(Shape, frozen=True):
    """A loyalty card: the points that were given and those that are left."""

    points: int
    balance: int
    #: What was taken off by hand.
    subtracted_points: int = 0


class Voucher(Shape, frozen=True):
    """A code that gives a discount or holds credits."""

    id: str
    code: str
    type: VoucherType
    created_at: Millis
    discount: Discount | None = None
    gift: Gift | None = None
    loyalty_card: LoyaltyCard | None = None
    campaign: str | None = None
    campaign_id: str | None = None
    category: str | None = None
    category_id: str | None = None
    start_date: Millis | None = None
    expiration_date: Millis | None = None
    validity_timeframe: ValidityTimeframe | None = None
    validity_day_of_week: tuple[int, ...] | None = None
    validity_hours: ValidityHours | None = None
    active: bool = True
    additional_info: str | None = None
    metadata: Metadata = field(default_factory=dict)
    #: How often it may be redeemed; None is without limit.
    quantity: int | None = None
    redeemed_quantity: int = 0
    redeemed_amount: int = 0
    redeemed_points: int = 0
    #: The sets of validation rules that bind it; kept by the fold of their assignments.
    rule_ids: tuple[str, ...] = ()
    #: Its number in its campaign.
    campaign_number: int | None = None
    #: The customer whom it was given to, and how often it was published.
    holder_id: str | None = None
    published: int = 0
    published_at: Millis | None = None
    #: How many session holds lie on it, expired ones included, until they are swept.
    holds: int = 0
    updated_at: Millis | None = None


class Customer(Shape, frozen=True):
    """A customer; everything that identifies the person is in `personal`."""

    id: str
    personal: Personal
    created_at: Millis
    updated_at: Millis | None = None
    #: When it went to the bin; nobody finds it there, and its source id stays taken.
    deleted_at: Millis | None = None
    bin_entry_id: str | None = None


class OrderItem(OrderItemInput, frozen=True):
    """A line of a calculated order."""

    id: str | None = None
    discount_amount: int = 0
    #: What redemptions took of units that were taken back since: it counts for nothing.
    discount_void: int = 0
    #: Units that a discount made free, and what the line was before discounts added units to it.
    discount_quantity: int = 0
    initial_quantity: int | None = None
    initial_amount: int | None = None


class OrderEntry(Shape, frozen=True):
    """One redemption of an order, a stack's parent included."""

    id: str
    at: Millis
    related_object_type: Literal["voucher", "promotion_tier", "redemption"]
    related_object_id: str
    parent_id: str | None = None
    stacked: tuple[str, ...] = ()
    rollback_id: str | None = None
    rollback_at: Millis | None = None
    rollback_stacked: tuple[str, ...] = ()


class Order(Shape, frozen=True):
    """A calculated order. `id` is empty while it is only validated, not saved.

    `discount_amount` is what all its redemptions took on the order as a whole, so far.
    """

    id: str = ""
    source_id: str | None = None
    status: OrderStatus | None = None
    amount: int | None = None
    initial_amount: int | None = None
    discount_amount: int = 0
    items: tuple[OrderItem, ...] | None = None
    metadata: Metadata | None = None
    customer_id: str | None = None
    redemptions: tuple[OrderEntry, ...] = ()
    created_at: Millis | None = None
    updated_at: Millis | None = None

    @property
    def items_discount(self) -> int:
        """The sum of the discounts on single items."""
        return sum([item.discount_amount for item in self.items]) if self.items else 0


class ItemTaken(Shape, frozen=True):
    """What one redeemable did to a line of the order, which `index` names."""

    index: int
    #: Taken off the line, in minor units.
    discount: int = 0
    #: Units added to the line, and what they cost before the discount.
    quantity: int = 0
    amount: int = 0
    #: Units of the line that it made free.
    discounted: int = 0


class Replacement(Shape, frozen=True):
    """Units of one line that others take the place of; amounts in minor units."""

    source_index: int
    source_quantity: int
    source_amount: int
    target_index: int
    target_quantity: int
    target_amount: int
    target_discount: int


class Taken(Shape, frozen=True):
    """What one redeemable took from an order, in minor units."""

    order: int = 0
    items: tuple[ItemTaken, ...] = ()
    credits: int | None = None
    points: int | None = None
    #: Lines that it added at the end of the order, as they are before `items` say what it added.
    added: tuple[OrderItem, ...] = ()
    replaced: tuple[Replacement, ...] = ()

    @property
    def total(self) -> int:
        """Everything that it took."""
        return self.order + sum(each.discount for each in self.items)


class ItemsShown(Shape, frozen=True):
    """An entry of the rules with the lines of the order that it meets."""

    entry: ItemEntry
    rule_id: str
    indices: tuple[int, ...] = ()
    #: For the target UNIT.
    units: tuple[UnitsShown, ...] = ()


class CategoryShown(Shape, frozen=True):
    """A category of a redeemable, and what the stacking rules make of it."""

    category: Category
    stacking_rules_type: Literal["EXCLUSIVE", "JOINT"] | None = None


class Outcome(Shape, frozen=True):
    """What became of one redeemable of a request; a stack is shown as its tiers."""

    object: RedeemableObject
    id: str
    status: Literal["APPLICABLE", "INAPPLICABLE", "SKIPPED"]
    #: As it was when validated; as it is after the redemption when redeemed.
    voucher: Voucher | None = None
    tier: PromotionTier | None = None
    taken: Taken | None = None
    refusal: Refusal | None = None
    #: The key of the stacking rule that skipped it,
    skipped_by: str | None = None
    #: and that rule with what it compared; never shown to client-side keys.
    explanation: dict[str, Any] | None = None
    #: The discount as it worked here, where that is not how it is defined: with the values of its
    #: formulas and the effect that the rules gave it.
    worked: Discount | None = None
    dynamic: bool = False
    categories: tuple[CategoryShown, ...] = ()
    campaign_name: str | None = None
    #: The stack that it came with.
    stack_id: str | None = None
    #: The reward that a loyalty card paid for.
    reward_id: str | None = None
    reward_name: str = ""
    applicable_to: tuple[ItemsShown, ...] = ()
    inapplicable_to: tuple[ItemsShown, ...] = ()
    bundle: BundleShown | None = None
    #: Discounted units, where limits of products count them.
    units: tuple[UnitCount, ...] = ()

    @property
    def related_id(self) -> str:
        """The id of the voucher or the tier; what the caller asked for where there is none."""
        if self.tier is not None:
            return self.tier.id
        return self.id if self.voucher is None else self.voucher.id


class Evaluation(Shape, frozen=True):
    """The decision over all redeemables of a request, in request order.

    `order` is the order after all of them; every step between follows from the outcomes' `taken`.
    """

    outcomes: tuple[Outcome, ...]
    order: Order | None = None
    #: The stacking rules that it was taken under; None: the defaults. Those of a redemption name
    #: of all categories only the ones that its redeemables are in.
    stacking: StackingRules | None = None
    #: The places of the outcomes in the order of their application, where it is another.
    sequence: tuple[int, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether nothing stops a redemption: something applies and, in mode ALL, nothing failed."""
        statuses = [outcome.status for outcome in self.outcomes]
        if "APPLICABLE" not in statuses:
            return False
        return self.partial or "INAPPLICABLE" not in statuses

    @property
    def partial(self) -> bool:
        """Whether what applies is redeemed although something failed."""
        rules = self.stacking
        return rules is not None and rules.redeemables_application_mode == "PARTIAL"

    @property
    def applied(self) -> tuple[Outcome, ...]:
        """What was applied, in the order of its application."""
        found = [self.outcomes[n] for n in self.sequence] if self.sequence else self.outcomes
        return tuple(outcome for outcome in found if outcome.status == "APPLICABLE")


class Session(Shape, frozen=True):
    """A lock: what it holds and until when."""

    key: str
    voucher_ids: tuple[str, ...]
    expires_at: Millis
    ttl: float
    ttl_unit: str


class Hold(Shape, frozen=True):
    """What a session holds of one voucher: one redemption, with credits of a gift or points."""

    session_key: str
    expires_at: Millis
    quantity: int = 1
    credits: int = 0
    points: int = 0


class Redemption(Shape, frozen=True):
    """A redemption as far as its rollback needs it; the audit log has the whole."""

    id: str
    at: Millis
    status: Literal["SUCCEEDED", "FAILED", "ROLLED_BACK"]
    related_object_type: Literal["voucher", "promotion_tier", "redemption"]
    #: The voucher's id, or the redemption's own id for a stack's parent.
    related_object_id: str
    #: The voucher's code; for an unknown one what the caller asked for; empty for a parent.
    code: str = ""
    taken: Taken | None = None
    order_id: str | None = None
    customer_id: str | None = None
    tracking_id: str | None = None
    parent_id: str | None = None
    children: tuple[str, ...] = ()
    rollback_id: str | None = None
    #: What the tallies counted it with: the campaign, the key, the order before discounts.
    campaign_id: str | None = None
    key_id: str = ""
    order_amount: int = 0
    units: tuple[UnitCount, ...] = ()


class ApiKey(Shape, frozen=True):
    """A key pair's public id and the keyed hash of its token."""

    id: str
    project_id: str
    kind: KeyKind
    token_hash: str
    revoked_at: Millis | None = None


class ProjectSettings(Shape, frozen=True):
    """What can be said of a project, and what its client-side keys may do."""

    description: str = ""
    timezone: str = "Etc/UTC"
    currency: str = "USD"
    dial_code: str | None = None
    client_redeem_enabled: bool = True
    client_publish_enabled: bool = False
    client_list_vouchers_enabled: bool = False
    client_create_customer_enabled: bool = False
    client_loyalty_events_enabled: bool = False
    client_set_voucher_expiration_date_enabled: bool = False


class Project(Shape, frozen=True):
    """A tenant. Its partition is chosen once and never changes."""

    id: str
    name: str
    partition: int
    created_at: Millis
    trusted_origins: tuple[str, ...] = ()
    #: None: the defaults.
    settings: ProjectSettings | None = None
    #: The project whose management key made it; None for the installation's own.
    managed_by: str | None = None
    updated_at: Millis | None = None
    deleted_at: Millis | None = None

    @property
    def terms(self) -> ProjectSettings:
        """The settings; of a project that was never given any, everything that exists is on."""
        return self.settings or ProjectSettings(client_publish_enabled=True)


class OpenedProject(Shape, frozen=True):
    """That a project's own partition knows it; its keys work from then on."""

    id: str
    opened_at: Millis
    #: The kinds of objects that have a metadata schema.
    described: tuple[str, ...] = ()


class Seen(Shape, frozen=True):
    """The memory of a decided command, for seven days."""

    fingerprint: str
    #: The offset of the record that decided it.
    offset: int
    #: The command's id; the sweep needs it.
    command_id: str = ""
