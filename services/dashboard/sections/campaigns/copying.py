"""A campaign made again under another name: what of it goes along."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.sections.campaigns.programs.copying import copy_parts
from services.dashboard.sections.campaigns.referrals.copying import copy_tiers
from services.dashboard.web.answers import go_to
from services.dashboard.web.asking import Refused, SignedOut
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

#: What a new campaign takes as the old one shows it.
_KEPT: Final = (
    "campaign_type", "type", "description", "start_date", "expiration_date", "validity_timeframe",
    "validity_day_of_week", "validity_hours", "activity_duration_after_publishing", "join_once",
    "auto_join", "loyalty_tiers_expiration",
    "use_voucher_metadata_schema", "metadata", "active", "category_id",
)  # fmt: skip
_OF_TIER: Final = (
    "name", "banner", "action", "metadata", "hierarchy", "active", "start_date", "expiration_date",
    "validity_timeframe", "validity_day_of_week", "validity_hours", "category_id",
)  # fmt: skip
_OF_CODES: Final = ("length", "charset", "prefix", "postfix", "pattern")
#: What belongs to a campaign and is made after it, by its kind.
_PARTS: Final = {"LOYALTY_PROGRAM": copy_parts, "REFERRAL_PROGRAM": copy_tiers}


async def copy_campaign(visit: Visit) -> Response:
    """Makes a campaign with the same terms under another name, with as many codes."""
    form = await visit.form()
    row = await visit.api.get(f"/v1/campaigns/{escape_segment(visit.path('id'))}")
    body = body_of_copy(row, str(form.get("copy_name") or "").strip())
    key = str(form.get("idempotency_key") or "") or None
    made = await visit.api.post("/v1/campaigns", body, key=key)
    address, said = f"/campaigns/{escape_segment(str(made['id']))}", "Copied"
    copies = _PARTS.get(str(row.get("campaign_type")))
    if copies is not None:
        try:
            await copies(visit, row, made, key)
        except Refused as fault:
            if isinstance(fault, SignedOut):
                raise
            said = f"The program is copied, not all of its parts: {fault.sentence}"
    return go_to(visit.request, address, said)


def body_of_copy(row: Row, name: str) -> dict[str, Any]:
    """What makes such a campaign."""
    body: dict[str, Any] = {"name": name} | _some(row, _KEPT)
    rules = [
        each["rule_id"]
        for each in (row.get("validation_rules_assignments") or {}).get("data") or []
    ]
    if rules:
        body["validation_rules"] = rules
    if row.get("campaign_type") == "PROMOTION":
        tiers = (row.get("promotion") or {}).get("tiers") or []
        return body | {"promotion": {"tiers": [_tier(each) for each in tiers]}}
    voucher = row.get("voucher") or {}
    new: dict[str, Any] = _some(voucher, ("type", "discount"))
    if voucher.get("gift"):
        new["gift"] = _some(voucher["gift"], ("amount", "effect"))
    if (voucher.get("redemption") or {}).get("quantity") is not None:
        new["redemption"] = {"quantity": voucher["redemption"]["quantity"]}
    if voucher.get("loyalty_card"):
        new["loyalty_card"] = _some(voucher["loyalty_card"], ("points", "expiration_rules"))
        new["code_config"] = _some(voucher.get("code_config") or {}, _OF_CODES)
        return body | {"voucher": new, "vouchers_count": 0}
    new["code_config"] = _some(voucher.get("code_config") or {}, _OF_CODES)
    if row.get("referral_program"):
        new["is_referral_code"] = True
        body["referral_program"] = row["referral_program"]
        return body | {"voucher": new, "vouchers_count": 0}
    return body | {"voucher": new, "vouchers_count": row.get("vouchers_count") or 0}


def _tier(tier: Mapping[str, Any]) -> dict[str, Any]:
    new = _some(tier, _OF_TIER)
    rules = [
        each["rule_id"]
        for each in (tier.get("validation_rule_assignments") or {}).get("data") or []
    ]
    return new | ({"validation_rules": rules} if rules else {})


def _some(row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names if row.get(name) not in (None, {}, [])}


PAGES: Final = (Page("/campaigns/{id}/copy", copy_campaign, "campaigns.write", "POST"),)
