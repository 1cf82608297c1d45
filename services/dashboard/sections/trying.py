"""Something validated as of now, and what that comes to."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from services.dashboard.parts.outcome import explanations_in, show_outcome
from services.dashboard.parts.reasons import NO_WORDS, reason_box
from services.dashboard.sections.reason_words import find_reason_words
from services.dashboard.web.answers import answer_node
from services.dashboard.web.asking import Refused
from services.dashboard.web.visit import Visit


async def answer_validation(
    visit: Visit, body: Mapping[str, Any], called: Mapping[str, str] = NO_WORDS
) -> Response:
    """Validates, and tells what would be taken off or why not. Raises ApiFault.

    `body`: of `POST /v1/validations`; `called`: what its redeemables are called, by their ids.
    """
    try:
        answer = await visit.api.post("/v1/validations", body)
    except Refused as fault:
        told = fault.body.get("explanation")
        words = await find_reason_words(visit, [told])
        return answer_node(
            reason_box(told, visit.show, key=fault.key, message=fault.sentence, words=words)
        )
    words = await find_reason_words(visit, explanations_in(answer))
    return answer_node(show_outcome(answer, visit.show, called, words))
