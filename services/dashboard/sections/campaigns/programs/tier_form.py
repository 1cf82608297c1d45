"""The form of a tier: its points, and what it makes of earning rules and of rewards."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import Node, div, fieldset, label, legend, option, select, span
from htpy import input as input_
from starlette.datastructures import FormData
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.forms import (
    Errors,
    field_switch,
    field_text,
    form_page,
    group,
    metadata_fields,
)
from services.dashboard.parts.numbers import read_count
from services.dashboard.sections.campaigns.frame import answer_tab
from services.dashboard.sections.campaigns.gathering import find_campaign
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.sections.campaigns.programs.naming import LADDER, LIST_MAX, program_path
from services.dashboard.sections.campaigns.programs.rule_names import find_rule_names
from services.dashboard.sections.campaigns.programs.rule_words import say_rule
from services.dashboard.sections.campaigns.programs.tier_borders import Moves, neighbours_moves
from services.dashboard.sections.campaigns.programs.tier_words import find_offers, find_tiers
from services.dashboard.sections.saving import change_metadata, key_of, read_lines, show_metadata
from services.dashboard.web.answers import answer_node, go_to
from services.dashboard.web.asking import Refused, ask_quietly, errors_of
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

_NAMES: Final = ("points.from", "points.to", "points", "name", "metadata", "multiplier")
_FIELDS: Final[Mapping[str, str]] = {
    "points.from": "from",
    "points.to": "to",
    "points": "from",
    "multiplier": "",
}
#: What a tier may make of points: nothing else, so many times as many, or others.
_WAYS: Final = (("", "As it is"), ("MULTIPLY", "Times"), ("CUSTOM", "Points"))
#: A rule or a reward that a tier can say something of: its id, and how it is called.
Mapped = Sequence[tuple[str, str]]


def tier_form(
    row: Row,
    values: Mapping[str, str],
    rules: Mapped,
    offers: Mapped,
    *,
    tier: Row | None = None,
    errors: Errors | None = None,
    key: str | None = None,
) -> Node:
    """The form; `tier`: the one that is changed, None: a new one."""
    wrong = errors or {}
    return form_page(
        campaign_href(row, _place(tier)),
        group(
            "The tier",
            field_text(
                "name", "Name", values.get("name"), errors=wrong, required=True, autocomplete="off"
            ),
            div(".fields")[
                _points("from", "From points", values, wrong, "Empty: from none on"),
                _points("to", "To points", values, wrong, "Empty: without an end"),
            ],
            tier
            and field_switch(
                "follow",
                "The tiers beside it give way and follow",
                is_on=values.get("follow") == "true",
                hint="So that nobody between two ranges loses the tier. Members are looked at again at once.",
            ),
            hint="Both ends are within it. Ranges of tiers do not lie over one another.",
        ),
        group(
            "What earning rules give in it",
            _mappings("earn", rules, values, wrong),
            hint="So many times as many points as the rule says, or another number of them.",
        )
        if rules
        else None,
        group(
            "What rewards cost in it",
            _mappings("cost", offers, values, wrong),
            hint="So many times as many points as the program asks, or another number of them.",
        )
        if offers
        else None,
        metadata_fields(None, wrong, typed=values.get("metadata")),
        errors=wrong or None,
        save="Make the tier" if tier is None else "Save",
        cancel=campaign_href(row, LADDER),
        key=key,
    )


def _place(tier: Row | None) -> str:
    return f"{LADDER}/new" if tier is None else f"{LADDER}/{escape_segment(str(tier['id']))}/edit"


def _points(name: str, text: str, values: Mapping[str, str], errors: Errors, hint: str) -> Node:
    return field_text(
        name,
        text,
        values.get(name),
        errors=errors,
        hint=hint,
        inputmode="numeric",
        autocomplete="off",
    )


def _mappings(kind: str, mapped: Mapped, values: Mapping[str, str], errors: Errors) -> Node:
    return [_mapping(f"{kind}:{name}", said, values, errors) for name, said in mapped]


def _mapping(name: str, said: str, values: Mapping[str, str], errors: Errors) -> Node:
    way, value = values.get(f"{name}:way", ""), values.get(f"{name}:value", "")
    error = errors.get(f"{name}:value", "")
    return fieldset(".field", data_bad=bool(error))[
        legend(".label")[said],
        div(".inline")[
            select(".input", name=f"{name}:way", aria_label="What becomes of it")[
                (option(value=each, selected=each == way)[text] for each, text in _WAYS)
            ],
            label[
                span(".sr")["How much"],
                input_(
                    ".input.short",
                    id=f"{name}:value",
                    name=f"{name}:value",
                    value=value,
                    inputmode="decimal",
                    autocomplete="off",
                    aria_invalid="true" if error else None,
                ),
            ],
        ],
        error and span(".error")[error],
    ]


def values_of(tier: Row) -> dict[str, str]:
    """What the form shows of a tier that there is."""
    points = tier.get("points") or {}
    values = {
        "name": str(tier.get("name") or ""),
        "metadata": show_metadata(tier.get("metadata")),
        "follow": "true",
    }
    values |= {
        name: "" if points.get(name) is None else str(points[name]) for name in ("from", "to")
    }
    for kind, member in (("earn", "earning_rules"), ("cost", "rewards")):
        for name, each in (tier.get(member) or {}).items():
            is_times = each.get("type") == "MULTIPLY"
            value = each.get("multiplier") if is_times else each.get("points")
            values[f"{kind}:{name}:way"] = str(each.get("type") or "")
            values[f"{kind}:{name}:value"] = (
                "" if value is None else f"{value:g}" if (isinstance(value, float)) else str(value)
            )
    return values


def tier_body(
    values: Mapping[str, str],
    mapped: Mapping[str, Mapped],
    tier: Row | None,
    errors: dict[str, str],
) -> dict[str, Any]:
    """The tier as the API takes it; mappings of what is not shown here stay as they are."""
    body: dict[str, Any] = {"name": values.get("name", "")}
    if not body["name"]:
        errors["name"] = "Give it a name"
    points: dict[str, int] = {}
    for name in ("from", "to"):
        if not values.get(name):
            continue
        count = read_count(values[name])
        if count is None:
            errors[name] = "A whole number is wanted"
        else:
            points[name] = count
    body["points"] = points
    for kind, member in (("earn", "earning_rules"), ("cost", "rewards")):
        shown = {name for name, _ in mapped[kind]}
        before = ((tier or {}).get(member) or {}).items()
        kept = {name: each for name, each in before if name not in shown}
        said = {name: _mapping_of(f"{kind}:{name}", values, errors) for name in shown}
        kept |= {name: each for name, each in said.items() if each}
        if kept or before:
            body[member] = kept
    return body


def _mapping_of(
    name: str, values: Mapping[str, str], errors: dict[str, str]
) -> dict[str, Any] | None:
    way, typed = values.get(f"{name}:way", ""), values.get(f"{name}:value", "").replace(",", ".")
    if way == "CUSTOM":
        count = read_count(typed)
        if count is None:
            errors[f"{name}:value"] = "A whole number of points is wanted"
        return {"type": way, "points": count}
    if way != "MULTIPLY":
        return None
    try:
        factor = float(typed)
    except ValueError:
        factor = -1.0
    if not 0 <= factor <= 1_000_000:
        errors[f"{name}:value"] = "A number is wanted, such as 1.5"
    return {"type": way, "multiplier": int(factor) if factor.is_integer() else factor}


# --- addresses


async def _find(visit: Visit) -> tuple[Row, Row | None, Mapped, Mapped]:
    row = await find_campaign(visit, visit.path("id"))
    tier = None
    if "tier" in visit.request.path_params:
        name = escape_segment(visit.path("tier"))
        tier = await visit.api.get(f"{program_path(row)}/tiers/{name}")
    path, limit = program_path(row), {"limit": str(LIST_MAX)}
    found, offered, called = await asyncio.gather(
        ask_quietly(visit.api.get(f"{path}/earning-rules", limit)),
        ask_quietly(visit.api.get(f"{path}/rewards", limit)),
        find_offers(visit, row),
    )
    rules = list((found or {}).get("data") or [])
    names = await find_rule_names(visit, row, rules)
    offers = [str(each["id"]) for each in (offered or {}).get("data") or []]
    return (
        row,
        tier,
        [(str(each["id"]), say_rule(each, visit.show, names)) for each in rules],
        [(each, called.get(each, each)) for each in offers],
    )


def read_values(form: FormData) -> dict[str, str]:
    """What was typed."""
    return {
        name: str(value).strip()
        for name, value in form.multi_items()
        if name != "idempotency_key" and isinstance(value, str)
    }


async def show_form(visit: Visit) -> Response:
    """The form as the tier is, or of a new one."""
    row, tier, rules, offers = await _find(visit)
    values = {} if tier is None else values_of(tier)
    return answer_tab(visit, row, LADDER, tier_form(row, values, rules, offers, tier=tier))


async def save(visit: Visit) -> Response:
    """Makes or changes the tier; what is wrong stands at its field."""
    row, tier, rules, offers = await _find(visit)
    form = await visit.form()
    values, errors = read_values(form), dict[str, str]()
    body = tier_body(values, {"earn": rules, "cost": offers}, tier, errors)
    metadata = read_lines(values.get("metadata", ""), "metadata", errors)
    if metadata or tier is not None:
        body["metadata"] = change_metadata((tier or {}).get("metadata"), metadata)
    key, path = key_of(form), f"{program_path(row)}/tiers"
    if not errors:
        try:
            if tier is None:
                await visit.api.post(path, [body], key=key)
            else:
                follows = values.get("follow") == "true"
                moves = await _moves(visit, row, tier, body["points"]) if follows else Moves()
                await _put(
                    visit,
                    path,
                    [*_ranges(moves.before), (str(tier["id"]), body), *_ranges(moves.after)],
                    key,
                )
        except Refused as fault:
            placed = errors_of(fault, _NAMES)
            errors = {_FIELDS.get(name, name): said for name, said in placed.items()}
            key = None
        else:
            return go_to(visit.request, campaign_href(row, LADDER), "Saved")
    shown = tier_form(row, values, rules, offers, tier=tier, errors=errors, key=key)
    return answer_node(shown) if visit.is_part else answer_tab(visit, row, LADDER, shown)


async def _moves(visit: Visit, row: Row, tier: Row, points: Mapping[str, int]) -> Moves:
    """How the ranges beside the tier move. Raises ApiFault."""
    return neighbours_moves(await find_tiers(visit, row), tier, points)


def _ranges(moved: Sequence[tuple[str, Mapping[str, int]]]) -> list[tuple[str, dict[str, Any]]]:
    return [(name, {"points": points}) for name, points in moved]


async def _put(
    visit: Visit, path: str, changes: Sequence[tuple[str, Mapping[str, Any]]], key: str | None
) -> None:
    """Changes tiers one after the other, without a pause for anybody to fall between. Raises ApiFault."""
    for name, body in changes:
        own = f"{key} {name}" if key else None
        await visit.api.put(f"{path}/{escape_segment(name)}", body, key=own)


PAGES: Final = tuple(
    page
    for place in (f"/campaigns/{{id}}/{LADDER}/new", f"/campaigns/{{id}}/{LADDER}/{{tier}}/edit")
    for page in (
        Page(place, show_form, "campaigns.write"),
        Page(place, save, "campaigns.write", "POST"),
    )
)
