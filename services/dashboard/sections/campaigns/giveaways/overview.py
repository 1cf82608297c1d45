"""A giveaway at a glance: its terms, how many take part, and how far it is."""

import asyncio
from typing import Final

from htpy import Node, a, div, fragment, li, p, section, span, ul

from services.dashboard.lists.resource import Row
from services.dashboard.parts.facts import block, code_text, facts, metadata_facts, raw_block
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import notice
from services.dashboard.sections.campaigns.figures import figures
from services.dashboard.sections.campaigns.giveaways.naming import say_entries
from services.dashboard.sections.campaigns.naming import campaign_href, has_closed, say_gives
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

_FIRST: Final = {"limit": "1"}


def api_path(row: Row, rest: str) -> str:
    """An endpoint of a giveaway."""
    return f"/v1/giveaways/{escape_segment(str(row['id']))}/{rest}"


async def giveaway_overview(visit: Visit, row: Row) -> Node:
    """The first tab of a giveaway. Raises SignedOut."""
    entries, proof = await asyncio.gather(
        ask_quietly(visit.api.get(api_path(row, "entries"), _FIRST)),
        ask_quietly(visit.api.get(api_path(row, "proof"))),
    )
    return overview_part(visit, row, entries, proof)


def overview_part(visit: Visit, row: Row, entries: Row | None, proof: Row | None) -> Node:
    """The same of what was answered; None: it could not be asked."""
    show, terms = visit.show, row.get("giveaway") or {}
    drawn_at = (proof or {}).get("date")
    count = None if entries is None else entries.get("total")
    numbers = [
        ("Entries", count, campaign_href(row, "entries")),
        ("Winners", terms.get("winners"), campaign_href(row, "draw")),
        ("Stand by", terms.get("alternates"), campaign_href(row, "draw")),
    ]
    return fragment[
        figures(numbers, show),
        proof is not None and _stage(row, drawn_at, visit),
        section(".card.pad.stack", aria_label="How it works")[
            block(
                "How it works",
                ul(".sentences")[
                    (
                        li[icon("right", 13), span[each]]
                        for each in (
                            [say_gives(row, show), "."],
                            [say_entries(terms), "."],
                            ["Entries are taken until ", show.when(terms.get("closes_at")), "."],
                        )
                    )
                ],
                p(".muted")[
                    "These terms are fixed: who takes part can rely on them, so nobody changes them."
                ],
            ),
        ],
        div(".card.pad.stack")[
            block(
                "Terms",
                facts(
                    ("Id", code_text(row["id"])),
                    ("Description", row.get("description")) if row.get("description") else None,
                    ("Commitment", code_text(terms.get("commitment") or "")),
                    ("Created", show.when(row.get("created_at"))),
                    ("Changed", show.when(row.get("updated_at"))),
                ),
            ),
            block("Metadata", metadata_facts(row.get("metadata"))),
            raw_block(
                {key: value for key, value in row.items() if key != "state"},
                f"/v1/campaigns/{row['id']}",
                "The campaign",
            ),
        ],
    ]


def _stage(row: Row, drawn_at: object, visit: Visit) -> Node:
    way = a(".link", href=campaign_href(row, "draw"))
    if drawn_at:
        return notice("good", "Drawn on ", visit.show.when(drawn_at), ". ", way["See the winners"])
    if has_closed(row):
        return notice("warn", "It has closed and was not drawn yet. ", way["Draw the winners"])
    return notice("info", "It takes entries. ", way["What the draw will be held to"])
