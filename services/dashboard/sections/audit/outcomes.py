"""What became of an attempt to tell a webhook, also while nobody knows it yet."""

from collections.abc import Mapping
from typing import Any

from htpy import Node, div

from services.dashboard.parts.facts import badge
from services.dashboard.parts.icons import icon
from services.dashboard.parts.show import NOTHING, Show

Attempt = Mapping[str, Any]


def outcome_badge(attempt: Attempt | None) -> Node:
    """How the endpoint answered an attempt."""
    if attempt is None:
        return NOTHING
    said = str(attempt.get("http_status") or attempt.get("error") or attempt.get("result"))
    return badge(said, "good" if attempt.get("result") == "delivered" else "bad")


def outcome_notice(
    attempt: Attempt | None, address: str, show: Show, *, waits: Node, good: str, bad: str
) -> Node:
    """What became of what was sent by hand; None: asked again at the address until it is known.

    Stands in place of the element `#outcome`. `waits`, `good` and `bad`: what is said of each.
    """
    if attempt is None:
        again = {
            "hx-get": address,
            "hx-trigger": "load delay:1s",
            "hx-target": "this",
            "hx-swap": "outerHTML",
            "hx-push-url": "false",
        }
        return div("#outcome.notice.info", again if address else {}, role="status")[
            icon("clock"), div[waits]
        ]
    is_good = attempt.get("result") == "delivered"
    next_at = attempt.get("next_attempt_at")
    return div(f"#outcome.notice.{'good' if is_good else 'bad'}", role="status")[
        icon("check" if is_good else "warn"),
        div[
            f"{good if is_good else bad}: ",
            outcome_badge(attempt),
            f" after {show.number(attempt.get('duration_ms'))} ms, ",
            show.when(attempt.get("created_at")),
            next_at and [". It is tried again at ", show.when(next_at)],
        ],
    ]
