"""The tiers of a program as a ladder: ranges, what each makes of points and of costs, and how one qualifies."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import Node, a, b, div, fragment, li, ol, p, section, span, ul
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import empty_state
from services.dashboard.parts.page import confirm_dialog, dialog_button
from services.dashboard.parts.show import Show
from services.dashboard.sections.campaigns.frame import tab_page
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.sections.campaigns.programs.naming import (
    LADDER,
    LIST_MAX,
    program_path,
    say_range,
)
from services.dashboard.sections.campaigns.programs.qualifying import say_qualifying
from services.dashboard.sections.campaigns.programs.tier_words import (
    find_offers,
    find_tiers,
    say_mapping,
)
from services.dashboard.web.answers import go_to
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment


async def tiers_tab(visit: Visit, row: Row) -> Node:
    """The ladder, the highest tier at the top. Raises ApiFault."""
    rules_path = f"{program_path(row)}/earning-rules"
    tiers, rules, offers = await asyncio.gather(
        find_tiers(visit, row),
        ask_quietly(visit.api.get(rules_path, {"limit": str(LIST_MAX)})),
        find_offers(visit, row),
    )
    called = {
        str(each["id"]): (each.get("source") or {}).get("banner") or str(each.get("event"))
        for each in (rules or {}).get("data") or []
    }
    return ladder_part(visit, row, tiers, called | offers)


def ladder_part(visit: Visit, row: Row, tiers: Sequence[Row], names: Mapping[str, str]) -> Node:
    """The tiers as nodes, with the way to add one."""
    may = visit.may("campaigns.write")
    new = ("New tier", campaign_href(row, f"{LADDER}/new"))
    if not tiers:
        return section(".card")[
            empty_state(
                "layers",
                "No tiers yet",
                "A tier is a range of points. Members in it can earn more, and pay less for rewards.",
                action=new if may else None,
            )
        ]
    return fragment[
        div(".row")[
            div(".spacer"),
            may
            and a(".btn", href=campaign_href(row, "settings"))[icon("settings", 14), "Change how"],
            may and a(".btn.primary", href=new[1])[icon("plus", 14), new[0]],
        ],
        section(".card.pad", aria_label="How members come to a tier")[
            ul(".sentences")[
                (
                    li[icon("right", 13), span[each]]
                    for each in say_qualifying(row.get("loyalty_tiers_expiration"))
                )
            ]
        ],
        ol(".ladder.falling", aria_label="Tiers, the highest first", reversed=True)[
            (
                _rung(row, each, at, names, visit.show, may)
                for at, each in reversed([*enumerate(tiers, 1)])
            )
        ],
    ]


def _rung(row: Row, tier: Row, at: int, names: Mapping[str, str], show: Show, may: bool) -> Node:
    name = escape_segment(str(tier["id"]))
    return li(data_rank=str(at))[
        div[
            b[tier["name"]],
            p[say_range(tier.get("points"), show)],
            _mappings("Earning", tier.get("earning_rules"), names, show),
            _mappings("Rewards", tier.get("rewards"), names, show),
        ],
        may
        and div(".acts")[
            a(
                ".btn.small",
                href=campaign_href(row, f"{LADDER}/{name}/edit"),
                aria_label=f"Edit {tier['name']}",
            )[icon("edit", 13), "Edit"],
            dialog_button("Delete", f"delete-{tier['id']}", ".small.danger", "trash"),
            confirm_dialog(
                f"delete-{tier['id']}",
                title=f"Delete {tier['name']}?",
                what_happens="Who is in it comes to the tier that the points lie in then, or to none. "
                "It does not come back.",
                action=campaign_href(row, f"{LADDER}/{name}/delete"),
                do="Delete",
            ),
        ],
    ]


def _mappings(
    title: str, mappings: Mapping[str, Any] | None, names: Mapping[str, str], show: Show
) -> Node:
    if not mappings:
        return None
    return p(".muted.small")[
        b[title],
        ": ",
        "; ".join(
            f"{names.get(name, name)} {say_mapping(each, show, is_cost=title == 'Rewards')}"
            for name, each in mappings.items()
        ),
    ]


async def delete_tier(visit: Visit) -> Response:
    """Deletes a tier."""
    name, tier = visit.path("id"), visit.path("tier")
    await visit.api.delete(f"/v1/loyalties/{escape_segment(name)}/tiers/{escape_segment(tier)}")
    return go_to(visit.request, f"/campaigns/{escape_segment(name)}/{LADDER}", "Deleted")


PAGES: Final = (
    tab_page(LADDER, tiers_tab),
    Page(f"/campaigns/{{id}}/{LADDER}/{{tier}}/delete", delete_tier, "campaigns.write", "POST"),
)
