"""How members stand: their tier, until when, and what is missing to the next."""

from collections.abc import Sequence
from typing import Any

from htpy import Node, b, fragment, meter, p, span

from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.campaigns.programs.naming import say_count
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment


async def find_standings(visit: Visit, program: str, ids: Sequence[str]) -> dict[str, Row]:
    """How the holders of these cards stand, by the ids of the cards; none where it cannot be asked."""
    if not ids:
        return {}
    path = f"/v1/loyalties/{escape_segment(program)}/standings"
    answer = await ask_quietly(visit.api.get(path, {"ids": ",".join(ids)}))
    return {str(each["voucher_id"]): each for each in (answer or {}).get("data") or []}


def standing_said(standing: Row, show: Show) -> Node:
    """The tier in words, with a bar of how far it is to the next one."""
    tier, following = standing.get("tier"), standing.get("next_tier")
    counted: Any = standing.get("points")
    return fragment[
        p(".sentence")[
            ["In ", b[tier["name"]], " since ", show.day(standing.get("start_date"))]
            if tier
            else "In no tier",
            _until(standing, show) if tier else None,
            ".",
        ],
        following and _to_next(following, counted, show),
        tier and not following and p(".muted")["There is no higher tier."],
    ]


def _until(standing: Row, show: Show) -> Node:
    ends = standing.get("expiration_date")
    return [", until ", show.day(ends)] if ends else ", without an end as things are"


def _to_next(following: Row, counted: Any, show: Show) -> Node:
    missing, wanted = following.get("missing"), (following.get("points") or {}).get("from") or 0
    have = counted if isinstance(counted, int) else 0
    said = f"{show.number(have)} of {show.number(wanted)} points"
    return fragment[
        p[
            b[say_count(missing, show)],
            f" {'is' if missing == 1 else 'are'} missing to ",
            b[following["name"]],
            ".",
        ],
        meter(
            ".wide",
            min="0",
            max=str(max(wanted, 1)),
            value=str(max(0, min(have, wanted))),
            aria_label=said,
        ),
        span(".muted.small")[f"{said}."],
    ]
