"""Team settings, security: whether members need a second factor, and what holds for everybody."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, div, fragment, p
from starlette.responses import Response

from services.dashboard.parts.facts import badge, block, facts, link
from services.dashboard.parts.page import confirm_dialog, dialog_button, head, tabs
from services.dashboard.sections.team.tabs import NEEDS, TABS, project_path
from services.dashboard.web.answers import answer_page, go_to
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit

PATH: Final = "/team/security"


def factor_rule(security: Mapping[str, Any], *, has_own: bool) -> Node:
    """Whether a second factor is asked for, who lacks one, and the button that changes it."""
    is_required = bool(security["second_factor_required"])
    lacking, members = security["members_without_second_factor"], security["members"]
    without = "Every member has one." if not lacking else f"{lacking} of {members} have none."
    return div(".card.pad.stack")[
        block(
            "Second factor",
            facts(
                ("Asked of everybody", badge("Yes", "good") if is_required else badge("No")),
                ("Members", [f"{without} ", link("See who", "/team")]),
            ),
            p(".muted")[
                "Whoever has none is led to set one up before anything else."
                if is_required
                else "Everybody may switch one on in the own profile."
            ],
            div[
                dialog_button("Ask nobody", "ask-nobody")
                if is_required
                else dialog_button("Ask everybody", "ask-everybody", ".primary")
            ],
        ),
        _ask_nobody() if is_required else _ask_everybody(lacking, has_own=has_own),
    ]


def _ask_everybody(lacking: int, *, has_own: bool) -> Node:
    own = "" if has_own else " You have none yourself: you set it up next."
    return confirm_dialog(
        "ask-everybody",
        title="Ask everybody for a second factor?",
        what_happens=f"{lacking} without one can do nothing in this project until it is set up, also where they are signed in now. API keys work on as before.{own}",
        action=f"{PATH}/required",
        do="Ask everybody",
        kind=".primary",
    )


def _ask_nobody() -> Node:
    return confirm_dialog(
        "ask-nobody",
        title="Ask nobody for a second factor?",
        what_happens="A password alone opens this project then for whoever has no second factor. Those who have one keep it.",
        action=f"{PATH}/optional",
        do="Ask nobody",
    )


def security_told() -> Node:
    """What holds for everybody. Source: docs/api.md, users."""
    return div(".card.pad.stack")[
        block(
            "Sessions",
            facts(
                ("Longest", "7 days, then everybody signs in anew"),
                ("Unused", "12 hours, then a session ends by itself"),
                ("At once", "20 of a person; the oldest makes room"),
                ("Ended", "Works nowhere after a second"),
            ),
        ),
        block(
            "Passwords",
            facts(
                ("Length", "12 to 128 characters"),
                ("First one", "Has to be changed before anything else"),
                ("Lost", "A member of the team makes a link; it works once, within a day"),
                ("Wrong ones", "After 5 failures each further attempt waits twice as long"),
            ),
        ),
    ]


async def show_security(visit: Visit) -> Response:
    """How accounts are kept."""
    security = await visit.api.get(project_path(visit, "/security"))
    content = fragment[
        head("Team settings", "How accounts are kept."),
        tabs(TABS, PATH),
        div(".stack")[factor_rule(security, has_own=visit.me.two_factor_enabled), security_told()],
    ]
    return answer_page(visit, "Security", content)


async def require(visit: Visit) -> Response:
    """Asks everybody."""
    await visit.api.put(project_path(visit, "/security"), {"second_factor_required": True})
    return go_to(visit.request, PATH, "Everybody is asked for a second factor")


async def leave_open(visit: Visit) -> Response:
    """Asks nobody."""
    await visit.api.put(project_path(visit, "/security"), {"second_factor_required": False})
    return go_to(visit.request, PATH, "Nobody is asked for a second factor")


PAGES: Final = (
    Page(PATH, show_security, NEEDS),
    Page(f"{PATH}/required", require, NEEDS, "POST"),
    Page(f"{PATH}/optional", leave_open, NEEDS, "POST"),
)
