"""Bodies into commands. What a body names that does not exist here is an error that says so."""

from typing import Any

import msgspec

from runtime.http.errors import invalid_payload
from schemas.campaigns import AddVouchers
from schemas.vouchers import CreateVoucher, UpdateVoucher, Voucher
from services.catalog.terms.bodies import CodeConfigBody, GiftBody
from services.catalog.terms.values import (
    CATEGORY,
    card_of,
    category_of,
    code_config,
    days_of,
    discount_of,
    gift_of,
    hours_of,
    make_if_given,
    timeframe_of,
)
from services.catalog.vouchers.voucher_bodies import CreateVoucherBody, UpdateVoucherBody

CODE_LENGTH_DEFAULT = 8
#: Members that are copied as they are.
_PLAIN = ("start_date", "expiration_date", "validity_day_of_week", "additional_info", "metadata")
#: Members that an update may name, and which the engine compares with the voucher's own.
_FIXED = ("id", "code", "campaign", "campaign_id", "is_referral_code")


def create_voucher_command(
    body: CreateVoucherBody, code: str | None
) -> CreateVoucher | AddVouchers:
    """The command that creates a voucher; `code` is the path's, which the body may repeat.

    What a campaign's voucher does not say it gives is the campaign's, and so are its limit of
    redemptions and its rule for codes then.
    """
    if code is not None and body.code not in (None, code):
        raise invalid_payload("Property `.code` differs from the code in the path")
    if body.named_campaign is not None and body.gives_what_its_campaign_does:
        return AddVouchers(
            body.named_campaign,
            code=code or body.code,
            fields=_own_terms(body),
            code_config=make_if_given(code_config, body.code_config),
            validation_rules=tuple(body.validation_rules or ()),
        )
    voucher = Voucher(
        id="",
        code=code or body.code or "",
        type=body.kind,
        created_at=0,
        discount=make_if_given(discount_of, body.discount),
        gift=make_if_given(gift_of, body.gift),
        loyalty_card=make_if_given(card_of, body.loyalty_card),
        start_date=body.start_date,
        expiration_date=body.expiration_date,
        validity_timeframe=make_if_given(timeframe_of, body.validity_timeframe),
        validity_day_of_week=days_of(body.validity_day_of_week),
        validity_hours=make_if_given(hours_of, body.validity_hours),
        active=True if body.active is None else body.active,
        additional_info=body.additional_info,
        metadata=body.metadata or {},
        quantity=make_if_given(lambda redemption: redemption.quantity, body.redemption),
        campaign=body.campaign or None,
        campaign_id=body.campaign_id or None,
        category_id=category_of(body.category_id, body.category),
    )
    config = body.code_config or CodeConfigBody()
    return CreateVoucher(
        voucher=voucher,
        code_length=CODE_LENGTH_DEFAULT if config.length is None else config.length,
        code_charset=config.charset or "",
        code_pattern=config.pattern,
        code_prefix=config.prefix or "",
        code_postfix=config.postfix or "",
        validation_rules=tuple(body.validation_rules or ()),
    )


def update_voucher_command(body: UpdateVoucherBody, code: str) -> UpdateVoucher:
    """The command that sets what the body names."""
    named = body.model_fields_set
    changes: dict[str, Any] = {name: getattr(body, name) for name in _PLAIN if name in named}
    if named & CATEGORY:
        changes["category_id"] = category_of(body.category_id, body.category)
    if body.active is not None:
        changes["active"] = body.active
    for name in _FIXED:
        if getattr(body, name) is not None:
            changes[name] = getattr(body, name)
    if body.loyalty_card is not None and body.loyalty_card.points is not None:
        changes["points"] = body.loyalty_card.points
    if "discount" in named:
        changes["discount"] = make_if_given(discount_of, body.discount)
    if "gift" in named:
        changes["gift"] = make_if_given(_gift_changes, body.gift)
    if "validity_timeframe" in named:
        changes["validity_timeframe"] = make_if_given(timeframe_of, body.validity_timeframe)
    if "validity_hours" in named:
        changes["validity_hours"] = make_if_given(hours_of, body.validity_hours)
    if body.redemption is not None and "quantity" in body.redemption.model_fields_set:
        changes["quantity"] = body.redemption.quantity
    return UpdateVoucher(voucher=code, changes=msgspec.Raw(msgspec.json.encode(changes)))


def _own_terms(body: CreateVoucherBody) -> msgspec.Raw:
    """What the body says of a campaign's voucher, as members of `Voucher`."""
    fields: dict[str, Any] = {
        name: getattr(body, name)
        for name in (*_PLAIN, "type", "active")
        if getattr(body, name) is not None
    }
    if body.validity_timeframe is not None:
        fields["validity_timeframe"] = timeframe_of(body.validity_timeframe)
    if body.validity_hours is not None:
        fields["validity_hours"] = hours_of(body.validity_hours)
    if body.redemption is not None and "quantity" in body.redemption.model_fields_set:
        fields["quantity"] = body.redemption.quantity
    category = category_of(body.category_id, body.category)
    if category is not None:
        fields["category_id"] = category
    return msgspec.Raw(msgspec.json.encode(fields))


def _gift_changes(body: GiftBody) -> dict[str, Any]:
    return body.model_dump(exclude_none=True, exclude={"subtracted_amount"})
