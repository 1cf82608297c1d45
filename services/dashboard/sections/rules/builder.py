"""The builder: one form, which the server shows anew after each change."""

from typing import Final

from htpy import Node, a, aside, button, div, form, h2, section, span
from htpy import input as input_

from services.dashboard.parts.facts import json_text
from services.dashboard.parts.forms import (
    error_list,
    field_choice,
    field_text,
    folded,
    idempotency,
)
from services.dashboard.parts.icons import icon
from services.dashboard.sections.rules.contexts import CONTEXTS
from services.dashboard.sections.rules.desk import EDIT, Desk
from services.dashboard.sections.rules.entries_view import entries_view
from services.dashboard.sections.rules.sentences import say_set
from services.dashboard.sections.rules.templates import TEMPLATES
from services.dashboard.sections.rules.tree_view import set_view
from services.dashboard.sections.rules.trial_form import trial_form

#: What was asked last is shown; an answer to what was asked before it does not undo it.
_INTO: Final = {
    "hx-target:inherited": "#edited",
    "hx-swap:inherited": "outerMorph",
    "hx-sync:inherited": "#edited:replace",
}


def builder_view(desk: Desk, set_id: str, key: str | None = None) -> Node:
    """The form, and beside it what it is tried with. `set_id`: empty for a set that is not there yet."""
    save_to = address_of(set_id)
    return form(
        "#builder.builder",
        {"hx-post": save_to} | _INTO,
        method="post",
        action=save_to,
        novalidate=True,
        data_guard=True,
    )[
        # Enter in a field is for the form, not for the first button of the tree.
        button(
            ".sr",
            {"hx-post": EDIT},
            type="submit",
            tabindex="-1",
            aria_hidden="true",
            data_part=True,
        )["Update"],
        idempotency(key),
        input_(type="hidden", name="set_id", value=set_id),
        edited_view(desk, set_id),
        aside[trial_form()],
    ]


def address_of(set_id: str) -> str:
    """Where a set is saved."""
    return f"/validation-rules/{set_id}/edit" if set_id else "/validation-rules/new"


def edited_view(desk: Desk, set_id: str) -> Node:
    """What the server shows anew: the set itself."""
    draft = desk.draft
    return div("#edited.stack", {"hx-post": EDIT, "hx-trigger": "change"})[
        error_list(draft.errors) if draft.errors else None,
        div(".card.pad.stack")[
            div(".fields")[
                field_text("name", "Name", draft.name, errors=draft.errors, maxlength="300"),
                field_choice("context_type", "Meant for", _contexts(draft.context), draft.context),
            ],
            input_(type="hidden", name="type", value=draft.type),
        ],
        section(".card.pad.stack", aria_labelledby="rules-title")[
            h2("#rules-title")["Who may redeem, and for which orders"],
            div("#words.sentence")[_words(desk)],
            set_view(desk, draft.rules),
        ],
        entries_view(desk),
        div(".card.pad.stack")[
            field_text(
                "message",
                "Message where a rule without one of its own does not hold",
                draft.message,
                errors=draft.errors,
                maxlength="1000",
            ),
            folded("What is saved", json_text(draft.body(), "The set as JSON")),
        ],
        div(".acts-bar.sticky")[
            button(
                ".btn.primary",
                {"hx-post": address_of(set_id), "hx-sync": "this:drop"},
                name="save",
                value="1",
            )["Save"],
            a(".btn", href=f"/validation-rules/{set_id}" if set_id else "/validation-rules")[
                "Cancel"
            ],
            span(".muted", data_unsaved=True)["Unsaved changes"],
        ],
    ]


def _contexts(current: str) -> list[tuple[str, str]]:
    known = list(CONTEXTS)
    if current not in dict(known):
        known.append((current, current))
    return known


def _words(desk: Desk) -> Node:
    said = say_set(desk.draft.rules, desk.catalogue, desk.names, desk.show)
    return (
        said + ("" if said.endswith("…") else ".")
        if said
        else span(".muted")["No rule: everybody may, for every order."]
    )


def templates_view() -> Node:
    """Sets to begin with."""
    return div(".templates")[
        (
            a(".card.pad", href=f"/validation-rules/new?template={each.name}")[
                icon(each.icon, 18), span(".strong")[each.label], span(".muted")[each.text]
            ]
            for each in TEMPLATES
        )
    ]
