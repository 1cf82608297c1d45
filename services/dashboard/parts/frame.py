"""The frame of every page: navigation, search, live state, account."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from htpy import (
    Node,
    a,
    body,
    button,
    dialog,
    div,
    form,
    fragment,
    head,
    header,
    html,
    kbd,
    li,
    link,
    main,
    meta,
    nav,
    script,
    section,
    small,
    span,
    title,
    ul,
)
from htpy import input as input_
from markupsafe import Markup

from services.dashboard.own_files import own_url
from services.dashboard.parts.flat import GAP, fill, flat, pieces_of
from services.dashboard.parts.icons import icon
from services.dashboard.parts.navigation import ACCOUNT, NAV, NEWS_PATH
from services.dashboard.parts.toast import toasts
from services.dashboard.vendor import vendor_url

STYLES: Final = (
    "fonts",
    "tokens",
    "base",
    "frame",
    "parts",
    "table",
    "forms",
    "pages",
    "editors",
    "home",
    "shop",
    "rules",
    "settings",
)


#: More unread ones than that are told as this many and more.
UNREAD_SHOWN_MAX: Final = 99
#: How many navigations are kept as text.
SIDES_KEPT: Final = 256


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame says of who looks, and where."""

    path: str
    name: str
    email: str
    project_id: str
    project_name: str
    projects: tuple[tuple[str, str], ...]
    privileges: frozenset[str]
    theme: str
    density: str
    timezone: str
    currency: str
    language: str
    #: Whether the installed version has news that the person has not read.
    has_news: bool = False
    #: What was done just before, told once.
    said: str = ""


def render_document(
    name: str,
    content: Node,
    *,
    theme: str = "auto",
    density: str = "",
    of_body: Mapping[str, str] | None = None,
) -> Node:
    """A document with our styles and scripts.

    The nonce is what htmx's own policy asks for: it alone may turn text into markup (Trusted Types),
    and it acts on what stands within the body that it was served with.
    """
    nonce = secrets.token_urlsafe(12)
    return html(
        lang="en",
        data_theme=theme if theme in ("light", "dark") else None,
        data_density="dense" if density == "compact" else None,
    )[
        fill(_head(), name, nonce, nonce),
        body({"hx-nonce:inherited": nonce}, of_body or {})[content],
    ]


@cache
def _head() -> Sequence[Markup]:
    """What every document begins with; its gaps are the name and, twice, the nonce."""
    return pieces_of(
        head[
            meta(charset="utf-8"),
            meta(name="viewport", content="width=device-width, initial-scale=1"),
            meta(name="htmx-config", content='{"includeIndicatorCSS":false,"extensions":"hx-csp"}'),
            script(src=own_url("js/theme.js")),
            title[f"{GAP} · Tessera"],
            link(rel="icon", href=own_url("icon.svg"), type="image/svg+xml"),
            link(rel="stylesheet", href=vendor_url("uPlot.min.css")),
            link(rel="stylesheet", href=vendor_url("leaflet.css")),
            (link(rel="stylesheet", href=own_url(f"css/{each}.css")) for each in STYLES),
            script(src=vendor_url("htmx.min.js"), nonce=GAP, defer=True),
            script(src=vendor_url("hx-csp.min.js"), nonce=GAP, defer=True),
            script(src=vendor_url("uPlot.iife.min.js"), defer=True),
            script(src=own_url("js/app.js"), type="module"),
        ]
    )


def render_page(frame: Frame, name: str, content: Node) -> Node:
    """A page in the frame."""
    # the live stream is of what the audit log tells
    follows = "audit.read" in frame.privileges
    return render_document(
        name,
        fragment[
            a(".skip", href="#content")["Skip to content"],
            div(".shell")[
                _side(frame),
                div(".main")[
                    _top("notifications.read" in frame.privileges, follows),
                    main("#content.page", tabindex="-1")[flat(content)],
                ],
            ],
            _palette(),
            toasts(frame.said),
        ],
        theme=frame.theme,
        density=frame.density,
        of_body={
            **({"data-live": f"/live?project={frame.project_id}"} if follows else {}),
            "data-zone": frame.timezone,
            "data-currency": frame.currency,
        },
    )


@lru_cache(SIDES_KEPT)
def _side(frame: Frame) -> Markup:
    """The navigation: the same for each visit of a page by somebody."""
    return flat(
        nav("#side.side", aria_label="Main")[
            button(".brand", type="button", popovertarget="projects", aria_haspopup="menu")[
                icon("landmark", 20), span["Tessera", small[frame.project_name]]
            ],
            div("#projects.pop", popover=True)[
                (
                    form(method="post", action="/project")[
                        input_(type="hidden", name="project", value=each),
                        button(".item", data_selected=each == frame.project_id)[name],
                    ]
                    for each, name in frame.projects
                )
            ],
            div(".nav")[(_group(frame, group, items) for group, items in NAV)],
            button(".user", type="button", popovertarget="account", aria_haspopup="menu")[
                span(".avatar", aria_hidden="true")[(frame.name or frame.email)[:2].upper()],
                span[frame.name or frame.email],
            ],
            div("#account.pop.up", popover=True)[
                (
                    a(".item", href=href)[icon(sign), label]
                    for label, sign, href, needs in ACCOUNT
                    if needs is None or needs in frame.privileges
                ),
                form(".plain", method="post", action="/sign-out")[
                    button(".item")[icon("logout"), "Sign out"]
                ],
            ],
        ]
    )


def _group(
    frame: Frame, group: str, items: tuple[tuple[str, str, str, str | None, tuple[str, ...]], ...]
) -> Node:
    seen = [each for each in items if each[3] is None or each[3] in frame.privileges]
    if not seen:
        return None
    return section(aria_label=group or "Overview")[
        group and div(".group")[group],
        ul[
            (
                li[
                    a(
                        href=href,
                        aria_current="page" if _is_within(frame.path, (href, *others)) else None,
                    )[
                        icon(sign),
                        label,
                        frame.has_news and href == NEWS_PATH and span(".badge.accent.bare")["New"],
                    ]
                ]
                for label, sign, href, _, others in seen
            )
        ],
    ]


def _is_within(path: str, addresses: tuple[str, ...]) -> bool:
    return any(path == each or (each != "/" and path.startswith(f"{each}/")) for each in addresses)


@cache
def _top(may_read: bool, follows: bool) -> Markup:
    return flat(
        header(".top")[
            button(
                "#menu.btn.quiet.icon",
                type="button",
                aria_label="Menu",
                aria_controls="side",
                aria_expanded="false",
            )[icon("menu", 17)],
            button(".find", type="button", commandfor="palette", command="show-modal")[
                icon("search", 15), span["Find a code, customer or order"], kbd["Ctrl K"]
            ],
            span(".spacer"),
            follows and span("#live.live", role="status", data_off=True)["Connecting"],
            a(
                "#bell.btn.quiet.icon.bell",
                href="/notifications",
                aria_label="Notifications",
            )[icon("bell", 17), unread_count(asked=may_read)],
            a(".btn.quiet.icon", href="/support", aria_label="Help")[icon("help", 17)],
            button("#theme.btn.quiet.icon", type="button", aria_label="Light or dark")[
                icon("moon", 17)
            ],
        ]
    )


def unread_count(count: int | None = None, *, asked: bool = True) -> Node:
    """The number on the bell; asked for after the page, and anew when something is told."""
    again = {"hx-get": "/notifications/unread", "hx-swap": "outerHTML", "hx-target": "this"}
    again["hx-trigger"] = "refresh" if count is not None else "load, refresh"
    return span(
        again if asked else {},
        data_unread="" if count is None else str(count),
        data_follows="notifications" if asked else None,
    )[(str(count) if count <= UNREAD_SHOWN_MAX else f"{UNREAD_SHOWN_MAX}+") if count else None]


@cache
def _palette() -> Markup:
    return flat(
        dialog("#palette.modal", closedby="any", aria_label="Find")[
            div(".palette", {"data-lookup": "any"})[
                input_(
                    "#find.input",
                    name="q",
                    role="combobox",
                    aria_expanded="true",
                    aria_autocomplete="list",
                    aria_controls="found",
                    autocomplete="off",
                    autofocus=True,
                    aria_label="Find a code, customer or order",
                    placeholder="Find a code, customer, order, campaign or page",
                    hx_get="/find",
                    hx_trigger="input changed delay:120ms",
                    hx_target="#found",
                    hx_swap="innerHTML",
                    hx_sync="this:replace",
                ),
                div("#found", role="listbox", aria_label="Found")[
                    span(".item.muted")["Codes, customers, orders, campaigns and pages"]
                ],
            ]
        ]
    )
