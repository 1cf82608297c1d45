"""My profile, security: the password, sessions here and elsewhere, what happened lately."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import Node, a, button, code, div, form, fragment, p, span
from starlette.responses import Response

from services.dashboard.parts.facts import badge
from services.dashboard.parts.grid import grid
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import confirm_dialog, dialog_button, head, tabs
from services.dashboard.parts.show import NOTHING, Show
from services.dashboard.sections.profile.tabs import TABS
from services.dashboard.web.answers import answer_page, go_to
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

SECURITY_PATH: Final = "/profile/security"
#: What the API tells of an account, in words, and whether it went well.
ACTIVITIES: Final[Mapping[str, tuple[str, str]]] = {
    "signed_in": ("Signed in", "good"),
    "sign_in_failed": ("A sign-in failed", "bad"),
    "session_ended": ("A session ended", "muted"),
    "password_changed": ("The password was changed", "warn"),
    "password_reset": ("The password was reset by a link", "warn"),
    "two_factor_enabled": ("The second factor was switched on", "good"),
    "two_factor_disabled": ("The second factor was switched off", "warn"),
    "two_factor_removed": ("An administrator took off the second factor", "warn"),
    "recovery_code_used": ("A recovery code was used", "warn"),
}
#: What a browser calls itself, and how people do; the first that fits.
_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def name_agent(agent: str | None) -> str:
    """What a program calls itself, shortened to browser and system where it is one."""
    text = agent or ""
    browser = next((name for sign, name in _BROWSERS if sign in text), "")
    system = next((name for sign, name in _SYSTEMS if sign in text), "")
    if browser:
        return f"{browser} on {system}" if system else browser
    return text[:60] or NOTHING


def ways_in(*, is_on: bool, codes_left: int) -> Node:
    """The password and the second factor."""
    factor: list[Node] = (
        [
            span[badge("On", "good"), f" {codes_left} recovery codes left"],
            a(".btn.small", href="/profile/two-factor/off")["Switch off"],
        ]
        if is_on
        else [
            span[badge("Off"), " A password alone opens the account."],
            a(".btn.small", href="/profile/two-factor")[icon("lock", 14), "Switch on"],
        ]
    )
    return grid(
        "Ways in",
        ("What", "How it is", ""),
        (
            (
                "Password",
                span(".muted")["Changing it ends all other sessions."],
                a(".btn.small", href="/profile/password")["Change"],
            ),
            ("Second factor", factor[0], factor[1]),
        ),
    )


def sessions_grid(sessions: Sequence[Mapping[str, Any]], show: Show) -> Node:
    """Where somebody is signed in; each can be ended."""
    others = [each for each in sessions if not each.get("current")]
    return grid(
        "Sessions",
        ("Where", "Address", "Began", "Last used", "Ends", ""),
        (
            (
                span[
                    name_agent(each.get("agent")),
                    each.get("current") and [" ", badge("This one", "good")],
                ],
                code[each.get("ip") or NOTHING],
                show.when(each.get("started_at")),
                show.when(each.get("last_used_at")),
                show.when(each.get("expires_at")),
                None
                if each.get("current")
                else form(
                    ".plain",
                    {"hx-post": f"{SECURITY_PATH}/sessions/{escape_segment(each['id'])}/end"},
                    hx_swap="none",
                )[
                    button(
                        ".btn.small",
                        aria_label=f"End the session of {name_agent(each.get('agent'))}",
                    )["End"]
                ],
            )
            for each in sessions
        ),
        actions=others and dialog_button("End all others", "end-others", ".small"),
    )


def activity_grid(activity: Sequence[Mapping[str, Any]], show: Show) -> Node:
    """What happened to the account lately."""

    def said(each: Mapping[str, Any]) -> Node:
        words, kind = ACTIVITIES.get(each["type"], (str(each["type"]).replace("_", " "), "muted"))
        return badge(words, kind)

    return grid(
        "Recent activity",
        ("What", "When", "Where", "Address"),
        (
            (
                said(each),
                show.when(each.get("created_at")),
                name_agent(each.get("agent")),
                code[each.get("ip") or NOTHING],
            )
            for each in activity
        ),
        empty="Nothing happened yet.",
    )


async def show_security(visit: Visit) -> Response:
    """All of it."""
    me = await visit.api.get("/users/v1/me")
    sessions = (await visit.api.get("/users/v1/me/sessions"))["data"]
    activity = (await visit.api.get("/users/v1/me/activity"))["data"]
    content = fragment[
        head("My profile", "How your account is kept yours."),
        tabs(TABS, SECURITY_PATH),
        div(".stack")[
            ways_in(
                is_on=bool(me.get("two_factor_enabled")),
                codes_left=int(me.get("recovery_codes_left") or 0),
            ),
            sessions_grid(sessions, visit.show),
            activity_grid(activity, visit.show),
            p(".muted.small")[
                "Is one of these not yours? End its session and change the password."
            ],
        ],
        confirm_dialog(
            "end-others",
            title="End all other sessions?",
            what_happens="Whoever is signed in elsewhere has to sign in anew. This session goes on.",
            action=f"{SECURITY_PATH}/sessions/end-others",
            do="End them",
        ),
    ]
    return answer_page(visit, "Security", content)


async def end_session(visit: Visit) -> Response:
    """Ends one."""
    await visit.api.delete(f"/users/v1/me/sessions/{escape_segment(visit.path('id'))}")
    return go_to(visit.request, SECURITY_PATH, "The session has ended")


async def end_others(visit: Visit) -> Response:
    """Ends all but this one."""
    await visit.api.delete("/users/v1/me/sessions")
    return go_to(visit.request, SECURITY_PATH, "All other sessions have ended")


PAGES: Final = (
    Page(SECURITY_PATH, show_security, None),
    Page(f"{SECURITY_PATH}/sessions/end-others", end_others, None, "POST"),
    Page(f"{SECURITY_PATH}/sessions/{{id}}/end", end_session, None, "POST"),
)
