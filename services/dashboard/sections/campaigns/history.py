"""What happened to a campaign: who changed what from which value to which, and its events."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from htpy import Node, a, dd, del_, div, dl, dt, fragment, h2, ins, p, section, span

from services.dashboard.lists.resource import Row
from services.dashboard.parts.facts import timeline
from services.dashboard.parts.show import NOTHING, Show, read_moment
from services.dashboard.sections.audit.naming import caller_of, event_timeline, say_change
from services.dashboard.sections.campaigns.frame import tab_page
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

SHOWN: Final = 25
VALUE_LENGTH_MAX: Final = 400
#: Members of changes that are amounts in minor units.
_MONEY: Final = ("amount_off", "amount_limit", "fixed_amount", "gift.amount", "gift.balance")
#: Members that hold a moment.
_MOMENTS: Final = ("start_date", "expiration_date", "created_at", "updated_at", "deleted_at")


async def history_tab(visit: Visit, row: Row) -> Node:
    """Changes and events, the newest first. Raises ApiFault."""
    name = str(row["id"])
    changes, events = await asyncio.gather(
        visit.api.get("/v1/audit/changes", {"entity": name, "limit": str(SHOWN)}),
        ask_quietly(visit.api.get("/v1/audit/events", {"campaign": name, "limit": str(SHOWN)})),
    )
    told = changes.get("data") or []
    names = await visit.name_callers(map(caller_of, told))
    heard = None if events is None else events.get("data") or []
    return history_part(name, told, heard, names, visit.show)


def history_part(
    campaign: str,
    changes: Sequence[Row],
    events: Sequence[Row] | None,
    names: Mapping[str, str],
    show: Show,
) -> Node:
    """The same as nodes; `events` None: they could not be asked."""
    return div(".charts")[
        section(".card.pad.stack", aria_label="Changes")[
            h2["Changes"],
            timeline(
                (show.when(each.get("created_at")), say_change(each, names), _diff(each, show))
                for each in changes
            ),
            p[a(".link", href=f"/changes?f=entity:is:{escape_segment(campaign)}")["All changes"]],
        ],
        section(".card.pad.stack", aria_label="Events")[
            h2["Events"],
            event_timeline(events, show),
            p[a(".link", href=f"/events?f=campaign:is:{escape_segment(campaign)}")["All events"]],
        ],
    ]


def _diff(change: Row, show: Show) -> Node:
    changes = change.get("changes")
    if changes is None:
        return span(".muted")["What was before is not known."]
    if not changes:
        return None
    return dl(".diff")[
        (
            fragment[
                dt[str(each.get("path") or "").replace("_", " ")],
                dd[
                    each.get("from") is not None
                    and [del_[_say(each, "from", show)], span(".sr")["to"]],
                    ins[_say(each, "to", show)],
                ],
            ]
            for each in changes
        )
    ]


def _say(change: Row, side: str, show: Show) -> Node:
    value, path = change.get(side), str(change.get("path") or "")
    if value is None:
        return NOTHING
    if isinstance(value, int) and not isinstance(value, bool):
        if path.endswith(_MONEY):
            return show.money(value)
        if path.endswith(_MOMENTS):
            return show.when(_iso(value))
    if isinstance(value, str) and path.endswith(_MOMENTS) and read_moment(value):
        return show.when(value)
    return _plain(value)


def _iso(millis: int) -> str:
    return datetime.fromtimestamp(millis / 1000, UTC).isoformat()


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return said if len(said) <= VALUE_LENGTH_MAX else said[:VALUE_LENGTH_MAX] + "…"


PAGES: Final = (tab_page("history", history_tab),)
