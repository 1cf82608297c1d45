"""What points an order gave, by which earning rules, and why others gave none."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from htpy import Node, div, p, table, tbody, td, th, thead, tr

from services.dashboard.parts.facts import block, link
from services.dashboard.parts.show import NOTHING, Row, Show
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.sections.campaigns.programs.naming import (
    EARNING,
    LIST_MAX,
    member_href,
    program_path,
    say_count,
)
from services.dashboard.sections.campaigns.programs.refused_words import say_refused
from services.dashboard.sections.campaigns.programs.rule_names import find_rule_names
from services.dashboard.sections.campaigns.programs.rule_words import say_rule
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit

#: Of so many programs rules are told as sentences.
_PROGRAMS_MAX: Final = 5
#: States in which an order earns.
_PAID: Final = frozenset({"PAID", "FULFILLED"})


class Earning(NamedTuple):
    """What became of one rule, for one card."""

    program: str
    #: Its code, else its id.
    card: str
    rule: str
    said: Node


class Told(NamedTuple):
    """Rules and programs by their ids, as far as they may be seen."""

    rules: Mapping[str, str]
    programs: Mapping[str, str]
    #: Whether there are programs at all.
    has_programs: bool


def earnings_of(events: Sequence[Row], show: Show) -> list[Earning]:
    """What the events of an order say of points, the first that happened first."""
    cards = [(event.get("data") or {}).get("voucher") or {} for event in events]
    codes = {str(each["id"]): str(each["code"]) for each in cards if each.get("code")}
    return [
        each._replace(card=codes.get(each.card, each.card))
        for event in reversed(events)
        for each in _earnings(event, show)
    ]


def _earnings(event: Row, show: Show) -> Iterator[Earning]:
    kind, data = str(event.get("type") or ""), event.get("data") or {}
    card = data.get("voucher") or {}
    whose = str(card.get("campaign_id") or ""), str(card.get("code") or card.get("id") or "")
    pending = data.get("pending") or {}
    rule = str(data.get("rule_id") or pending.get("rule_id") or "")
    if kind == "voucher.points_earned":
        yield Earning(*whose, rule, f"Gave {say_count(data.get('points'), show)}")
    elif kind == "voucher.points_pending":
        day = show.day(pending.get("activates_on"))
        said = f"Gave {say_count(pending.get('points'), show)}, pending until "
        yield Earning(*whose, rule, [said, day])
    elif kind == "voucher.pending_points_canceled":
        yield Earning(*whose, rule, f"{say_count(pending.get('points'), show)} canceled")
    elif kind == "voucher.points_taken_back":
        said = f"{say_count(data.get('points'), show)} taken back"
        missing = data.get("missing")
        more = f", {say_count(missing, show)} had been spent or expired" if missing else ""
        yield Earning(*whose, rule, said + more)
    elif kind == "customer.earning_refused":
        for each in data.get("cards") or ():
            place = str(each.get("campaign_id")), str(each.get("voucher_id"))
            for one in each.get("rules") or ():
                said = f"Gave nothing: {say_refused(str(one.get('reason')))}"
                yield Earning(*place, str(one.get("rule_id")), said)


async def find_told(visit: Visit, events: Sequence[Row] | None) -> Told:
    """The sentences of the rules that the events name, and the names of their programs."""
    earnings = earnings_of(events or (), visit.show)
    if not visit.may("campaigns.read"):
        return Told({}, {}, bool(earnings))
    if not earnings:
        found = await ask_quietly(visit.api.get("/v1/loyalties", {"limit": "1"}))
        return Told({}, {}, bool((found or {}).get("total")))
    ids = list(dict.fromkeys(each.program for each in earnings if each.program))[:_PROGRAMS_MAX]
    wanted = {each.rule for each in earnings}
    told = await asyncio.gather(*(_of_program(visit, name, wanted) for name in ids))
    rules = {name: said for each, _ in told for name, said in each.items()}
    return Told(rules, dict(zip(ids, (name for _, name in told), strict=True)), has_programs=True)


async def _of_program(visit: Visit, name: str, wanted: set[str]) -> tuple[dict[str, str], str]:
    row, path = {"id": name}, program_path({"id": name})
    program, found = await asyncio.gather(
        ask_quietly(visit.api.get(path)),
        ask_quietly(visit.api.get(f"{path}/earning-rules", {"limit": str(LIST_MAX)})),
    )
    rules = [each for each in (found or {}).get("data") or () if str(each["id"]) in wanted]
    names = await find_rule_names(visit, row, rules)
    said = {str(each["id"]): say_rule(each, visit.show, names) for each in rules}
    return said, str((program or {}).get("name") or name)


def earned_block(row: Row, events: Sequence[Row] | None, told: Told, show: Show) -> Node:
    """The block of an order; nothing where there is no program, or what happened cannot be asked."""
    earnings = earnings_of(events or (), show)
    if events is None or not (earnings or told.has_programs):
        return None
    if not earnings:
        return block("Points", p(".muted")[_why_none(row)])
    return block(
        "Points",
        div(".scroll")[
            table(".lines", aria_label="Points of the order")[
                thead[tr[(th(scope="col")[head] for head in ("Program", "Card", "Rule", "What"))]],
                tbody[(_line(each, told) for each in earnings)],
            ]
        ],
    )


def _line(each: Earning, told: Told) -> Node:
    row: dict[str, Any] = {"id": each.program}
    rules = f"{campaign_href(row, EARNING)}#{each.rule}"
    return tr[
        td[link(told.programs.get(each.program, each.program or NOTHING), campaign_href(row))],
        td(".mono.nowrap")[link(each.card, member_href(each.program, each.card))],
        td[link(told.rules.get(each.rule, "An earning rule"), rules)],
        td[each.said],
    ]


def _why_none(row: Row) -> str:
    if row.get("status") not in _PAID:
        return "None. An order gives points once it is paid."
    if not row.get("customer_id"):
        return "None. Nobody is named who could get them."
    return (
        "None. When it was paid, the customer was no member of a program with an earning rule for "
        "paid orders."
    )
