"""Vouchers. Source: the API contract, section 10; a voucher's empty keys are present as null."""

from collections.abc import Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from engine.assignments.body import assignments_body
from engine.campaigns.body import campaign_body
from engine.categories.body import category_body
from engine.codes.generated import first_generated_voucher
from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import EMPTY_LIST, Body
from engine.kernel.room import Answers, Rendered, shows_nothing
from engine.terms.body import card_body, discount_body, gift_body, hours_body
from engine.vouchers.assets_body import assets_body
from schemas.assignments import RuleAssignment
from schemas.base import tag_of
from schemas.campaigns import CreateCampaign, VouchersGenerated
from schemas.categories import Category
from schemas.points import PointsTransferred
from schemas.projects import KeyKind
from schemas.records import Decided
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from schemas.vouchers import Voucher


@lru_cache(maxsize=4096)
def _quote_code(code: str) -> str:
    return quote(code, safe="")


def voucher_body(
    voucher: Voucher,
    assignments: Sequence[RuleAssignment] = (),
    categories: Sequence[Category] = (),
) -> Body:
    """The voucher in full.

    Of the assignments those that bind it are shown, of the categories the one that it is in: a
    category that is gone is not among them.
    """
    body = redeemed_voucher_body(voucher, assignments, categories)
    body["assets"] = assets_body(voucher.id)
    return body


def redeemed_voucher_body(
    voucher: Voucher,
    assignments: Sequence[RuleAssignment] = (),
    categories: Sequence[Category] = (),
) -> Body:
    """The voucher as a redemption or a rollback shows it: as `voucher_body`, without pictures."""
    within = [each for each in categories if each.id == voucher.category_id]
    path = f"/v1/vouchers/{_quote_code(voucher.code)}"
    body: Body = {
        "id": voucher.id,
        "code": voucher.code,
        "campaign": voucher.campaign,
        "campaign_id": voucher.campaign_id,
        "category": within[0].name if within else None,
        "category_id": within[0].id if within else None,
        "categories": list(map(category_body, within)),
        "type": voucher.type,
        "discount": discount_body(voucher.discount) if voucher.discount else None,
        "gift": gift_body(voucher.gift) if voucher.gift else None,
        "loyalty_card": card_body(voucher.loyalty_card) if voucher.loyalty_card else None,
        "start_date": iso_or_none(voucher.start_date),
        "expiration_date": iso_or_none(voucher.expiration_date),
        "validity_timeframe": None,
        "validity_day_of_week": voucher.validity_day_of_week,
        "active": voucher.active,
        "additional_info": voucher.additional_info,
        "metadata": voucher.metadata,
        "is_referral_code": voucher.is_referral_code,
        "created_at": iso(voucher.created_at),
        "updated_at": iso_or_none(voucher.updated_at),
        "object": "voucher",
        "validation_rules_assignments": (
            assignments_body(assignments, voucher.campaign_id, voucher.id)
            if assignments
            else EMPTY_LIST
        ),
        "publish": {
            "object": "list",
            "count": voucher.published,
            "url": f"{path}/publications?page=1&limit=10",
        },
        "redemption": _redemption(voucher, f"{path}/redemptions?page=1&limit=10"),
    }
    if voucher.holder_id is not None:
        body["holder_id"] = voucher.holder_id
    if voucher.validity_timeframe:
        body["validity_timeframe"] = {
            "interval": voucher.validity_timeframe.interval,
            "duration": voucher.validity_timeframe.duration,
        }
    if voucher.validity_hours:
        body["validity_hours"] = hours_body(voucher.validity_hours)
    return body


def _redemption(voucher: Voucher, url: str) -> Body:
    body: Body = {
        "quantity": voucher.quantity,
        "redeemed_quantity": voucher.redeemed_quantity,
        "object": "list",
        "url": url,
    }
    if voucher.type == "GIFT_VOUCHER":
        body["redeemed_amount"] = voucher.redeemed_amount
    elif voucher.type == "LOYALTY_CARD":
        body["redeemed_points"] = voucher.redeemed_points
    return body


#: The stored type of the command that creates a campaign.
_CREATE_CAMPAIGN: Final = tag_of(CreateCampaign)


def _voucher(event: VoucherCreated | VoucherUpdated, record: Decided, _: KeyKind) -> Rendered:
    return Rendered(200, voucher_body(event.voucher, record.assignments, record.categories))


def _points_transferred(event: PointsTransferred, record: Decided, _: KeyKind) -> Rendered:
    """The card that got them; the contract has a text for its switch here, and no null for days."""
    body = voucher_body(event.voucher, record.assignments, record.categories)
    return Rendered(
        200,
        body
        | {
            "active": "true" if event.voucher.active else "false",
            "validity_timeframe": body["validity_timeframe"] or {},
            "validity_day_of_week": body["validity_day_of_week"] or [],
        },
    )


def _vouchers_generated(event: VouchersGenerated, record: Decided, _: KeyKind) -> Rendered:
    """A campaign that makes its vouchers at once, or the one voucher that was asked for."""
    if record.command_type == _CREATE_CAMPAIGN:
        body = campaign_body(event.campaign, record.assignments, categories=record.categories)
        return Rendered(200, body)
    return Rendered(
        200, voucher_body(first_generated_voucher(event), record.assignments, record.categories)
    )


ANSWERS: Answers = MappingProxyType(
    {
        VoucherCreated: _voucher,
        VoucherUpdated: _voucher,
        VoucherEnabled: _voucher,
        VoucherDisabled: _voucher,
        PointsTransferred: _points_transferred,
        VoucherDeleted: shows_nothing,
        VouchersGenerated: _vouchers_generated,
    }
)
