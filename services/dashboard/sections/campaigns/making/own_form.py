"""The frame of a form that makes a campaign of a kind of its own: parts, the same in words, one button."""

from collections.abc import Iterable, Sequence

from htpy import Node, b, fragment, h2, li, section, span, ul
from htpy import input as input_
from starlette.datastructures import FormData
from starlette.responses import Response

from services.dashboard.parts.forms import Errors, idempotency
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import head
from services.dashboard.sections.campaigns.making.draft import Draft, new_draft, read_draft
from services.dashboard.sections.campaigns.making.frame import making_form
from services.dashboard.web.answers import answer_page
from services.dashboard.web.visit import Visit

#: The template whose codes, dates and rules such forms share.
_SHARED = "growing"
UNSAID = span(".unset")["not said yet"]


def own_form(
    path: str,
    steps: Sequence[tuple[str, str]],
    parts: Node,
    told: Node,
    errors: Errors,
    key: str | None,
) -> Node:
    """The form as it stands; `steps` are the ids of its parts and what they are called."""
    hidden = [
        idempotency(key),
        input_(type="hidden", name="template", value=_SHARED),
        input_(type="hidden", name="shown_template", value=_SHARED),
    ]
    return making_form(path, hidden, steps, parts, told, errors)


def told_part(sentences: Iterable[Node], warnings: Iterable[Node]) -> Node:
    """The campaign in sentences, and what one may regret."""
    regrets = list(warnings)
    return section("#told.card.pad.stack", aria_label="The campaign in words", aria_live="polite")[
        h2["In words"],
        ul(".sentences")[(li[icon("right", 13), span[each]] for each in sentences)],
        regrets
        and fragment[
            h2["Look at this again"],
            ul(".warnings")[(li[icon("warn", 14), span[each]] for each in regrets)],
        ],
    ]


def first_sentence(draft: Draft, kind: str) -> Node:
    """Its name, what it is, and whether it is switched on."""
    switch = "switched on at once" if draft.has("active") else "switched off at first"
    return [b[draft["name"] or UNSAID], f": {kind}, {switch}."]


def begin_draft(**values: str) -> Draft:
    """What such a form holds at first."""
    return new_draft(_SHARED).with_values(**values)


def read_own(form_: FormData) -> Draft:
    """What was sent."""
    return read_draft(form_)


def answer_form(visit: Visit, title: str, shown: Node) -> Response:
    """The form as a page."""
    lead = span["Nothing is made before the last button."]
    return answer_page(visit, title, fragment[head(title, lead), shown])
