"""What is new, and where help is."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from htpy import Node, a, article, div, fragment, h2, h3, li, p, pre, span, ul
from starlette.responses import Response

from services.dashboard.parts.facts import badge, block, facts, json_text
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import head
from services.dashboard.parts.show import Show
from services.dashboard.web.answers import answer_page
from services.dashboard.web.asking import ApiFault
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit

Json = Mapping[str, Any]


async def show_news(visit: Visit) -> Response:
    """Releases of the installed version, by date; whoever sees them has read them."""
    body = await visit.api.get("/v1/releases")
    me, releases = visit.me, body.get("data", [])
    if me.has_news:
        # the page is there, whether it can be noted or not: it is told as news once more then
        with suppress(ApiFault):
            await visit.api.put("/users/v1/me", {"release_read": body["installed"]})
        visit = replace(visit, me=replace(me, has_news=False))
    content = fragment[
        head("What is new", f"Version {body.get('installed')} is installed."),
        [
            _release(each, visit.show, is_news=me.has_news and is_newer(each, me.release_read))
            for each in releases
        ],
    ]
    return answer_page(visit, "What is new", content)


def is_newer(release: Json, read: str) -> bool:
    """Whether a release came after the one that was read last; the first time nothing is news."""
    return bool(read) and _number(release["version"]) > _number(read)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in version.split("."))


def _release(release: Json, show: Show, *, is_news: bool) -> Node:
    return article(".card.pad.release")[
        h2[
            release["version"],
            " ",
            span(".muted")[show.day(release["date"])],
            release.get("installed") and badge("Installed", "good"),
            is_news and badge("New since last time", "accent"),
        ],
        p[release.get("title")],
        [
            fragment[h3[each["title"]], p[each["text"]]] if each.get("text") else p[each["title"]]
            for each in release.get("changes", [])
        ],
    ]


async def show_support(visit: Visit) -> Response:
    """How the installation is, a bundle for who helps, and links."""
    health = await _health(visit)
    diagnostics: Json | None = None
    if visit.may("audit.read"):
        try:
            diagnostics = await visit.api.get("/v1/diagnostics")
        except ApiFault:
            diagnostics = None
    content = fragment[
        head(
            "Support",
            "How the installation is, and what helps who helps you.",
            _download(diagnostics),
        ),
        _parts(health, visit.show),
        _errors(diagnostics, visit.show),
        _links(),
    ]
    return answer_page(visit, "Support", content)


async def _health(visit: Visit) -> Json:
    try:
        answer: Json = await visit.api.get("/health")
    except ApiFault as fault:
        return fault.body
    return answer


def _download(diagnostics: Json | None) -> Node:
    if diagnostics is None:
        return None
    return a(".btn", href="/support/diagnostics.json", download=True)[
        icon("download", 14), "Diagnostics bundle"
    ]


def _parts(health: Json, show: Show) -> Node:
    parts = health.get("parts") or {}
    rows = [
        li[
            span[name],
            span(".spacer"),
            span(".muted")[
                f"{show.number(each['lag_ms'])} ms behind"
                if isinstance(each, dict) and isinstance(each.get("lag_ms"), int)
                else ""
            ],
            _state_badge(each),
        ]
        for name, each in sorted(parts.items())
    ]
    return div(".card.pad")[
        h2["Parts"], ul(".status")[rows] if rows else p(".muted")["Nothing is known at the moment."]
    ]


def _state_badge(part: Any) -> Node:
    state = str(part.get("state") if isinstance(part, dict) else part)
    return badge(
        state.replace("_", " "),
        "good" if state in ("ok", "up", "UP", "ready", "complete") else "warn",
    )


def _errors(diagnostics: Json | None, show: Show) -> Node:
    if diagnostics is None:
        return None
    errors = diagnostics.get("errors") or []
    return div(".card.pad")[
        h2["Errors of the last day"],
        ul(".status")[
            (
                li[
                    span(".mono")[f"{each['method']} {each['route']}"],
                    span(".spacer"),
                    span(".muted")[
                        f"{show.number(each['calls'])} times, last ", show.when(each.get("last_at"))
                    ],
                    badge(str(each["status"]), "bad"),
                ]
                for each in errors
            )
        ]
        if errors
        else p(".muted")["None."],
        facts(
            ("Version", diagnostics.get("version")),
            ("Python", diagnostics.get("python")),
            ("Platform", diagnostics.get("platform")),
        ),
        block("Settings", json_text(diagnostics.get("settings"), "Settings as JSON")),
    ]


def _links() -> Node:
    return div(".card.pad")[
        h2["Where to look"],
        ul[
            li[
                span["The description of the API, with an example of each call: "],
                pre(".code")["/openapi.json"],
            ],
            li[
                "Why a code was refused: open the redemption; it says the rule, what it expected and what it found."
            ],
            li["Runbooks for who operates it are in docs/operations.md of the installed version."],
        ],
    ]


async def download_diagnostics(visit: Visit) -> Response:
    """The bundle as a file."""
    async with visit.api.stream("/v1/diagnostics", {"download": "true"}) as answer:
        content = await answer.aread()
    headers = {"content-disposition": 'attachment; filename="tessera-diagnostics.json"'}
    return Response(content, media_type="application/json", headers=headers)


PAGES: Final = (
    Page("/whats-new", show_news, "project.read"),
    Page("/support", show_support, None),
    Page("/support/diagnostics.json", download_diagnostics, "audit.read"),
)
