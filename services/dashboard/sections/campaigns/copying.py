"""A campaign made again under another name: what of it goes along."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.sections.campaigns.programs.naming import program_path
from services.dashboard.sections.campaigns.referrals.copying import copy_tiers
from services.dashboard.sections.saving import key_of
from services.dashboard.web.answers import go_to
from services.dashboard.web.asking import Refused, SignedOut
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

#: What a new campaign takes as the old one shows it.
_KEPT: Final = (
    "campaign_type", "type", "description", "start_date", "expiration_date", "validity_timeframe",
    "validity_day_of_week", "validity_hours", "activity_duration_after_publishing", "join_once",
    "auto_join",
    "use_voucher_metadata_schema", "metadata", "active", "category_id",
)  # fmt: skip
_OF_TIER: Final = (
    "name", "banner", "action", "metadata", "hierarchy", "active", "start_date", "expiration_date",
    "validity_timeframe", "validity_day_of_week", "validity_hours", "category_id",
)  # fmt: skip
_OF_CODES: Final = ("length", "charset", "prefix", "postfix", "pattern")


async def copy_campaign(visit: Visit) -> Response:
    """Makes a campaign with the same terms under another name, with as many codes."""
    form = await visit.form()
    row = await visit.api.get(f"/v1/campaigns/{escape_segment(visit.path('id'))}")
    name, key = str(form.get("copy_name") or "").strip(), key_of(form)
    if row.get("campaign_type") == "LOYALTY_PROGRAM":
        # the API knows all that it is made of, and copies it as a whole or not at all
        made = await visit.api.post(f"{program_path(row)}/copy", {"name": name}, key=key)
    else:
        made = await visit.api.post("/v1/campaigns", body_of_copy(row, name), key=key)
    address, said = f"/campaigns/{escape_segment(str(made['id']))}", "Copied"
    if row.get("referral_program"):
        try:
            await copy_tiers(visit, row, made, key)
        except Refused as fault:
            if isinstance(fault, SignedOut):
                raise
            said = f"The program is copied, not all of its tiers: {fault.sentence}"
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
