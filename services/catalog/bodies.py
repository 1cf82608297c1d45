"""What management endpoints take: distinct from the entities that come of it.

Null and absent differ in an update, so what was named is read from `model_fields_set`. A member
that this system does not know yet is an error, never ignored; null for it is accepted, since
official clients send it. They send back what they read, too, so an update reads every member of
the entity: what is calculated is `Shown`, and what identifies or cannot change is compared.
Source of those members: the response schemas of the API contract.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    model_validator,
)

from engine.codes import CODE_LENGTH_MAX
from schemas.base import AMOUNT_MAX, ID_LENGTH_MAX, QUANTITY_MAX

TEXT_LENGTH_MAX = 10_000
CHARSET_LENGTH_MAX = 1000


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def whole(value: Any) -> Any:
    """Numbers in JSON may be written 1000.0; booleans and texts are not numbers."""
    if not _is_number(value) or value != int(value):
        raise ValueError("a whole number is wanted")
    return int(value)


def _exact(value: Any) -> Any:
    if not _is_number(value):
        raise ValueError("a number is wanted")
    return Decimal(str(value))


def as_instant(value: Any) -> int:
    """Milliseconds of an ISO 8601 date or date-time; without an offset it is UTC."""
    try:
        at = datetime.fromisoformat(value)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return (at - _EPOCH) // _MILLISECOND
    except (TypeError, ValueError, OverflowError):
        raise ValueError("an ISO 8601 date is wanted") from None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

Amount = Annotated[int, BeforeValidator(whole), Field(ge=0, le=AMOUNT_MAX)]
#: An amount, or below zero what is taken off.
Change = Annotated[int, BeforeValidator(whole), Field(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
Count = Annotated[int, BeforeValidator(whole), Field(ge=0, le=QUANTITY_MAX)]
Percent = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, le=100)]
Instant = Annotated[int, BeforeValidator(as_instant)]
Day = Annotated[int, BeforeValidator(whole), Field(ge=0, le=6)]
Short = Annotated[StrictStr, Field(max_length=ID_LENGTH_MAX)]
Long = Annotated[StrictStr, Field(max_length=TEXT_LENGTH_MAX)]
#: A member that is calculated here: read and ignored, whatever it is.
Shown = Any


class Body(BaseModel):
    """A JSON object whose members are all known; an unknown one that is null is left out."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _without_unknown_nulls(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {
            name: value
            for name, value in given.items()
            if value is not None or name in cls.model_fields
        }


class DiscountBody(Body):
    """A discount off the order: an amount or a percentage."""

    type: Literal["AMOUNT", "PERCENT"]
    amount_off: Amount | None = None
    percent_off: Percent | None = None
    amount_limit: Amount | None = None
    effect: Literal["APPLY_TO_ORDER"] | None = None
    is_dynamic: Literal[False] | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        wanted, other = ("amount_off", "percent_off")
        if self.type == "PERCENT":
            wanted, other = other, wanted
        if getattr(self, wanted) is None:
            raise ValueError(f"{wanted} is required when the type is {self.type}")
        if getattr(self, other) is not None:
            raise ValueError(f"{other} does not belong to the type {self.type}")
        if self.type == "AMOUNT" and self.amount_limit is not None:
            raise ValueError("amount_limit does not belong to the type AMOUNT")
        return self


class GiftBody(Body):
    """Credits in minor units; the balance of a new card is its amount unless named."""

    amount: Amount
    balance: Amount | None = None
    effect: Literal["APPLY_TO_ORDER"] | None = None
    subtracted_amount: Shown = None


class TimeframeBody(Body):
    """ISO 8601 durations: valid for `duration` at the start of each `interval`."""

    duration: Short
    interval: Short


class DailyBody(Body):
    """A daily window, HH:MM in UTC."""

    start_time: Short
    expiration_time: Short
    days_of_week: Annotated[list[Day], Field(max_length=7)] | None = None


class HoursBody(Body):
    """Windows of hours; any that matches is enough."""

    daily: Annotated[list[DailyBody], Field(max_length=50)] | None = None


class RedemptionBody(Body):
    """How often the voucher may be redeemed; null is without limit."""

    quantity: Count | None = None


class CodeConfigBody(Body):
    """How a random code is made; each # of the pattern is a random character."""

    length: Annotated[int, BeforeValidator(whole), Field(ge=1, le=CODE_LENGTH_MAX)] | None = None
    charset: Annotated[StrictStr, Field(min_length=1, max_length=CHARSET_LENGTH_MAX)] | None = None
    prefix: Annotated[StrictStr, Field(max_length=CODE_LENGTH_MAX)] | None = None
    postfix: Annotated[StrictStr, Field(max_length=CODE_LENGTH_MAX)] | None = None
    pattern: Annotated[StrictStr, Field(min_length=1, max_length=CODE_LENGTH_MAX)] | None = None
    initial_count: Count | None = None


class VoucherTerms(Body):
    """What creating and updating a voucher have in common."""

    start_date: Instant | None = None
    expiration_date: Instant | None = None
    validity_timeframe: TimeframeBody | None = None
    validity_day_of_week: Annotated[list[Day], Field(max_length=7)] | None = None
    validity_hours: HoursBody | None = None
    active: StrictBool | None = None
    additional_info: Long | None = None
    metadata: dict[str, Any] | None = None
    redemption: RedemptionBody | None = None
    category: Short | None = None
    category_id: Short | None = None


class CreateVoucherBody(VoucherTerms):
    """A new voucher, with its code or a rule for a random one."""

    code: Annotated[StrictStr, Field(min_length=1, max_length=ID_LENGTH_MAX)] | None = None
    code_config: CodeConfigBody | None = None
    type: Literal["DISCOUNT_VOUCHER", "GIFT_VOUCHER"] | None = None
    discount: DiscountBody | None = None
    gift: GiftBody | None = None
    campaign: Short | None = None
    campaign_id: Short | None = None
    validation_rules: list[Short] | None = None
    is_referral_code: Literal[False] | None = None

    @property
    def named_campaign(self) -> str | None:
        """The campaign that the voucher is to be one of, by id or name."""
        return self.campaign_id or self.campaign or None

    @property
    def gives_what_its_campaign_does(self) -> bool:
        """Whether it leaves to its campaign what it gives."""
        return self.named_campaign is not None and self.discount is None and self.gift is None

    @property
    def kind(self) -> Literal["DISCOUNT_VOUCHER", "GIFT_VOUCHER"]:
        """The type; where it is left out, what the voucher gives says it."""
        return self.type or ("DISCOUNT_VOUCHER" if self.gift is None else "GIFT_VOUCHER")

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.gives_what_its_campaign_does:
            return self
        if self.type is None and self.named_campaign is None:
            raise ValueError("type is required")
        wanted, other = ("discount", "gift")
        if self.kind == "GIFT_VOUCHER":
            wanted, other = other, wanted
        if getattr(self, wanted) is None:
            raise ValueError(f"{wanted} is required when the type is {self.kind}")
        if getattr(self, other) is not None:
            raise ValueError(f"{other} does not belong to the type {self.kind}")
        return self


class ShownRedemptionBody(RedemptionBody):
    """As a voucher shows it; the quantity alone can be set."""

    redeemed_quantity: Shown = None
    redeemed_amount: Shown = None
    redeemed_points: Shown = None
    url: Shown = None
    object: Shown = None


class UpdateVoucherBody(VoucherTerms):
    """Changes of a voucher; only what is named changes, null clears.

    Everything that a voucher shows may be named: the ids, the type and the campaign as they are.
    """

    id: StrictStr | None = None
    code: StrictStr | None = None
    type: Literal["DISCOUNT_VOUCHER", "GIFT_VOUCHER"] | None = None
    discount: DiscountBody | None = None
    gift: GiftBody | None = None
    redemption: ShownRedemptionBody | None = None
    campaign: StrictStr | None = None
    campaign_id: StrictStr | None = None
    is_referral_code: Literal[False] | None = None
    object: Literal["voucher"] | None = None
    categories: Shown = None
    assets: Shown = None
    holder_id: Shown = None
    referrer_id: Shown = None
    publish: Shown = None
    validation_rules_assignments: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
