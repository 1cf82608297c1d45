"""Vouchers: codes that give a discount, or hold credits or points. Money in minor units."""

from typing import Literal

import msgspec
from msgspec import field

from schemas.base import Metadata, Millis, Shape
from schemas.discounts import Discount
from schemas.validity import ValidityHours, ValidityTimeframe

VoucherType = Literal["DISCOUNT_VOUCHER", "GIFT_VOUCHER", "LOYALTY_CARD"]


class Gift(Shape, frozen=True):
    """A gift card: what was loaded and what is left, in minor units."""

    amount: int
    balance: int
    effect: Literal["APPLY_TO_ORDER", "APPLY_TO_ITEMS"] | None = None
    #: What was taken off by hand.
    subtracted_amount: int = 0


class LoyaltyCard(Shape, frozen=True):
    """A loyalty card: the points that were given and those that are left.

    Of the balance, what expires lies in buckets beside it (schemas/points.py); the rest never does.
    """

    points: int
    balance: int
    #: What was taken off by hand.
    subtracted_points: int = 0
    #: What expired so far.
    expired_points: int = 0
    #: What was earned and is not active yet; not in the balance.
    pending_points: int = 0
    #: When its next bucket expires, and what is in that; None: nothing of it does.
    next_expiration_at: Millis | None = None
    next_expiration_points: int = 0
    #: The day that ends then, in the project's time zone, for example `2026-12-31`.
    next_expiration_date: str | None = None
    #: From when on it is to be told what of it expires next; None: never, or it was told.
    notice_at: Millis | None = None
    #: Up to when it was told what expires.
    noticed_until: Millis = 0
    #: When what expires by inactivity does, as of the last activity; None: it never had any.
    moves_to: Millis | None = None
    #: How many days an activity keeps it, where it is not as many as the program says.
    moves_days: int | None = None


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
    #: Whether it is of a referral program: who holds it refers others by it.
    is_referral_code: bool = False
    updated_at: Millis | None = None


class CreateVoucher(Shape, tag="create_voucher", frozen=True):
    """Creates a voucher. `voucher.id`, a missing code and the times are filled in by `decide`."""

    voucher: Voucher
    #: The rule for a random code, where `voucher.code` is empty.
    code_length: int = 8
    code_charset: str = ""
    code_pattern: str | None = None
    code_prefix: str = ""
    code_postfix: str = ""
    #: The ids of the validation rules that are to bind it.
    validation_rules: tuple[str, ...] = ()


class UpdateVoucher(Shape, tag="update_voucher", frozen=True):
    """Sets the named fields of a voucher, null included; `changes` maps field names to values."""

    voucher: str
    #: Exactly the fields of `Voucher` that the caller named, in the encoding of the state.
    changes: msgspec.Raw


class EnableVoucher(Shape, tag="enable_voucher", frozen=True):
    """Makes a voucher usable."""

    voucher: str


class DisableVoucher(Shape, tag="disable_voucher", frozen=True):
    """Makes a voucher unusable until it is enabled."""

    voucher: str


class DeleteVoucher(Shape, tag="delete_voucher", frozen=True):
    """Moves a voucher to the bin; `force` removes it for good."""

    voucher: str
    force: bool = False


VoucherCommand = CreateVoucher | UpdateVoucher | EnableVoucher | DisableVoucher | DeleteVoucher
