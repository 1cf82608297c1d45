"""Facts, badges, JSON, timelines: how one thing is told."""

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from htpy import (
    Node,
    a,
    button,
    dd,
    details,
    div,
    dl,
    dt,
    h2,
    li,
    ol,
    p,
    pre,
    section,
    small,
    span,
    summary,
)
from markupsafe import Markup, escape

from services.dashboard.parts.flat import GAP, fill, pieces_of
from services.dashboard.parts.icons import icon
from services.dashboard.parts.show import NOTHING

_TOKEN: Final = re.compile(
    r'("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?'
)
JSON_CHARS_MAX: Final = 200_000


def facts(*pairs: tuple[str, Node] | None) -> Node:
    """Names and values; what is None is left out, what is empty is told as such."""
    told = [pair for pair in pairs if pair is not None]
    return dl(".facts")[
        ((dt[name], dd[NOTHING if value in (None, "") else value]) for name, value in told)
    ]


def badge(text: str, kind: str = "muted") -> Node:
    """A state, by colour, shape and word: `good`, `bad`, `violet`, `warn` or `muted`."""
    return fill(_badge_pieces(kind), text)


@cache
def _badge_pieces(kind: str) -> Sequence[Markup]:
    return pieces_of(span(f".badge.{kind}")[GAP])


_MUTED: Final = pieces_of(span(".muted")[GAP])


def muted(text: Node) -> Node:
    """What is said beside, in a softer colour."""
    return fill(_MUTED, text)


def block(title: Node, *content: Node, action: Node = None) -> Node:
    """A part of the details with a title."""
    return section(".block")[
        div(".block-head")[h2[title], action] if action else h2[title], content
    ]


def code_text(text: object) -> Node:
    """A code or an id, to be copied."""
    said = str(text)
    return span(".mono.row")[
        said,
        button(".btn.quiet.icon.small", type="button", data_copy=said, aria_label=f"Copy {said}")[
            icon("copy", 13)
        ],
    ]


def link(text: Node, href: str) -> Node:
    """A way to something related."""
    return a(".link", href=href)[text]


def json_text(value: Any, label: str) -> Node:
    """JSON with its parts told apart, as text that can be selected and copied."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    is_long = len(text) > JSON_CHARS_MAX
    shown = text[:JSON_CHARS_MAX]
    at, parts = 0, []
    for found in _TOKEN.finditer(shown):
        kind = "k" if found[2] else "s" if found[1] else "b" if found[3] else "n"
        parts += [
            escape(shown[at : found.start()]),
            Markup('<span class="{}">{}</span>{}').format(
                kind, found[1] or found[0], found[2] or ""
            ),
        ]
        at = found.end()
    return pre(".json", tabindex="0", aria_label=label)[
        Markup("").join(parts) + escape(shown[at:]),
        is_long and "\n… the rest is in the API's answer",
    ]


def raw_block(value: Any, path: str, what: str) -> Node:
    """Folded: the thing as the API shows it, and the call that shows it."""
    curl = f'curl "$TESSERA{path}" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN"'
    return details(".raw")[
        summary["As JSON and as a call"],
        div(".copyable")[
            pre(".code.wrap", tabindex="0", aria_label="The call")[curl],
            button(".btn.quiet.icon.small", type="button", data_copy=curl, aria_label="Copy")[
                icon("copy", 14)
            ],
        ],
        json_text(value, f"{what} as JSON"),
    ]


def not_known() -> Node:
    """In the place of what could not be asked: nobody takes it for nothing."""
    return p(".muted")["This cannot be told at the moment. Look again in a while."]


def timeline(entries: Iterable[tuple[Node, Node, Node]] | None) -> Node:
    """What happened: when, what, and more of it; None: that could not be asked."""
    if entries is None:
        return not_known()
    told = list(entries)
    if not told:
        return span(".muted")["Nothing happened yet."]
    return ol(".timeline")[
        (li[div[what, more and div(".muted")[more]], small[at]] for at, what, more in told)
    ]


def metadata_facts(metadata: Any) -> Node:
    """Metadata, a line each."""
    if not isinstance(metadata, dict) or not metadata:
        return span(".muted")["None"]
    return dl(".facts")[
        ((dt(".mono")[str(name)], dd[_plain(value)]) for name, value in sorted(metadata.items()))
    ]


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def bars(rows: Sequence[tuple[Node, int | float, str]], label: str) -> Node:
    """A list of shares: what, how much, how that is said; the longest is the whole width."""
    most = max((value for _, value, _ in rows), default=0) or 1
    return ol(".tops", aria_label=label)[
        (
            li[
                div(".line")[span[name], span(".num")[said]],
                span(".bar", data_share=f"{value / most:.4f}", aria_hidden="true"),
            ]
            for name, value, said in rows
        )
    ]
