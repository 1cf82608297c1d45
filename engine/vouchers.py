"""Vouchers: created with a given or a random code, changed, switched on and off, deleted."""

from decimal import Decimal
from typing import Any

import msgspec
from msgspec import structs

from engine import tables
from engine.calendar import INSTANT_MIN, parse_clock, parse_duration
from engine.decision import Decision
from engine.ids import CHARSET, new_code, new_id
from engine.lookup import find_voucher
from engine.state import View, encode
from schemas.base import AMOUNT_MAX, ID_LENGTH_MAX, INSTANT_MAX, QUANTITY_MAX, Millis
from schemas.commands import (
    Command,
    CreateVoucher,
    DeleteVoucher,
    DisableVoucher,
    EnableVoucher,
    UpdateVoucher,
)
from schemas.entities import Discount, Voucher
from schemas.errors import Refusal, not_found, refuse
from schemas.events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)

CODE_ATTEMPTS_MAX = 100
CODE_LENGTH_MAX = 128
PERCENT_DECIMALS_MAX = 10

#: What an update may name. The code and the type may be named, but not changed.
UPDATABLE = frozenset(
    {
        "code",
        "type",
        "discount",
        "gift",
        "category",
        "start_date",
        "expiration_date",
        "validity_timeframe",
        "validity_day_of_week",
        "validity_hours",
        "active",
        "additional_info",
        "metadata",
        "quantity",
    }
)


def create_voucher(view: View, command: Command, body: CreateVoucher, now: Millis) -> Decision:
    """Creates a voucher; a given code must be free, a random one is drawn until it is."""
    code = body.voucher.code or _free_code(view, command, body)
    if isinstance(code, Refusal):
        return Decision(refusal=code)
    voucher = structs.replace(
        body.voucher,
        id=new_id(command.seed, "v_"),
        code=code,
        created_at=now,
        updated_at=None,
        holds=0,
    )
    refusal = _invalid(voucher)
    if refusal is None and view.get(tables.VOUCHER_CODES, code) is not None:
        refusal = refuse(
            "duplicate_found",
            f"Duplicated voucher exists with id {code}",
            resource_id=code,
            resource_type="voucher",
        )
    if refusal is not None:
        return Decision(refusal=refusal)
    return Decision((VoucherCreated(voucher),))


def update_voucher(view: View, _: Command, body: UpdateVoucher, now: Millis) -> Decision:
    """Sets the named fields. Metadata is merged; a gift's new amount moves its balance along."""
    voucher = find_voucher(view, body.voucher)
    if voucher is None:
        return Decision(refusal=not_found("voucher", body.voucher))
    changed = _changed(voucher, body.changes)
    if isinstance(changed, Refusal):
        return Decision(refusal=changed)
    changed = structs.replace(changed, updated_at=now)
    refusal = _invalid(changed)
    if refusal is not None:
        return Decision(refusal=refusal)
    return Decision((VoucherUpdated(changed),))


def enable_voucher(view: View, _: Command, body: EnableVoucher, now: Millis) -> Decision:
    """Makes a voucher usable."""
    voucher = find_voucher(view, body.voucher)
    if voucher is None:
        return Decision(refusal=not_found("voucher", body.voucher))
    return Decision((VoucherEnabled(structs.replace(voucher, active=True, updated_at=now)),))


def disable_voucher(view: View, _: Command, body: DisableVoucher, now: Millis) -> Decision:
    """Makes a voucher unusable."""
    voucher = find_voucher(view, body.voucher)
    if voucher is None:
        return Decision(refusal=not_found("voucher", body.voucher))
    return Decision((VoucherDisabled(structs.replace(voucher, active=False, updated_at=now)),))


def delete_voucher(view: View, _: Command, body: DeleteVoucher, now: Millis) -> Decision:  # noqa: ARG001
    """Removes a voucher; its code is free again, and sessions hold nothing of it any more."""
    voucher = find_voucher(view, body.voucher)
    if voucher is None:
        return Decision(refusal=not_found("voucher", body.voucher))
    return Decision((VoucherDeleted(voucher.id, voucher.code),))


def _free_code(view: View, command: Command, body: CreateVoucher) -> str | Refusal:
    charset = body.code_charset or CHARSET
    if body.code_pattern is None and not 1 <= body.code_length <= CODE_LENGTH_MAX:
        return refuse("invalid_code_config", f"length must be 1 to {CODE_LENGTH_MAX}")
    random = "#" * body.code_length if body.code_pattern is None else body.code_pattern
    if "#" not in random:
        return refuse("invalid_code_config", "pattern must have a place for a random character")
    for n in range(CODE_ATTEMPTS_MAX):
        code = body.code_prefix + new_code(command.seed, n, random, charset) + body.code_postfix
        if view.get(tables.VOUCHER_CODES, code) is None:
            return code
    return refuse("invalid_code_config", f"No free code was found in {CODE_ATTEMPTS_MAX} attempts")


def _changed(voucher: Voucher, raw: msgspec.Raw) -> Voucher | Refusal:
    try:
        changes = msgspec.json.decode(raw, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        return refuse("invalid_payload", str(error))
    unknown = sorted(changes.keys() - UPDATABLE)
    if unknown:
        return refuse("invalid_payload", f"Property .{unknown[0]} cannot be changed")
    if changes.get("code", voucher.code) != voucher.code:
        return refuse("invalid_payload", "Property `.code` cannot be changed")
    fields: dict[str, Any] = msgspec.json.decode(encode(voucher))
    # Official clients send null for what a voucher does not have.
    for name in ("discount", "gift"):
        if name in changes and changes[name] is None and fields.get(name) is not None:
            return refuse("invalid_payload", f"Property `.{name}` should not be null")
    changes = _merged(fields, changes)
    try:
        changed = msgspec.json.decode(encode(fields | changes), type=Voucher)
    except msgspec.MsgspecError as error:
        return refuse("invalid_payload", str(error))
    if changed.type != voucher.type:
        return refuse("invalid_voucher", f"The type of a {voucher.type} cannot be changed")
    return changed


def _merged(fields: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The changes, completed by the members that they leave out of metadata and gift."""
    merged = dict(changes)
    metadata = changes.get("metadata", {})
    if metadata is None:
        merged["metadata"] = {}
    elif "metadata" in changes and isinstance(metadata, dict):
        merged["metadata"] = fields.get("metadata", {}) | metadata
    stored, gift = fields.get("gift"), changes.get("gift")
    if isinstance(stored, dict) and isinstance(gift, dict):
        amount = gift.get("amount")
        if isinstance(amount, int) and "balance" not in gift:
            gift = gift | {"balance": stored["balance"] + amount - stored["amount"]}
        merged["gift"] = stored | gift
    return merged


def _invalid(voucher: Voucher) -> Refusal | None:
    """The refusal of a definition that makes no sense or exceeds a bound."""
    if not 1 <= len(voucher.code) <= ID_LENGTH_MAX:
        return refuse("invalid_voucher", f"code must have 1 to {ID_LENGTH_MAX} characters")
    wrong = _wrong_value(voucher) or _wrong_time(voucher)
    if wrong is not None:
        return refuse("invalid_voucher", wrong)
    start, expiration = voucher.start_date, voucher.expiration_date
    if start is not None and expiration is not None and expiration < start:
        return refuse(
            "invalid_expiration_date",
            "expiration_date must not be before start_date",
            message="Invalid expiration date",
        )
    return None


def _wrong_value(voucher: Voucher) -> str | None:
    discount, gift = voucher.discount, voucher.gift
    if voucher.type == "GIFT_VOUCHER" and (gift is None or discount is not None):
        return "A GIFT_VOUCHER must have a gift and no discount"
    if voucher.type == "DISCOUNT_VOUCHER" and (discount is None or gift is not None):
        return "A DISCOUNT_VOUCHER must have a discount and no gift"
    if gift is not None and not (_is_amount(gift.amount) and _is_amount(gift.balance)):
        return f"gift amount and balance must be 0 to {AMOUNT_MAX}"
    if voucher.quantity is not None and not 0 <= voucher.quantity <= QUANTITY_MAX:
        return f"redemption quantity must be 0 to {QUANTITY_MAX}"
    return None if discount is None else _wrong_discount(discount)


def _wrong_discount(discount: Discount) -> str | None:
    if discount.type == "AMOUNT" and not _is_amount(discount.amount_off):
        return f"amount_off must be 0 to {AMOUNT_MAX}"
    if discount.type == "PERCENT" and not _is_percent(discount.percent_off):
        return f"percent_off must be 0 to 100 with at most {PERCENT_DECIMALS_MAX} decimals"
    if discount.amount_limit is not None and not _is_amount(discount.amount_limit):
        return f"amount_limit must be 0 to {AMOUNT_MAX}"
    return None


def _is_amount(amount: int | None) -> bool:
    return amount is not None and 0 <= amount <= AMOUNT_MAX


def _is_percent(percent: Decimal | None) -> bool:
    if percent is None or not percent.is_finite() or not 0 <= percent <= 100:
        return False
    exponent = percent.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -PERCENT_DECIMALS_MAX


def _wrong_time(voucher: Voucher) -> str | None:
    for name, at in (
        ("start_date", voucher.start_date),
        ("expiration_date", voucher.expiration_date),
    ):
        if at is not None and not INSTANT_MIN <= at <= INSTANT_MAX:
            return f"{name} must be in the years 1 to 9999"
    daily = voucher.validity_hours.daily if voucher.validity_hours is not None else ()
    days = set(voucher.validity_day_of_week or ()).union(*(each.days_of_week for each in daily))
    if not days <= set(range(7)):
        return "days of week must be 0 (Sunday) to 6"
    try:
        if voucher.validity_timeframe is not None:
            parse_duration(voucher.validity_timeframe.duration)
            parse_duration(voucher.validity_timeframe.interval)
        for each in daily:
            parse_clock(each.start_time)
            parse_clock(each.expiration_time)
    except ValueError as error:
        return str(error)
    return None
