"""What is validated as of now, and what that comes to: what would be taken off, or why not."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from htpy import Node, b, button, div, form, fragment, h3, p, span
from starlette.responses import Response

from services.dashboard.parts.facts import block, facts
from services.dashboard.parts.icons import icon
from services.dashboard.parts.reasons import NO_WORDS, reason_box
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.reason_words import find_reason_words
from services.dashboard.web.answers import answer_node
from services.dashboard.web.asking import Refused
from services.dashboard.web.visit import Visit

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


async def answer_validation(
    visit: Visit, body: Mapping[str, Any], called: Mapping[str, str] = NO_WORDS
) -> Response:
    """Validates, and tells what would be taken off or why not. Raises ApiFault.

    `body`: of `POST /v1/validations`; `called`: what its redeemables are called, by their ids.
    """
    try:
        answer = await visit.api.post("/v1/validations", body)
    except Refused as fault:
        return await answer_refusal(visit, fault)
    words = await find_reason_words(visit, explanations_in(answer))
    return answer_node(show_outcome(answer, visit.show, called, words))


async def answer_refusal(visit: Visit, fault: Refused) -> Response:
    """Why a validation was refused as a whole."""
    told = fault.body.get("explanation")
    words = await find_reason_words(visit, [told])
    return answer_node(
        reason_box(told, visit.show, key=fault.key, message=fault.sentence, words=words)
    )


def show_outcome(
    answer: Row,
    show: Show,
    called: Mapping[str, str] = NO_WORDS,
    words: Mapping[str, str] = NO_WORDS,
) -> Node:
    """The answer of `POST /v1/validations`.

    `called`: what redeemables are called, by their ids; `words`: what ids and fields in reasons are.
    """
    asked = asked_in(answer)
    refused = [each for each in asked if each.get("status") != "APPLICABLE"]
    single = len(asked) == 1
    if not answer.get("valid") or len(refused) == len(asked):
        return fragment[
            None if single else p[b["It would not work now."]],
            [show_refused(each, show, called, words, is_named=not single) for each in refused]
            or reason_box(None, show, key="", message="Nothing applies"),
        ]
    order = answer.get("order") or asked[0].get("order") or {}
    return fragment[
        _would_work(order, show),
        [show_refused(each, show, called, words) for each in refused],
    ]


def asked_in(answer: Row) -> Sequence[Row]:
    """The redeemables of such an answer, whichever way it went."""
    return answer.get("redeemables") or [
        *(answer.get("inapplicable_redeemables") or []),
        *(answer.get("skipped_redeemables") or []),
    ]


def explanation_of(tried: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Why a redeemable of a validation does not apply, as the API explains it."""
    result = tried.get("result") or {}
    error = result.get("error") or {}
    told: Mapping[str, Any] | None = error.get("explanation") or result.get("explanation")
    return told


def explanations_in(answer: Row) -> Iterable[Mapping[str, Any] | None]:
    """The same of each redeemable in the answer of a validation."""
    return map(explanation_of, asked_in(answer))


def show_refused(
    row: Row,
    show: Show,
    called: Mapping[str, str],
    words: Mapping[str, str] = NO_WORDS,
    *,
    is_named: bool = True,
) -> Node:
    """A redeemable that would not work and why, from its entry in the answer of a validation."""
    named, result = str(row.get("id") or ""), row.get("result") or {}
    error, details = result.get("error") or {}, result.get("details") or {}
    key = str(error.get("key") or details.get("key") or "")
    message = str(error.get("message") or details.get("message") or "")
    word = "is left out" if row.get("status") == "SKIPPED" else "is refused"
    return fragment[
        is_named and h3[called.get(named, named), f" {word}"],
        reason_box(explanation_of(row), show, key=key, message=message, words=words),
    ]


def taken_off(order: Row) -> Any:
    """What a validation takes off an order, in minor units."""
    return order.get("total_applied_discount_amount", order.get("total_discount_amount")) or 0


def _would_work(order: Row, show: Show) -> Node:
    return div(".notice.good")[
        icon("check"),
        div[
            b["It would work."],
            facts(
                ("Takes off", show.money(taken_off(order))),
                ("Left to pay", show.money(order.get("total_amount"))),
            )
            if order
            else span[" Nothing is taken without an order."],
        ],
    ]
