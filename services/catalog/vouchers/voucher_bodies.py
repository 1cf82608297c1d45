"""What management endpoints take: distinct from the entities that come of it.

Null and absent differ in an update, so what was named is read from `model_fields_set`. A member
that this system does not know yet is an error, never ignored; null for it is accepted, since
official clients send it. They send back what they read, too, so an update reads every member of
the entity: what is calculated is `Shown`, and what identifies or cannot change is compared.
Source of those members: the response schemas of the API contract.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from engine.codes.code import CODE_LENGTH_MAX
from engine.formulas.formula import FormulaError, formula
from schemas.base import AMOUNT_MAX, ID_LENGTH_MAX, QUANTITY_MAX
from schemas.discounts import EFFECTS, UNITS_MAX, DiscountType, Effect
from schemas.vouchers import VoucherType

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


def _readable(text: str) -> str:
    """A formula that can be read, else where it cannot be and why."""
    try:
        formula(text)
    except FormulaError as error:
        raise ValueError(f"at character {error.position + 1}: {error.reason}") from None
    return text


Formula = Annotated[StrictStr, AfterValidator(_readable)]
#: The id or source id of a product or SKU.
UnitType = Annotated[StrictStr, Field(min_length=1, max_length=ID_LENGTH_MAX)]


class _Members(NamedTuple):
    """What belongs to one form of a discount."""

    wanted: str | None
    others: frozenset[str] = frozenset()


_UNITS = frozenset({"unit_off", "unit_off_formula", "product", "sku"})
#: Of each type of a discount, and of the effects that have other members than their type.
_MEMBERS: dict[str, _Members] = {
    "AMOUNT": _Members("amount_off", frozenset({"amount_off_formula", "aggregated_amount_limit"})),
    "PERCENT": _Members(
        "percent_off",
        frozenset({"percent_off_formula", "amount_limit", "aggregated_amount_limit"}),
    ),
    "FIXED": _Members("fixed_amount", frozenset({"fixed_amount_formula"})),
    "UNIT": _Members("unit_type", _UNITS),
    "ADD_SAME_ITEMS": _Members(None, _UNITS | {"unit_type"}),
    "ADD_MANY_ITEMS": _Members("units"),
}
_FITTING = sorted(
    {name for form in _MEMBERS.values() for name in (form.wanted, *form.others) if name}
)


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


class UnitBody(Body):
    """So many free units of a product or SKU; what answers call it is passed over."""

    unit_type: UnitType
    effect: Literal["ADD_MISSING_ITEMS", "ADD_NEW_ITEMS"] | None = None
    unit_off: Count | None = None
    unit_off_formula: Formula | None = None
    product: dict[str, Any] | None = None
    sku: dict[str, Any] | None = None


class DiscountBody(Body):
    """A discount of any type, with the members that belong to its type and effect.

    Whether it is dynamic follows from its formulas, what its products are called from the
    catalogue: clients that send back what they read say both, and it is passed over.
    """

    model_config = ConfigDict(validate_default=True)

    #: First what the other members have to fit.
    type: DiscountType
    effect: Effect | None = None
    units: Annotated[list[UnitBody], Field(min_length=1, max_length=UNITS_MAX)] | None = None
    amount_off: Amount | None = None
    amount_off_formula: Formula | None = None
    percent_off: Percent | None = None
    percent_off_formula: Formula | None = None
    fixed_amount: Amount | None = None
    fixed_amount_formula: Formula | None = None
    amount_limit: Amount | None = None
    aggregated_amount_limit: Amount | None = None
    unit_type: UnitType | None = None
    unit_off: Count | None = None
    unit_off_formula: Formula | None = None
    product: dict[str, Any] | None = None
    sku: dict[str, Any] | None = None
    is_dynamic: StrictBool | None = None

    @field_validator("effect")
    @classmethod
    def _effect_fits(cls, effect: Effect | None, info: ValidationInfo) -> Effect | None:
        kind: DiscountType | None = info.data.get("type")
        if kind is not None and effect is not None and effect not in EFFECTS[kind]:
            raise ValueError(f"{effect} does not belong to the type {kind}")
        return effect

    @field_validator(*_FITTING)
    @classmethod
    def _member_fits(cls, value: Any, info: ValidationInfo) -> Any:
        """Whether a member is there where type and effect want it, and only there."""
        said, name = info.data, info.field_name
        if not {"type", "effect"} <= said.keys():  # they are wrong themselves, and told first
            return value
        units = value if name == "units" else said.get("units")
        form = said["effect"] or ("ADD_MANY_ITEMS" if units else None)
        if said["type"] != "UNIT" or form not in _MEMBERS:
            form = said["type"]
        members = _MEMBERS[form]
        if value is None and name == members.wanted:
            raise ValueError(f"it is required by {form}")
        if value is not None and name not in {members.wanted, *members.others}:
            raise ValueError(f"it does not belong to {form}")
        return value


class GiftBody(Body):
    """Credits in minor units; the balance of a new card is its amount unless named."""

    amount: Amount
    balance: Amount | None = None
    effect: Literal["APPLY_TO_ORDER", "APPLY_TO_ITEMS"] | None = None
    subtracted_amount: Shown = None


class LoyaltyCardBody(Body):
    """Points; the balance of a new card is all of them unless named."""

    points: Amount
    balance: Amount | None = None


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


#: What a voucher of each type has.
_VALUES: Mapping[VoucherType, str] = MappingProxyType(
    {"DISCOUNT_VOUCHER": "discount", "GIFT_VOUCHER": "gift", "LOYALTY_CARD": "loyalty_card"}
)


class CreateVoucherBody(VoucherTerms):
    """A new voucher, with its code or a rule for a random one."""

    code: Annotated[StrictStr, Field(min_length=1, max_length=ID_LENGTH_MAX)] | None = None
    code_config: CodeConfigBody | None = None
    type: VoucherType | None = None
    discount: DiscountBody | None = None
    gift: GiftBody | None = None
    loyalty_card: LoyaltyCardBody | None = None
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
        if self.named_campaign is None:
            return False
        return all(getattr(self, value) is None for value in _VALUES.values())

    @property
    def kind(self) -> VoucherType:
        """The type; where it is left out, what the voucher gives says it."""
        if self.type is not None:
            return self.type
        given = (kind for kind, value in _VALUES.items() if getattr(self, value) is not None)
        return next(given, "DISCOUNT_VOUCHER")

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.gives_what_its_campaign_does:
            return self
        if self.type is None and self.named_campaign is None:
            raise ValueError("type is required")
        wanted = _VALUES[self.kind]
        if getattr(self, wanted) is None:
            raise ValueError(f"{wanted} is required when the type is {self.kind}")
        for other in _VALUES.values():
            if other != wanted and getattr(self, other) is not None:
                raise ValueError(f"{other} does not belong to the type {self.kind}")
        return self


class ShownRedemptionBody(RedemptionBody):
    """As a voucher shows it; the quantity alone can be set."""

    redeemed_quantity: Shown = None
    redeemed_amount: Shown = None
    redeemed_points: Shown = None
    url: Shown = None
    object: Shown = None


class ShownLoyaltyCardBody(Body):
    """As a voucher shows it; points are added and taken off by an endpoint of their own."""

    points: Amount | None = None
    balance: Shown = None
    next_expiration_date: Shown = None
    next_expiration_points: Shown = None


class UpdateVoucherBody(VoucherTerms):
    """Changes of a voucher; only what is named changes, null clears.

    Everything that a voucher shows may be named: the ids, the type and the campaign as they are.
    """

    id: StrictStr | None = None
    code: StrictStr | None = None
    type: VoucherType | None = None
    discount: DiscountBody | None = None
    gift: GiftBody | None = None
    loyalty_card: ShownLoyaltyCardBody | None = None
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
