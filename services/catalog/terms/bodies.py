"""What bodies say of discounts, cards, validity and codes. Source: the schemas of the API contract."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    ValidationInfo,
    field_validator,
)

from engine.codes.code import CODE_LENGTH_MAX
from engine.formulas.formula import FormulaError, parse_formula
from fronts.fields import Amount, Body, Count, Day, Long, Percent, Short, Shown, read_whole
from schemas.base import ID_LENGTH_MAX
from schemas.discounts import EFFECTS, UNITS_MAX, DiscountType, Effect
from schemas.vouchers import VoucherType
from services.catalog.dates import End, Start

CHARSET_LENGTH_MAX = 1000
#: What a voucher of each type has.
VALUES: Mapping[VoucherType, str] = MappingProxyType(
    {"DISCOUNT_VOUCHER": "discount", "GIFT_VOUCHER": "gift", "LOYALTY_CARD": "loyalty_card"}
)


def _check_formula(text: str) -> str:
    """A formula that can be read, else where it cannot be and why."""
    try:
        parse_formula(text)
    except FormulaError as error:
        raise ValueError(f"at character {error.position + 1}: {error.reason}") from None
    return text


Formula = Annotated[StrictStr, AfterValidator(_check_formula)]
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

    length: Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=CODE_LENGTH_MAX)] | None = (
        None
    )
    charset: Annotated[StrictStr, Field(min_length=1, max_length=CHARSET_LENGTH_MAX)] | None = None
    prefix: Annotated[StrictStr, Field(max_length=CODE_LENGTH_MAX)] | None = None
    postfix: Annotated[StrictStr, Field(max_length=CODE_LENGTH_MAX)] | None = None
    pattern: Annotated[StrictStr, Field(min_length=1, max_length=CODE_LENGTH_MAX)] | None = None
    initial_count: Count | None = None


class VoucherTerms(Body):
    """What creating and updating a voucher have in common."""

    start_date: Start | None = None
    expiration_date: End | None = None
    validity_timeframe: TimeframeBody | None = None
    validity_day_of_week: Annotated[list[Day], Field(max_length=7)] | None = None
    validity_hours: HoursBody | None = None
    active: StrictBool | None = None
    additional_info: Long | None = None
    metadata: dict[str, Any] | None = None
    redemption: RedemptionBody | None = None
    category: Short | None = None
    category_id: Short | None = None
