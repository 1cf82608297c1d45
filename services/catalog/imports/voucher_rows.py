"""The rows of vouchers' imports and bulk updates, as the engine wants them staged.

Money in a file is in minor units, as everywhere.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Literal, Self

import msgspec
from pydantic import Field, StrictStr, model_validator

from engine.kernel.calendar import Zone
from engine.vouchers.rows import ImportedVoucher, UpdatedVoucher
from fronts.fields import Body
from fronts.staging import Row
from schemas.base import ID_LENGTH_MAX
from schemas.discounts import Discount
from schemas.vouchers import Gift, LoyaltyCard, VoucherType
from services.catalog.dates import end_in_zone, place_days, start_in_zone
from services.catalog.imports.csv_file import Cell, Columns, Fault, whole_number
from services.catalog.terms.bodies import (
    VALUES,
    DiscountBody,
    GiftBody,
    LoyaltyCardBody,
    VoucherTerms,
)
from services.catalog.terms.values import (
    card_of,
    days_of,
    discount_of,
    gift_of,
    hours_of,
    make_if_given,
    timeframe_of,
)

_NUMBER = re.compile(r"[0-9]{1,16}(\.[0-9]{1,12})?")

Code = Annotated[StrictStr, Field(min_length=1, max_length=ID_LENGTH_MAX)]


class ImportVoucherBody(VoucherTerms):
    """A voucher of an import; in a campaign, discount and gift may be left to it."""

    code: Code
    type: VoucherType | None = None
    discount: DiscountBody | None = None
    gift: GiftBody | None = None
    loyalty_card: LoyaltyCardBody | None = None


class ImportWholeVoucherBody(ImportVoucherBody):
    """A voucher of an import into no campaign: it says itself what it gives."""

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        given = [kind for kind, name in VALUES.items() if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("either discount, gift or loyalty_card is required")
        (kind,) = given
        if self.type not in (None, kind):
            raise ValueError(f"what it gives does not belong to the type {self.type}")
        return self


class UpdateVoucherRowBody(Body):
    """What a bulk update says of one voucher."""

    code: Code
    metadata: dict[str, Any]


class VouchersMetadataBody(Body):
    """One metadata for many vouchers."""

    codes: list[Code]
    metadata: dict[str, Any]


def import_row(zone: Zone, body: ImportVoucherBody) -> Row:
    """The row of one JSON object, its dates being days of that time zone."""
    body = place_days(body, zone)
    given = body.model_dump(exclude_none=True, include=_PLAIN)
    fields = given | {
        name: value
        for name, value in (
            ("validity_timeframe", make_if_given(timeframe_of, body.validity_timeframe)),
            ("validity_day_of_week", days_of(body.validity_day_of_week)),
            ("validity_hours", make_if_given(hours_of, body.validity_hours)),
            ("quantity", make_if_given(lambda redemption: redemption.quantity, body.redemption)),
        )
        if value is not None
    }
    return _staged_row(
        ImportedVoucher(
            code=body.code,
            type=body.type,
            discount=make_if_given(discount_of, body.discount),
            gift=make_if_given(gift_of, body.gift),
            loyalty_card=make_if_given(card_of, body.loyalty_card),
            fields=fields,
        )
    )


_PLAIN = {
    "start_date",
    "expiration_date",
    "active",
    "additional_info",
    "metadata",
    "category",
    "category_id",
}


def update_row(body: UpdateVoucherRowBody) -> Row:
    """The row of one voucher's metadata."""
    said = msgspec.to_builtins(UpdatedVoucher(body.code, body.metadata))
    return {"code": body.code, "do": said}


def _staged_row(voucher: ImportedVoucher) -> Row:
    return {"code": voucher.code, "do": msgspec.to_builtins(voucher)}


def _code(text: str) -> str:
    if len(text) > ID_LENGTH_MAX:
        raise ValueError(f"at most {ID_LENGTH_MAX} characters are wanted")
    return text


def _number(text: str) -> Decimal:
    # no exponent: 1e999999999 is a number, too, and its digits would fill the memory
    if not _NUMBER.fullmatch(text):
        raise ValueError("a number is wanted")
    return Decimal(text)


def _yes(text: str) -> bool:
    said = text.lower()
    if said not in ("true", "false", "1", "0"):
        raise ValueError("true or false is wanted")
    return said in ("true", "1")


def _type(text: str) -> VoucherType:
    found = _TYPES.get(text.upper())
    if found is None:
        raise ValueError("DISCOUNT_VOUCHER, GIFT_VOUCHER or LOYALTY_CARD is wanted")
    return found


_TYPES: dict[str, VoucherType] = {
    "DISCOUNT_VOUCHER": "DISCOUNT_VOUCHER",
    "DISCOUNT": "DISCOUNT_VOUCHER",
    "GIFT_VOUCHER": "GIFT_VOUCHER",
    "GIFT": "GIFT_VOUCHER",
    "LOYALTY_CARD": "LOYALTY_CARD",
}


def _discount_type(text: str) -> str:
    kind = text.upper()
    if kind == "UNIT":
        raise ValueError("a file has no column for the product of a UNIT discount")
    if kind not in _VALUES:
        raise ValueError("AMOUNT, PERCENT or FIXED is wanted")
    return kind


#: Which member of a discount the column Value is, by its type.
_VALUES: dict[str, Literal["amount_off", "percent_off", "fixed_amount"]] = {
    "AMOUNT": "amount_off",
    "PERCENT": "percent_off",
    "FIXED": "fixed_amount",
}


def _amount(value: Decimal) -> int:
    if value != int(value):
        raise Fault("Value", "a whole number is wanted")
    return int(value)


def make_voucher(values: dict[str, Any], metadata: dict[str, str]) -> Row:
    """The row of one line of a file. Raises Fault."""
    value, kind = values.get("value"), values.get("voucher type")
    discount: Discount | None = None
    gift: Gift | None = None
    card = _card(values, kind)
    loaded = values.get("gift amount")
    if loaded is None and kind == "GIFT_VOUCHER" and value is not None:
        loaded = _amount(value)
    if loaded is not None:
        amount: int = loaded
        spent = values.get("redeemed amount", 0)
        if spent > amount:
            raise Fault("Redeemed Amount", "it is more than the gift's amount")
        kind = kind or "GIFT_VOUCHER"
        gift = Gift(amount=amount, balance=amount - spent)
    elif card is not None:
        kind = kind or "LOYALTY_CARD"
    elif value is not None:
        if "discount type" not in values:
            raise Fault("Discount Type", "AMOUNT, PERCENT or FIXED is wanted")
        kind = kind or "DISCOUNT_VOUCHER"
        discount = _discount(values["discount type"], value)
    elif "discount type" in values:
        raise Fault("Value", "a number is wanted")
    fields = {name: values[column] for column, name in _FIELDS.items() if column in values}
    if metadata:
        fields["metadata"] = metadata
    category = values.get("category")
    return _staged_row(
        ImportedVoucher(values["code"], kind, discount, gift, card, fields, category)
    )


def _card(values: dict[str, Any], kind: str | None) -> LoyaltyCard | None:
    """The card of a line: its points stand in their column, or in that of the value."""
    points = values.get("loyalty points")
    if points is None and kind == "LOYALTY_CARD" and "value" in values:
        points = _amount(values["value"])
    return None if points is None else LoyaltyCard(points, points)


def _discount(kind: str, value: Decimal) -> Discount:
    if kind == "PERCENT" and value > 100:
        raise Fault("Value", "a percentage is at most 100")
    given = value if kind == "PERCENT" else _amount(value)
    return msgspec.convert({"type": kind, _VALUES[kind]: given}, Discount)


_FIELDS = {
    "start date": "start_date",
    "expiration date": "expiration_date",
    "redemption limit": "quantity",
    "redeemed quantity": "redeemed_quantity",
    "redeemed amount": "redeemed_amount",
    "active": "active",
    "additional info": "additional_info",
}

_BOTH: dict[str, Cell] = {
    "code": _code,
    "category": str,
    "active": _yes,
    "redeemed quantity": whole_number,
    "redeemed amount": whole_number,
    "redemption limit": whole_number,
    "additional info": str,
    "voucher type": _type,
    "value": _number,
    "discount type": _discount_type,
}


def voucher_columns(zone: Zone) -> Columns:
    """What a file of vouchers may hold, its dates being days of that time zone."""
    return _columns({}, zone)


def campaign_columns(zone: Zone) -> Columns:
    """What a file of a campaign's vouchers may hold; what a row leaves out is the campaign's."""
    return _columns({"gift amount": whole_number, "loyalty points": whole_number}, zone)


def _columns(own: Mapping[str, Cell], zone: Zone) -> Columns:
    dates: dict[str, Cell] = {
        "start date": partial(start_in_zone, zone),
        "expiration date": partial(end_in_zone, zone),
    }
    return Columns({**_BOTH, **dates, **own}, ("code",), make_voucher, named="code")
