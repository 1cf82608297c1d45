"""The frame of a form that makes a campaign: its steps, its parts, the same in words, one button."""

from collections.abc import Iterable

from htpy import Node, a, aside, button, div, form, fragment, li, nav, ol

from services.dashboard.parts.forms import Errors, error_list, field_area, field_text
from services.dashboard.sections.campaigns.making.draft import Draft


def making_form(
    path: str,
    hidden: Node,
    steps: Iterable[tuple[str, str]],
    parts: Node,
    told: Node,
    errors: Errors,
) -> Node:
    """The form as it stands; `steps` are the ids of its parts and what they are called."""
    return form(
        "#making.form.full",
        {
            "hx-post": f"{path}/told",
            "hx-trigger": "change",
            "hx-target": "#told",
            "hx-swap": "outerHTML",
            "hx-sync": "this:replace",
            "hx-push-url": "false",
        },
        method="post",
        action=path,
        novalidate=True,
        data_guard="Leave without making the campaign?",
    )[
        hidden,
        errors and error_list(errors),
        nav(aria_label="Steps")[
            ol(".steps")[(li[a(href=f"#{name}")[said]] for name, said in steps)]
        ],
        div(".split")[div(".stack")[parts], aside[told]],
        div(".acts-bar.sticky")[
            button(".btn.primary")["Make the campaign"], a(".btn", href="/campaigns")["Cancel"]
        ],
    ]


def name_fields(
    draft: Draft,
    errors: Errors,
    hint: str = "Nobody but your team sees it; there is one campaign of a name",
) -> Node:
    """What the campaign is called, and what it is for."""
    return fragment[
        field_text(
            "name",
            "Name",
            draft["name"],
            hint=hint,
            errors=errors,
            required=True,
            autocomplete="off",
            maxlength="256",
        ),
        field_area("description", "Description", draft["description"], errors=errors, rows=2),
    ]
