"""What the hot endpoints take: the same structs travel inside commands.

Bodies decode in two steps (see `Attempt`), so that an attempt whose redeemables can be read is
recorded even when its order or its customer is wrong. Optional members accept null, as official
clients send it. `SHOWN` names what answers say besides: it comes back with what was read, and is
passed over without a word (runtime/http/ignored.py). Source of the shapes: the API contract,
sections 5 and 8.
"""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Raw

from schemas.base import AMOUNT_MAX, ID_LENGTH_MAX, Ident, Metadata, Minor, Quantity, Shape
from schemas.personal import Address

REDEEMABLES_MAX = 30
ITEMS_MAX = 500

Credits = Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]
Text = Annotated[str, Meta(max_length=ID_LENGTH_MAX)]
#: A date, or a date-time whose date counts.
Birthday = Annotated[
    str,
    Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T|$)", max_length=64),
]
RedeemableObject = Literal["voucher", "promotion_tier", "promotion_stack"]
OrderStatus = Literal["CREATED", "PAID", "CANCELED", "FULFILLED"]
TtlUnit = Literal[
    "DAYS", "HOURS", "MINUTES", "SECONDS", "MILLISECONDS", "MICROSECONDS", "NANOSECONDS"
]
Expand = Literal["order", "redemption", "redeemable", "category", "validation_rules"]


class GiftSpend(Shape, frozen=True):
    """How many credits of a gift voucher the caller wants to spend, in minor units."""

    credits: Credits


class RewardChoice(Shape, frozen=True):
    """The reward that a loyalty card pays for."""

    id: Ident
    points: Quantity | None = None
    #: By which the program of the card offers it, where the caller wants to be sure.
    assignment_id: Text | None = None


class Redeemable(Shape, frozen=True):
    """One thing to validate or redeem: a voucher's code or id, or the id of a tier or stack."""

    object: RedeemableObject
    id: Ident
    gift: GiftSpend | None = None
    reward: RewardChoice | None = None


class ProductInput(Shape, frozen=True):
    """What a caller says of an item's product."""

    SHOWN: ClassVar = frozenset({"object"})

    id: Text | None = None
    source_id: Text | None = None
    override: bool | None = None
    name: Text | None = None
    metadata: Metadata | None = None
    price: Minor | None = None


class SkuInput(Shape, frozen=True):
    """What a caller says of an item's stock-keeping unit."""

    SHOWN: ClassVar = frozenset({"object"})

    id: Text | None = None
    source_id: Text | None = None
    override: bool | None = None
    sku: Text | None = None
    metadata: Metadata | None = None
    price: Minor | None = None


class OrderItemTerms(Shape, frozen=True):
    """What a line of a cart is, as a caller says it and as it is stored; money in minor units."""

    SHOWN: ClassVar = frozenset(
        {
            "object",
            "id",
            "initial_quantity",
            "initial_amount",
            "discount_amount",
            "applied_discount_amount",
            "applied_discount_quantity",
            "applied_quantity",
            "applied_quantity_amount",
            "subtotal_amount",
        }
    )

    product_id: Text | None = None
    sku_id: Text | None = None
    source_id: Text | None = None
    related_object: Literal["product", "sku"] | None = None
    quantity: Quantity | None = None
    amount: Minor | None = None
    price: Minor | None = None
    product: ProductInput | None = None
    sku: SkuInput | None = None
    metadata: Metadata | None = None


class OrderItemInput(OrderItemTerms, frozen=True):
    """A line of the cart as a caller says it."""

    #: Kept and shown where no discount gives units away; it binds nothing.
    discount_quantity: Quantity | None = None


class CustomerInput(Shape, frozen=True):
    """A customer as the caller knows it: by id, by source id or by what it says."""

    SHOWN: ClassVar = frozenset(
        {
            "object",
            "summary",
            "loyalty",
            "referrals",
            "system_metadata",
            "assets",
            "created_at",
            "updated_at",
        }
    )

    id: Text | None = None
    source_id: Text | None = None
    name: Text | None = None
    description: Text | None = None
    email: Text | None = None
    phone: Text | None = None
    birthday: Birthday | None = None
    birthdate: Birthday | None = None
    address: Address | None = None
    metadata: Metadata | None = None


class OrderInput(Shape, frozen=True):
    """The cart; `amount` wins over the sum of its items."""

    SHOWN: ClassVar = frozenset(
        {
            "object",
            "updated_at",
            "redemptions",
            "initial_amount",
            "discount_amount",
            "items_discount_amount",
            "total_discount_amount",
            "total_amount",
            "applied_discount_amount",
            "items_applied_discount_amount",
            "total_applied_discount_amount",
        }
    )

    id: Text | None = None
    source_id: Text | None = None
    status: OrderStatus | None = None
    amount: Minor | None = None
    items: Annotated[tuple[OrderItemInput, ...], Meta(max_length=ITEMS_MAX)] | None = None
    metadata: Metadata | None = None


class SessionInput(Shape, frozen=True):
    """A lock on what the redeemables would take, for a bounded time."""

    type: Literal["LOCK"] | None = None
    key: Text | None = None
    ttl: Annotated[float, Meta(gt=0, le=1e15)] | None = None
    ttl_unit: TtlUnit | None = None


class OptionsInput(Shape, frozen=True):
    """What the answer shows in full."""

    expand: tuple[Expand, ...] | None = None


#: A member that was left out, as the raw text of null. (`Raw | None` would accept null alone.)
LEFT_OUT = Raw(b"null")


class RedeemableHead(Shape, frozen=True):
    """The part of a redeemable that makes an attempt readable; its other members come raw."""

    object: RedeemableObject
    id: Ident
    gift: Raw = LEFT_OUT
    reward: Raw = LEFT_OUT


class Attempt(Shape, frozen=True):
    """The first step of reading a validation or redemption body: the redeemables, the rest raw."""

    redeemables: Annotated[
        tuple[RedeemableHead, ...], Meta(min_length=1, max_length=REDEEMABLES_MAX)
    ]
    order: Raw = LEFT_OUT
    customer: Raw = LEFT_OUT
    session: Raw = LEFT_OUT
    metadata: Raw = LEFT_OUT
    tracking_id: Raw = LEFT_OUT
    options: Raw = LEFT_OUT


class SingleAttempt(Shape, frozen=True):
    """The body of an attempt whose one redeemable the path names, every part of it raw."""

    gift: Raw = LEFT_OUT
    reward: Raw = LEFT_OUT
    order: Raw = LEFT_OUT
    customer: Raw = LEFT_OUT
    session: Raw = LEFT_OUT
    metadata: Raw = LEFT_OUT
    tracking_id: Raw = LEFT_OUT
    options: Raw = LEFT_OUT


class AttemptBody(Shape, frozen=True):
    """A validation or redemption body that is right in every part."""

    redeemables: Annotated[tuple[Redeemable, ...], Meta(min_length=1, max_length=REDEEMABLES_MAX)]
    order: OrderInput | None = None
    customer: CustomerInput | None = None
    session: SessionInput | None = None
    metadata: Metadata | None = None
    tracking_id: Text | None = None
    options: OptionsInput | None = None
