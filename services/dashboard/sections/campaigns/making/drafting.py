"""What the form holds for a campaign that there is."""

from collections.abc import Mapping
from typing import Any

from services.dashboard.parts.forms import write_metadata
from services.dashboard.parts.hours import duration_values, hour_values
from services.dashboard.parts.show import Show, write_minor
from services.dashboard.sections.campaigns.making.draft import ALWAYS, TEMPLATES, Draft
from services.dashboard.sections.campaigns.programs.qualifying import qualifying_values


def draft_of(row: Mapping[str, Any], show: Show) -> Draft:
    """What the form holds for a campaign that there is."""
    voucher = row.get("voucher") or {}
    values = {
        "template": _template_name(row),
        "name": str(row.get("name") or ""),
        "description": str(row.get("description") or ""),
        "active": "true" if row.get("active") is not False else "",
        "join_once": "true" if row.get("join_once") else "",
        "category": str(row.get("category_id") or ""),
        "metadata": write_metadata(row.get("metadata")),
        "grows": "true" if row.get("type") == "AUTO_UPDATE" else "",
    }
    values |= _discount_values(voucher.get("discount") or {})
    values |= _gift_values(voucher.get("gift") or {})
    if row.get("campaign_type") == "LOYALTY_PROGRAM":
        values |= {"auto_join": "true" if row.get("auto_join") else ""}
        values |= qualifying_values(row.get("loyalty_tiers_expiration"))
    times, days = time_values(row, show)
    return Draft(ALWAYS | values | times, {"day": days})


def _template_name(row: Mapping[str, Any]) -> str:
    kind = row.get("campaign_type")
    return next((each.name for each in TEMPLATES if each.kind == kind), TEMPLATES[0].name)


def _discount_values(discount: Mapping[str, Any]) -> dict[str, str]:
    kind = str(discount.get("type") or "PERCENT")
    values = {"kind": kind, "effect": str(discount.get("effect") or "")}
    formulas = {"PERCENT": "percent_off", "AMOUNT": "amount_off", "FIXED": "fixed_amount"}
    member = formulas.get(kind, "unit_off")
    formula = discount.get(f"{member}_formula")
    plain = discount.get(member)
    is_money = kind in ("AMOUNT", "FIXED")
    return values | {
        "calculated": "true" if formula else "",
        "formula": str(formula or ""),
        "value": write_minor(plain) if is_money else str(plain if plain is not None else ""),
        "most": write_minor(discount.get("amount_limit")),
        "unit": str(discount.get("unit_type") or ""),
    }


def _gift_values(gift: Mapping[str, Any]) -> dict[str, str]:
    if not gift:
        return {}
    return {
        "gift_amount": write_minor(gift.get("amount")),
        "gift_effect": str(gift.get("effect") or ""),
    }


def time_values(row: Mapping[str, Any], show: Show) -> tuple[dict[str, str], tuple[str, ...]]:
    """Dates, hours and timeframes as the form holds them, and the days."""
    values = {
        "start": show.local(row.get("start_date")),
        "end": show.local(row.get("expiration_date")),
    }
    after = duration_values("after", row.get("activity_duration_after_publishing"))
    days = tuple(str(each) for each in row.get("validity_day_of_week") or ())
    return values | hour_values(row) | after, days
