"""When somebody counts as referred, and what both sides get: as fields, as the API takes it, as sentences."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, b

from services.dashboard.parts.forms import Errors, field_choice, field_lookup, field_text
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.campaigns.prize_fields import (
    prize_fields,
    prize_names,
    prize_values,
    read_prize,
)
from services.dashboard.sections.campaigns.prizes import say_prize
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

CONVERSIONS: Final = (
    ("redemption", "The friend redeems the code"),
    ("custom_event", "The friend does something that the shop tells of"),
    ("segment", "The friend enters a segment"),
)
#: The end of a path in the API's words → the field that it is about.
FIELDS: Final[Mapping[str, str]] = {
    "referral_program.custom_event": "event",
    "referral_program.segment": "segment-find",
    "referral_program.referee_reward": "referee_campaign-find",
    "referral_program.referee_reward.amount": "referee_amount",
    "referral_program.referrer_reward": "referrer_campaign-find",
    "referral_program.referrer_reward.amount": "referrer_amount",
}
Values = Mapping[str, str]


def terms_fields(
    values: Values, names: Mapping[str, str], errors: Errors, again: Mapping[str, Any]
) -> Node:
    """What counts as a conversion, and the rewards of both."""
    kind = values.get("conversion") or "redemption"
    segment = values.get("segment", "")
    return [
        field_choice("conversion", "It counts once", CONVERSIONS, kind, errors=errors, **again),
        kind == "custom_event"
        and field_text(
            "event",
            "Name of the event",
            values.get("event"),
            hint="As the shop sends it to /v1/events",
            errors=errors,
            autocomplete="off",
        ),
        kind == "segment"
        and field_lookup(
            "segment",
            "Segment",
            "segment",
            ((segment, names.get(segment, segment)),) if segment else (),
            hint="One that customers enter by a filter",
            errors={"segment": errors.get("segment-find", "")},
        ),
        prize_fields(
            "referee",
            values,
            names,
            errors,
            again,
            label="The friend gets besides",
            none="Only what the code gives",
            who="the friend",
        ),
        prize_fields(
            "referrer",
            values,
            names,
            errors,
            again,
            label="Who brought the friend gets",
            none="Nothing",
            who="the referrer",
        ),
    ]


def read_terms(values: Values, errors: dict[str, str]) -> dict[str, Any]:
    """`referral_program` as the API takes it; what is wrong goes into `errors`."""
    kind = values.get("conversion") or "redemption"
    program: dict[str, Any] = {"conversion_event_type": kind}
    if kind == "custom_event":
        program["custom_event"] = {"name": values.get("event", "")}
        if not values.get("event"):
            errors["event"] = "Say what the event is called"
    elif kind == "segment":
        program["segment"] = {"id": values.get("segment", "")}
        if not values.get("segment"):
            errors["segment-find"] = "Choose the segment"
    for side in ("referee", "referrer"):
        prize = read_prize(side, values, errors)
        if prize is not None:
            program[f"{side}_reward"] = prize
    return program


def place_of(details: str) -> str:
    """The field of a program that the API complains of; empty: of none."""
    found = [path for path in FIELDS if path in details]
    return FIELDS[max(found, key=len)] if found else ""


def values_of(program: Row) -> dict[str, str]:
    """What the fields show of a program that there is."""
    return {
        "conversion": str(program.get("conversion_event_type") or "redemption"),
        "event": str((program.get("custom_event") or {}).get("name") or ""),
        "segment": str((program.get("segment") or {}).get("id") or ""),
        **prize_values("referee", program.get("referee_reward")),
        **prize_values("referrer", program.get("referrer_reward")),
    }


async def find_own_names(visit: Visit, values: Values) -> dict[str, str]:
    """What is named is called: the campaigns of the rewards, the segment."""
    campaigns = {values.get(f"{side}_campaign", "") for side in ("referee", "referrer", "prize")}
    paths = [f"/v1/campaigns/{escape_segment(each)}" for each in sorted(campaigns) if each]
    if values.get("segment"):
        paths.append(f"/v1/segments/{escape_segment(values['segment'])}")
    rows = await asyncio.gather(*(ask_quietly(visit.api.get(each)) for each in paths))
    return {str(row["id"]): str(row.get("name") or row["id"]) for row in rows if row}


def names_of(program: Row) -> dict[str, str]:
    """What the campaigns of a program's rewards are called."""
    return prize_names(program.get("referee_reward"), program.get("referrer_reward"))


def say_program(program: Row, names: Mapping[str, str], gives: Node, show: Show) -> list[Node]:
    """When it counts and what both get, a sentence each; `gives`: what the code gives."""
    friend, referrer = (
        _named(program.get(name), names) for name in ("referee_reward", "referrer_reward")
    )
    besides: Node = [", and ", b[say_prize(friend, show)], " besides"] if friend else ""
    return [
        ["A friend who redeems the code gets ", b[gives], besides, "."],
        ["It counts once ", b[_say_conversion(program, names)], "."],
        ["Who brought the friend gets ", b[say_prize(referrer, show)], "."],
    ]


def _named(prize: Row | None, names: Mapping[str, str]) -> Row | None:
    """The prize with the name of its campaign."""
    if not prize:
        return None
    parent = prize.get("related_object_parent") or {}
    name = parent.get("name") or names.get(str(parent.get("id")))
    return {**prize, "related_object_parent": {**parent, "name": name}}


def _say_conversion(program: Row, names: Mapping[str, str]) -> str:
    kind = program.get("conversion_event_type")
    if kind == "custom_event":
        name = (program.get("custom_event") or {}).get("name") or "not said yet"
        return f"the friend does “{name}”"
    if kind == "segment":
        segment = str((program.get("segment") or {}).get("id") or "")
        return f"the friend enters {names.get(segment, segment) or 'a segment'}"
    return "the friend redeems it"
