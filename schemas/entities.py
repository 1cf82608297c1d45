"""The entities: what a fold of the ledger keeps. Money in minor units, times in milliseconds UTC."""

from decimal import Decimal
from typing import Literal

from msgspec import field

from schemas.api import OrderItemInput, OrderStatus, RedeemableObject
from schemas.base import Metadata, Millis, Shape
from schemas.errors import Refusal
from schemas.personal import Personal

KeyKind = Literal["server", "client", "management", "system"]
VoucherType = Literal["DISCOUNT_VOUCHER", "GIFT_VOUCHER"]


class Discount(Shape, frozen=True):
    """What a discount voucher gives: an amount or a percentage off the order."""

    type: Literal["AMOUNT", "PERCENT"]
    amount_off: int | None = None
    percent_off: Decimal | None = None
    #: The most that a percentage may take, in minor units.
    amount_limit: int | None = None
    effect: Literal["APPLY_TO_ORDER"] | None = None


class Gift(Shape, frozen=True):
    """A gift card: what was loaded and what is left, in minor units."""

    amount: int
    balance: int
    effect: Literal["APPLY_TO_ORDER"] | None = None
    #: What was taken off by hand.
    subtracted_amount: int = 0


class ValidityTimeframe(Shape, frozen=True):
    """Valid for `duration` at the start of each `interval`, counted from the start date."""

    duration: str
    interval: str


class DailyHours(Shape, frozen=True):
    """Valid from `start_time` to `expiration_time` (HH:MM, UTC) on `days_of_week`, 0 = Sunday."""

    start_time: str
    expiration_time: str
    days_of_week: tuple[int, ...] = ()


class ValidityHours(Shape, frozen=True):
    """The hours of validity; any entry that matches is enough."""

    daily: tuple[DailyHours, ...] = ()


class Voucher(Shape, frozen=True):
    """A code that gives a discount or holds credits."""

    id: str
    code: str
    type: VoucherType
    created_at: Millis
    discount: Discount | None = None
    gift: Gift | None = None
    campaign: str | None = None
    campaign_id: str | None = None
    category: str | None = None
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


class Taken(Shape, frozen=True):
    """What one redeemable took from an order, in minor units."""

    order: int = 0
    #: (index of the item, amount) where it took from items.
    items: tuple[tuple[int, int], ...] = ()
    credits: int | None = None


class Outcome(Shape, frozen=True):
    """What became of one redeemable of a request."""

    object: RedeemableObject
    id: str
    status: Literal["APPLICABLE", "INAPPLICABLE", "SKIPPED"]
    #: As it was when validated; as it is after the redemption when redeemed.
    voucher: Voucher | None = None
    taken: Taken | None = None
    refusal: Refusal | None = None
    #: Which stacking rule skipped it.
    skipped_by: str | None = None


class Evaluation(Shape, frozen=True):
    """The decision over all redeemables of a request, in request order.

    `order` is the order after all of them; every step between follows from the outcomes' `taken`.
    """

    outcomes: tuple[Outcome, ...]
    order: Order | None = None

    @property
    def valid(self) -> bool:
        """Whether nothing stops a redemption (mode ALL: nothing failed, something applies)."""
        statuses = [outcome.status for outcome in self.outcomes]
        return "INAPPLICABLE" not in statuses and "APPLICABLE" in statuses


class Session(Shape, frozen=True):
    """A lock: what it holds and until when."""

    key: str
    voucher_ids: tuple[str, ...]
    expires_at: Millis
    ttl: float
    ttl_unit: str


class Hold(Shape, frozen=True):
    """What a session holds of one voucher: one redemption, or credits of a gift."""

    session_key: str
    expires_at: Millis
    quantity: int = 1
    credits: int = 0


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
