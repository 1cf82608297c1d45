"""How a program does: its members, what became of points in a period, and what it is made of."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from htpy import Node, a, div, fragment, li, section, span, ul

from services.dashboard.lists.resource import Row
from services.dashboard.parts.facts import block, code_text, facts, metadata_facts, raw_block
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import notice
from services.dashboard.parts.period import period_picker, read_period
from services.dashboard.parts.show import NOTHING, Show
from services.dashboard.sections.campaigns.figures import figures
from services.dashboard.sections.campaigns.naming import campaign_category, campaign_href
from services.dashboard.sections.campaigns.programs.expiry_words import say_expiring
from services.dashboard.sections.campaigns.programs.naming import EARNING, LADDER, program_path
from services.dashboard.sections.campaigns.programs.qualifying import say_qualifying
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit

#: What became of points, as the API tells it, and its label.
_POINTS: Final = (
    ("earned", "Points earned"),
    ("added", "Points added"),
    ("redeemed", "Points redeemed"),
    ("expired", "Points expired"),
    ("removed", "Taken by hand or back"),
)


async def program_overview(visit: Visit, row: Row) -> Node:
    """The first tab. Raises ApiFault."""
    period = read_period(visit.request.query_params, visit.show, datetime.now(UTC))
    path, get, one = program_path(row), visit.api.get, {"limit": "1"}
    sees_members = visit.may("vouchers.read")
    moved, members, tiers, rules, rewards = await asyncio.gather(
        ask_quietly(get(f"{path}/summary", period.params)),
        ask_quietly(get(f"{path}/members", one)) if sees_members else _nothing(),
        ask_quietly(get(f"{path}/tiers", one)),
        ask_quietly(get(f"{path}/earning-rules", one)),
        ask_quietly(get(f"{path}/rewards", one)),
    )
    show = visit.show
    return fragment[
        figures(_now(row, moved, _total(members)), show),
        period_picker(campaign_href(row), period, show),
        _in_period(row, moved, show),
        _made_of(row, _total(tiers), _total(rules), _total(rewards), show),
        _terms(row, show),
    ]


async def _nothing() -> None:
    """In the place of what the role may not see."""


def _total(answer: Any) -> int | None:
    total = (answer or {}).get("total")
    return total if isinstance(total, int) else None


def _now(
    row: Row, moved: Mapping[str, Any] | None, members: int | None
) -> list[tuple[str, int | None, str]]:
    """What is so now, whatever the period."""
    href = campaign_href(row, "members")
    told = (moved or {}).get("now") or {}
    return [
        ("Members", members, href),
        ("Points on their cards", told.get("balance"), href),
        ("Pending points", told.get("pending"), href),
    ]


def _in_period(row: Row, moved: Mapping[str, Any] | None, show: Show) -> Node:
    if moved is None:
        return notice("info", "What became of points in the period cannot be told at the moment.")
    told = moved.get("points") or {}
    href = campaign_href(row, "transactions")
    return figures([(label, told.get(name), href) for name, label in _POINTS], show)


def _made_of(
    row: Row, tiers: int | None, rules: int | None, rewards: int | None, show: Show
) -> Node:
    card = (row.get("voucher") or {}).get("loyalty_card") or {}
    said: list[Node] = [
        [
            _count(row, EARNING, rules, "earning rule", show),
            " gives points." if rules in (0, 1) else " give points.",
        ],
        [_count(row, "rewards", rewards, "reward", show), " can be had for them."],
        say_expiring(card.get("expiration_rules")),
    ]
    if tiers:
        said.append([_count(row, LADDER, tiers, "tier", show), "."])
        said += say_qualifying(row.get("loyalty_tiers_expiration"))
    said.append(say_joining(row, show))
    return section(".card.pad.stack", aria_label="How it works")[
        block(
            "How it works",
            ul(".sentences")[(li[icon("right", 13), span[each]] for each in said)],
        )
    ]


def _count(row: Row, tab: str, count: int | None, one: str, show: Show) -> Node:
    said = "No" if count == 0 else show.number(count)
    return a(".link", href=campaign_href(row, tab))[f"{said} {one}{'' if count in (0, 1) else 's'}"]


def say_joining(row: Row, show: Show) -> str:
    """How one becomes a member, and with how many points."""
    card = (row.get("voucher") or {}).get("loyalty_card") or {}
    points = card.get("points")
    start = f"with {show.number(points)} points" if points else "without points"
    how = (
        "Customers join by themselves as soon as they meet the rules"
        if row.get("auto_join")
        else "Customers join when they are added, or given a card"
    )
    once = ", once" if row.get("join_once") else ""
    return f"{how}{once}, and begin {start}."


def _terms(row: Row, show: Show) -> Node:
    voucher = row.get("voucher") or {}
    pattern = (voucher.get("code_config") or {}).get("pattern") or NOTHING
    return div(".card.pad.stack")[
        block(
            "Terms",
            facts(
                ("Id", code_text(row["id"])),
                ("Description", row.get("description")) if row.get("description") else None,
                ("Runs", show.period(row.get("start_date"), row.get("expiration_date"))),
                ("Cards made", show.number(row.get("vouchers_count"))),
                ("Cards look like", span(".mono")[pattern]),
                ("Category", campaign_category(row)),
                ("Created", show.when(row.get("created_at"))),
                ("Changed", show.when(row.get("updated_at"))),
            ),
        ),
        block("Metadata", metadata_facts(row.get("metadata"))),
        raw_block(
            {name: value for name, value in row.items() if name != "state"},
            f"/v1/loyalties/{row['id']}",
            "The program",
        ),
    ]
