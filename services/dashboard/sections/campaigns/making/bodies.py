"""What the form of a campaign says, as the API takes it, and what is wrong with it before it is asked."""

from collections.abc import Mapping
from typing import Any, Final

from services.dashboard.parts.forms import read_metadata
from services.dashboard.parts.hours import read_hours, read_span
from services.dashboard.parts.numbers import read_count
from services.dashboard.parts.show import Show, read_minor
from services.dashboard.sections.campaigns.making.choices import KINDS
from services.dashboard.sections.campaigns.making.codes import charset_of, room_of
from services.dashboard.sections.campaigns.making.draft import (
    Draft,
    template_of,
)
from services.dashboard.sections.campaigns.programs import expiring, qualifying
from services.dashboard.sections.campaigns.programs.expiring import read_expiring
from services.dashboard.sections.campaigns.programs.qualifying import read_qualifying
from services.dashboard.web.asking import ApiFault

#: The end of a path in the API's words → the field of the form that it is about.
FIELDS: Final[Mapping[str, str]] = {
    ".name": "name",
    "`name`": "name",
    ".description": "description",
    ".voucher.discount.percent_off": "value",
    ".voucher.discount.amount_off": "value",
    ".voucher.discount.fixed_amount": "value",
    ".voucher.discount.unit_off": "value",
    ".voucher.discount.unit_type": "unit-find",
    ".discount.percent_off": "value",
    ".discount.amount_off": "value",
    ".discount.fixed_amount": "value",
    "_formula": "formula",
    ".amount_limit": "most",
    ".effect": "effect",
    ".gift.amount": "gift_amount",
    ".voucher.redemption.quantity": "quantity",
    ".vouchers_count": "count",
    "code_config": "pattern",
    ".start_date": "start",
    ".expiration_date": "end",
    "expiration date": "end",
    ".validity_timeframe": "frame_count",
    ".validity_hours": "from_hour",
    ".activity_duration_after_publishing": "after_count",
    ".validation_rules": "rule-find",
    "validation_rule": "rule-find",
    ".category": "category-find",
    ".metadata": "metadata",
    ".promotion.tiers": "tier_name-0",
    "loyalty_card.points": "points",
    **expiring.PATHS,
    **qualifying.PATHS,
}
#: Members of a change → the fields of the form that say them.
_SAID_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "description": ("description",),
    "start_date": ("start",),
    "expiration_date": ("end",),
    "validity_day_of_week": ("day",),
    "validity_hours": ("from_hour", "to_hour"),
    "validity_timeframe": ("frame_count", "frame_unit", "every_count", "every_unit"),
    "activity_duration_after_publishing": ("after_count", "after_unit"),
    "category_id": ("category",),
    "metadata": ("metadata",),
    "join_once": ("join_once",),
    "auto_join": ("auto_join",),
    "type": ("grows",),
    "gift": ("gift_amount", "gift_effect"),
    "discount": ("kind", "effect", "calculated", "formula", "value", "most", "unit"),
}
#: Kinds whose settings do not ask how codes are given out, so that what is not there is not off.
_WITHOUT_SWITCHES: Final = frozenset({"PROMOTION", "GIVEAWAY"})
#: What is wrong with a tier of those in the form, by the field of a discount; the place is its number.
_TIER_ERRORS: Final[Mapping[str, str]] = {
    "value": "Say how much the tier {} gives, as a number",
    "unit-find": "Choose what the tier {} adds for free",
    "most": "Say the most that the tier {} takes as an amount, such as 12.50",
}
_MEMBERS: Final = {"PERCENT": "percent_off", "AMOUNT": "amount_off", "FIXED": "fixed_amount"}


class Body:
    """The body under way, with what is wrong by the field that it is wrong in."""

    def __init__(self) -> None:
        self.body: dict[str, Any] = {}
        self.errors: dict[str, str] = {}


def field_of_fault(fault: ApiFault) -> str:
    """The field that the API complains of; empty: of none in particular."""
    if fault.key == "duplicate_found":
        return "name"
    if fault.key == "invalid_code_config":
        return "pattern"
    found = [path for path in FIELDS if path in fault.details]
    return FIELDS[max(found, key=len)] if found else ""


def new_campaign(draft: Draft, show: Show) -> Body:
    """The body of `POST /v1/campaigns`."""
    made, template = Body(), template_of(draft)
    made.body["name"] = draft["name"]
    if not draft["name"]:
        made.errors["name"] = "Give it a name"
    made.body["campaign_type"] = template.kind
    if draft["description"]:
        made.body["description"] = draft["description"]
    made.body["active"] = draft.has("active")
    if template.kind == "PROMOTION":
        made.body["promotion"] = {"tiers": _tiers(draft, made.errors)}
    else:
        _add_voucher(draft, template.name, made)
    _add_terms(draft, show, made)
    if draft.all("rule"):
        made.body["validation_rules"] = list(draft.all("rule"))
    if draft["category"]:
        made.body["category_id"] = draft["category"]
    if template.kind == "LOYALTY_PROGRAM":
        made.body |= {name: draft.has(name) for name in ("join_once", "auto_join")}
    elif draft.has("join_once"):
        made.body["join_once"] = True
    return made


def changed_campaign(draft: Draft, before: Draft, show: Show, kind: str, *, gives: bool) -> Body:
    """The body of `PUT /v1/campaigns/{id}`: what the form changes, null where it is empty now.

    `before`: what the form showed, so that what it cannot hold and was not touched stays as it is.
    `gives`: whether the form says what its codes give, too.
    """
    made = Body()
    made.body["description"] = draft["description"] or None
    names = ("start_date", "expiration_date", "validity_timeframe", "validity_day_of_week",
             "validity_hours", "activity_duration_after_publishing")  # fmt: skip
    made.body |= dict.fromkeys(names)
    _add_terms(draft, show, made)
    made.body["category_id"] = draft["category"] or None
    _change_metadata(made, before)
    if kind not in _WITHOUT_SWITCHES:
        made.body["join_once"] = draft.has("join_once")
        made.body["type"] = "AUTO_UPDATE" if draft.has("grows") else "STATIC"
    if kind == "LOYALTY_PROGRAM":
        made.body["auto_join"] = draft.has("auto_join")
        rules = read_qualifying(draft.values, made.errors)
        if rules != read_qualifying(before.values, {}):
            made.body["loyalty_tiers_expiration"] = rules
    if gives and kind == "GIFT_VOUCHERS":
        made.body["gift"] = _gift(draft, made.errors)
    elif gives:
        made.body["discount"] = discount_of(draft, made.errors)
    for member, fields in _SAID_BY.items():
        if all(_texts(draft, each) == _texts(before, each) for each in fields):
            made.body.pop(member, None)
    if draft.has("recalculate"):
        made.body["options"] = {"recalculate_tiers": True}
    return made


def _change_metadata(made: Body, before: Draft) -> None:
    """The API merges metadata: names that are no longer there have to be told."""
    old, new = read_metadata(before["metadata"]), made.body.setdefault("metadata", {})
    gone = [each for each in old if each not in new]
    if gone and "metadata" not in made.errors:
        made.body["unset_metadata_fields"] = gone


def _texts(draft: Draft, name: str) -> list[str]:
    """What a field says, whichever way a browser ends lines."""
    return [*draft[name].splitlines(), *draft.all(name)]


def _add_voucher(draft: Draft, template: str, made: Body) -> None:
    voucher: dict[str, Any] = {}
    if template == "gift":
        voucher |= {"type": "GIFT_VOUCHER", "gift": _gift(draft, made.errors)}
    elif template == "loyalty":
        voucher |= {"type": "LOYALTY_CARD", "loyalty_card": _card(draft, made.errors)}
    else:
        voucher |= {"type": "DISCOUNT_VOUCHER", "discount": discount_of(draft, made.errors)}
    if draft["quantity"]:
        voucher["redemption"] = {"quantity": _whole(draft, "quantity", made.errors)}
    if template == "generic":
        made.body["vouchers_count"] = 0
        if not draft["code"]:
            made.errors["code"] = "Say what the code is"
    else:
        pattern, charset = draft["pattern"], charset_of(draft["charset"])
        voucher["code_config"] = {"pattern": pattern, "charset": charset}
        count = _whole(draft, "count", made.errors, otherwise=0)
        made.body["vouchers_count"] = count
        if "#" not in pattern:
            made.errors["pattern"] = "Put a # where each random sign is to be"
        elif count is not None and count > room_of(pattern, charset):
            made.errors["pattern"] = (
                f"Only {room_of(pattern, charset):,} codes can be made of it. Add signs."
            )
    made.body["type"] = "AUTO_UPDATE" if template == "growing" or draft.has("grows") else "STATIC"
    made.body["voucher"] = voucher


def discount_of(draft: Draft, errors: dict[str, str]) -> dict[str, Any]:
    """What is taken off."""
    kind = draft["kind"] or "PERCENT"
    discount: dict[str, Any] = {"type": kind}
    if kind == "UNIT":
        discount["effect"] = draft["effect"] or "ADD_NEW_ITEMS"
        if draft["unit"]:
            discount["unit_type"] = draft["unit"]
        else:
            errors["unit-find"] = "Choose what is added for free"
        member = "unit_off"
    else:
        member = _MEMBERS.get(kind, "percent_off")
        if draft["effect"]:
            discount["effect"] = draft["effect"]
    if draft.has("calculated"):
        if draft["formula"].strip():
            discount[f"{member}_formula"] = draft["formula"].strip()
        else:
            errors["formula"] = "Write the formula"
    plain = read_value(draft["value"], kind)
    if plain is not None:
        discount[member] = plain
    elif draft.has("calculated") and not draft["value"]:
        # the API wants a value for where the formula has none
        discount[member] = 0
    else:
        errors["value"] = "Say how much, as a number"
    if kind == "PERCENT" and draft["most"]:
        discount["amount_limit"] = _money(draft, "most", errors)
    return discount


def read_value(text: str, kind: str) -> int | float | None:
    """What was typed, in the unit of the discount; None: no number."""
    if kind in ("AMOUNT", "FIXED"):
        return read_minor(text)
    plain = text.replace(",", ".").removesuffix("%").strip()
    try:
        value = float(plain)
    except ValueError:
        return None
    if not 0 <= value < 10**12:
        return None
    if kind == "UNIT":
        return int(value) if value.is_integer() else None
    return int(value) if value.is_integer() else value


def _gift(draft: Draft, errors: dict[str, str]) -> dict[str, Any]:
    gift: dict[str, Any] = {"amount": _money(draft, "gift_amount", errors)}
    if draft["gift_effect"]:
        gift["effect"] = draft["gift_effect"]
    return gift


def _card(draft: Draft, errors: dict[str, str]) -> dict[str, Any]:
    card: dict[str, Any] = {"points": _whole(draft, "points", errors, otherwise=0)}
    rules = read_expiring(draft.values, errors)
    return card | ({"expiration_rules": rules} if rules else {})


def _tiers(draft: Draft, errors: dict[str, str]) -> list[dict[str, Any]]:
    return [tier_body(each, at, errors) for at, each in enumerate(draft.tiers)]


def tier_body(tier: Mapping[str, str], at: int, errors: dict[str, str]) -> dict[str, Any]:
    """A new tier as the API takes it; `at` is its place among those of the form, from 0."""
    name, banner = tier["tier_name"].strip(), tier["tier_banner"].strip()
    if not name:
        errors[f"tier_name-{at}"] = f"Give the tier {at + 1} a name"
    body: dict[str, Any] = {"name": name} | ({"banner": banner} if banner else {})
    if tier["tier_kind"] in dict(KINDS):
        body["action"] = {"discount": _tier_discount(tier, at, errors)}
    return body


def _tier_discount(tier: Mapping[str, str], at: int, errors: dict[str, str]) -> dict[str, Any]:
    values = {name.removeprefix("tier_"): value for name, value in tier.items()}
    is_calculated = bool(tier["tier_formula"].strip())
    wrong: dict[str, str] = {}
    discount = discount_of(Draft(values | {"calculated": "true" if is_calculated else ""}), wrong)
    for name, said in wrong.items():
        place = f"tier_unit-{at}-find" if name == "unit-find" else f"tier_{name}-{at}"
        errors[place] = _TIER_ERRORS.get(name, said).format(at + 1)
    return discount


def _add_terms(draft: Draft, show: Show, made: Body) -> None:
    for name, member in (("start", "start_date"), ("end", "expiration_date")):
        if draft[name]:
            moment = show.from_local(draft[name])
            if moment is None:
                made.errors[name] = "That is no date and time"
            made.body[member] = moment
    if draft["start"] and draft["end"] and draft["start"] >= draft["end"]:
        made.errors["end"] = "It ends before it starts"
    if draft.all("day"):
        made.body["validity_day_of_week"] = sorted(
            int(each) for each in draft.all("day") if each in set("0123456")
        )
    hours = read_hours(draft.values, made.errors)
    made.body |= {name: value for name, value in hours.items() if value is not None}
    after = read_span(draft.values, "after")
    if after:
        made.body["activity_duration_after_publishing"] = after
    try:
        metadata = read_metadata(draft["metadata"])
    except ValueError as fault:
        made.errors["metadata"] = f"The line “{fault}” is not of the form name = value"
    else:
        if metadata:
            made.body["metadata"] = metadata


def _money(draft: Draft, name: str, errors: dict[str, str]) -> int | None:
    minor = read_minor(draft[name]) if draft[name] else None
    if minor is None or minor < 0:
        errors[name] = "Say an amount, such as 12.50"
    return minor


def _whole(
    draft: Draft, name: str, errors: dict[str, str], otherwise: int | None = None
) -> int | None:
    if not draft[name] and otherwise is not None:
        return otherwise
    count = read_count(draft[name])
    if count is None:
        errors[name] = "A whole number is wanted"
    return count
