"""The form of a new giveaway: the prize, what makes an entry, until when."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, b, fragment

from services.dashboard.parts.discounts import say_discount
from services.dashboard.parts.forms import (
    Errors,
    ask_again,
    field_choice,
    field_switch,
    field_text,
)
from services.dashboard.parts.numbers import read_count
from services.dashboard.parts.show import Show
from services.dashboard.sections.campaigns.giveaways.naming import say_entries
from services.dashboard.sections.campaigns.making.bodies import Body, discount_of
from services.dashboard.sections.campaigns.making.choices import chosen
from services.dashboard.sections.campaigns.making.draft import Draft
from services.dashboard.sections.campaigns.making.frame import name_fields
from services.dashboard.sections.campaigns.making.names import find_names
from services.dashboard.sections.campaigns.making.own_form import (
    UNSAID,
    first_sentence,
    own_form,
    told_part,
)
from services.dashboard.sections.campaigns.making.own_pages import OwnKind, own_pages
from services.dashboard.sections.campaigns.making.sections import discount_fields, part
from services.dashboard.sections.campaigns.prize_fields import prize_fields, read_prize
from services.dashboard.sections.campaigns.prizes import say_prize
from services.dashboard.sections.campaigns.referrals.terms import find_own_names
from services.dashboard.web.visit import Visit

PATH: Final = "/campaigns/giveaways/new"
TITLE: Final = "New giveaway"
_STEPS: Final = (
    ("about", "About"),
    ("prize", "The prize"),
    ("entries", "Who takes part"),
    ("closes", "When it closes"),
)
ENTRIES: Final = (
    ("api", "The shop says who takes part"),
    ("order.paid", "A paid order"),
    ("custom_event", "An event that the shop tells of"),
)
_BEGIN: Final = {"kind": "PERCENT", "winners": "1", "alternates": "2", "entry_type": "api"}
#: The end of a path in the API's words → the field that it is about.
_FIELDS: Final[Mapping[str, str]] = {
    "giveaway.closes_at": "closes_at",
    "giveaway.winners": "winners",
    "giveaway.alternates": "alternates",
    "giveaway.custom_event": "event",
    "giveaway.prize": "prize_campaign-find",
}


def new_giveaway(draft: Draft, show: Show) -> Body:
    """The body of `POST /v1/campaigns`."""
    made = Body()
    body, errors = made.body, made.errors
    body |= {"name": draft["name"], "campaign_type": "GIVEAWAY", "type": "AUTO_UPDATE"}
    body["active"] = draft.has("active")
    if not draft["name"]:
        errors["name"] = "Give it a name"
    if draft["description"]:
        body["description"] = draft["description"]
    terms: dict[str, Any] = {"entry_type": draft["entry_type"] or "api"}
    prize = read_prize("prize", draft.values, errors)
    if prize is not None:
        terms["prize"] = prize
    else:
        discount = discount_of(draft, errors)
        body["voucher"] = {
            "type": "DISCOUNT_VOUCHER",
            "discount": discount,
            "redemption": {"quantity": 1},
        }
    for name, least in (("winners", 1), ("alternates", 0)):
        count = read_count(draft[name] or "0")
        if count is None or not least <= count <= 100:
            errors[name] = f"A whole number from {least} to 100"
        terms[name] = count
    if terms["entry_type"] == "custom_event":
        terms["custom_event"] = {"name": draft["event"]}
        if not draft["event"]:
            errors["event"] = "Say what the event is called"
    terms["each_event"] = draft.has("each_event")
    terms["closes_at"] = show.from_local(draft["closes_at"])
    if terms["closes_at"] is None:
        errors["closes_at"] = "Say the day and the time"
    body["giveaway"] = terms
    return made


def wizard(
    draft: Draft,
    show: Show,
    names: Mapping[str, str],
    errors: Errors | None = None,
    key: str | None = None,
) -> Node:
    """The form as it stands, with what is wrong at its fields."""
    wrong, again = errors or {}, ask_again(PATH, "making")
    dashed = {name.replace("_", "-"): value for name, value in again.items()}
    parts = fragment[
        part(
            "about",
            "About",
            name_fields(draft, wrong, "There is one campaign of a name"),
        ),
        part(
            "prize",
            "The prize",
            prize_fields(
                "prize",
                draft.values,
                names,
                wrong,
                again,
                label="A winner gets",
                none="A code of the giveaway itself",
            ),
            not draft["prize_type"]
            and discount_fields(draft, wrong, chosen(names, draft["unit"]), dashed),
            _number("winners", "Winners", draft, wrong, "1 to 100"),
            _number(
                "alternates", "Alternates", draft, wrong, "They step in where a winner is refused"
            ),
        ),
        _entries_part(draft, wrong, again),
        part(
            "closes",
            "When it closes",
            field_text(
                "closes_at",
                "Takes entries until",
                draft["closes_at"],
                kind="datetime-local",
                hint=f"Time of the project, {show.zone_name}. It can be drawn afterwards, and what is said here cannot be changed.",
                errors=wrong,
            ),
            field_switch("active", "Switch it on at once", is_on=draft.has("active")),
        ),
    ]
    return own_form(PATH, _STEPS, parts, told(draft, show, names), wrong, key)


def _number(name: str, label: str, draft: Draft, errors: Errors, hint: str) -> Node:
    return field_text(
        name, label, draft[name], hint=hint, errors=errors, inputmode="numeric", autocomplete="off"
    )


def _entries_part(draft: Draft, errors: Errors, again: Mapping[str, Any]) -> Node:
    kind = draft["entry_type"] or "api"
    return part(
        "entries",
        "Who takes part",
        field_choice("entry_type", "An entry comes by", ENTRIES, kind, errors=errors, **again),
        kind == "custom_event"
        and field_text(
            "event",
            "Name of the event",
            draft["event"],
            hint="As the shop sends it to /v1/events",
            errors=errors,
            autocomplete="off",
        ),
        field_switch(
            "each_event",
            "Each one counts",
            is_on=draft.has("each_event"),
            hint="Else a customer has one entry, however often",
        ),
    )


def told(draft: Draft, show: Show, names: Mapping[str, str]) -> Node:
    """The giveaway in sentences."""
    body = new_giveaway(draft, show).body
    terms = body["giveaway"]
    prize = terms.get("prize")
    if prize:
        parent = prize["related_object_parent"]["id"]
        gives: Node = say_prize(
            prize | {"related_object_parent": {"name": names.get(parent)}}, show
        )
    else:
        said = draft["value"] or draft["formula"]
        gives = ["a code: ", say_discount(body["voucher"]["discount"], show) if said else UNSAID]
    closes = draft["closes_at"].replace("T", " ")
    sentences: list[Node] = [
        first_sentence(draft, "a giveaway"),
        ["A winner gets ", b[gives], ". ", b[_say_places(terms)], "."],
        [say_entries(terms), "."],
        [
            "It takes entries until ",
            b[closes or UNSAID],
            " (time of the project), and can be drawn from then on.",
        ],
        "The seed of the draw is fixed now: its fingerprint is published at once, the seed itself with the draw.",
    ]
    return told_part(sentences, _warn(terms))


def _say_places(terms: Mapping[str, Any]) -> str:
    winners, others = terms.get("winners") or 0, terms.get("alternates") or 0
    said = "1 wins" if winners == 1 else f"{winners} win"
    return f"{said}, {others} stand by" if others else said


def _warn(terms: Mapping[str, Any]) -> list[Node]:
    found: list[Node] = []
    if not terms.get("alternates"):
        found.append("Nobody stands by: where a winner is refused, one more is drawn.")
    if terms.get("each_event"):
        found.append(
            "Who buys or does more has more entries: in many places that is a lottery, which the law treats otherwise."
        )
    return found


async def _names(visit: Visit, draft: Draft) -> dict[str, str]:
    return {**await find_names(visit, draft), **await find_own_names(visit, draft.values)}


def _place_of(details: str) -> str:
    places = [each for each in _FIELDS if each in details]
    return _FIELDS[max(places, key=len)] if places else ""


PAGES: Final = own_pages(
    OwnKind(PATH, TITLE, _BEGIN, new_giveaway, wizard, told, _names, _place_of)
)
