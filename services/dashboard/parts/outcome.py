"""What a validation came to: what would be taken off, and of each that would not work why."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, b, button, div, form, fragment, h3, p, span

from services.dashboard.parts.facts import block, facts
from services.dashboard.parts.icons import icon
from services.dashboard.parts.reasons import NO_WORDS, reason_box
from services.dashboard.parts.show import Row, Show

#: The place that the answer of `repeat_block` goes into.
REPEATED: Final = "repeated"


def repeat_block(title: str, action: str, what: str) -> Node:
    """A button that asks something once more as of now, and the place of what it comes to."""
    return block(
        title,
        p(".muted")[what],
        form(
            ".row",
            {
                "hx-post": action,
                "hx-target": f"#{REPEATED}",
                "hx-swap": "innerHTML",
                "hx-push-url": "false",
            },
            aria_label=title,
        )[button(".btn.small")[icon("play", 13), "Ask now"]],
        div(f"#{REPEATED}", role="status"),
    )


def show_outcome(
    answer: Row,
    show: Show,
    names: Mapping[str, str] | None = None,
    *,
    words: Mapping[str, str] = NO_WORDS,
) -> Node:
    """The answer of `POST /v1/validations`; `names` say what redeemables are called, by their ids.

    `words`: what ids and fields in reasons are called.
    """
    asked = answer.get("redeemables") or [
        *(answer.get("inapplicable_redeemables") or []),
        *(answer.get("skipped_redeemables") or []),
    ]
    refused = [each for each in asked if each.get("status") != "APPLICABLE"]
    called = names or {}
    single = len(asked) == 1
    if not answer.get("valid") or len(refused) == len(asked):
        return fragment[
            None if single else p[b["It would not work now."]],
            [show_refused(each, show, called, is_named=not single, words=words) for each in refused]
            or reason_box(None, show, key="", message="Nothing applies"),
        ]
    order = answer.get("order") or asked[0].get("order") or {}
    return fragment[
        _would_work(order, show),
        [show_refused(each, show, called, words=words) for each in refused],
    ]


def show_refused(
    row: Row,
    show: Show,
    names: Mapping[str, str],
    *,
    is_named: bool = True,
    words: Mapping[str, str] = NO_WORDS,
) -> Node:
    """A redeemable that would not work and why, from its entry in the answer of a validation."""
    named, result = str(row.get("id") or ""), row.get("result") or {}
    error, details = result.get("error") or {}, result.get("details") or {}
    told: Any = error.get("explanation") or result.get("explanation")
    key = str(error.get("key") or details.get("key") or "")
    message = str(error.get("message") or details.get("message") or "")
    word = "is left out" if row.get("status") == "SKIPPED" else "is refused"
    return fragment[
        is_named and h3[names.get(named, named), f" {word}"],
        reason_box(told, show, key=key, message=message, words=words),
    ]


def _would_work(order: Row, show: Show) -> Node:
    taken = order.get("total_applied_discount_amount", order.get("total_discount_amount"))
    return div(".notice.good")[
        icon("check"),
        div[
            b["It would work."],
            facts(
                ("Takes off", show.money(taken or 0)),
                ("Left to pay", show.money(order.get("total_amount"))),
            )
            if order
            else span[" Nothing is taken without an order."],
        ],
    ]
