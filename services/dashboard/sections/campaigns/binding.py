"""What binds a campaign and what it is made of: its sets of validation rules, and the tiers of a promotion."""

from collections.abc import Sequence
from typing import Final

from htpy import Node, a, b, button, div, form, fragment, li, p, section, small, ul
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.forms import field_lookup, idempotency
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import notice
from services.dashboard.parts.page import confirm_dialog, dialog_button
from services.dashboard.sections.campaigns.frame import tab_page
from services.dashboard.sections.campaigns.gathering import find_campaign
from services.dashboard.sections.campaigns.naming import campaign_href, said_parts
from services.dashboard.web.answers import go_to
from services.dashboard.web.asking import Refused, ask_quietly
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

LIST_MAX: Final = 100


async def rules_tab(visit: Visit, row: Row) -> Node:
    """The sets that bind it. Raises ApiFault."""
    return rules_part(visit, row, await _find_rules(visit, row))


async def _find_rules(visit: Visit, row: Row) -> list[Row]:
    """The assignments, each with the set that it is of as `rule`."""
    assigned = (row.get("validation_rules_assignments") or {}).get("data") or []
    ids = [str(each["rule_id"]) for each in assigned]
    if not ids:
        return []
    some = [(f"ids[{at}]", each) for at, each in enumerate(ids)]
    answer = await ask_quietly(
        visit.api.get("/v1/validation-rules", [("limit", str(LIST_MAX)), *some])
    )
    sets = {str(each["id"]): each for each in (answer or {}).get("data") or []}
    return [{**each, "rule": sets.get(str(each["rule_id"]), {})} for each in assigned]


def rules_part(visit: Visit, row: Row, assigned: Sequence[Row]) -> Node:
    """The sets as nodes, with the way to add one."""
    what = said_parts(row)
    may = visit.may("rules.write")
    return fragment[
        p(".muted")[
            f"All of these sets have to hold whenever one of its {what} is used, besides the {what}' own."
        ],
        ul(".ladder", aria_label="Sets of validation rules")[
            (_assignment(row, each, may) for each in assigned)
        ]
        if assigned
        else notice("info", "No rules: whoever has one may use it, within dates and limits."),
        may and _assign_form(row),
    ]


def _assignment(row: Row, each: Row, may: bool) -> Node:
    rule = each.get("rule") or {}
    dialog_id = f"unassign-{each['id']}"
    name = rule.get("name") or each["rule_id"]
    return li[
        div[
            a(".link", href=f"/validation-rules/{each['rule_id']}")[b[name]],
            " ",
            small(".muted")[str(rule.get("context_type") or "")],
        ],
        may
        and div(".acts")[
            dialog_button("Take away", dialog_id, ".small"),
            confirm_dialog(
                dialog_id,
                title=f"Take {name} away from {row['name']}?",
                what_happens="Its conditions are not asked any more for this campaign. The set itself stays.",
                action=campaign_href(row, f"rules/{each['rule_id']}/{each['id']}/delete"),
                do="Take away",
            ),
        ],
    ]


def _assign_form(row: Row) -> Node:
    return section(".card.pad")[
        form(
            ".form",
            {"hx-post": campaign_href(row, "rules"), "hx-swap": "none"},
            method="post",
            action=campaign_href(row, "rules"),
            aria_label="Add a set of rules",
        )[
            idempotency(),
            field_lookup("rule", "Add a set of rules", "validation-rule"),
            div(".acts-bar")[
                button(".btn.primary")["Add"],
                a(".btn", href="/validation-rules/new")[icon("plus", 14), "New set of rules"],
            ],
        ]
    ]


async def assign_rule(visit: Visit) -> Response:
    """Has a set bind the campaign."""
    name, form_ = visit.path("id"), await visit.form()
    rule = str(form_.get("rule") or "")
    if not rule:
        raise Refused(400, {"key": "invalid_payload", "message": "Choose a set of rules first"})
    row = await find_campaign(visit, name)
    body = {"related_object_id": row["id"], "related_object_type": "campaign"}
    key = str(form_.get("idempotency_key") or "") or None
    await visit.api.post(f"/v1/validation-rules/{escape_segment(rule)}/assignments", body, key=key)
    return go_to(visit.request, campaign_href(row, "rules"), "Added")


async def unassign_rule(visit: Visit) -> Response:
    """Has a set bind it no longer."""
    rule, assignment = visit.path("rule"), visit.path("assignment")
    path = f"/v1/validation-rules/{escape_segment(rule)}/assignments/{escape_segment(assignment)}"
    await visit.api.delete(path)
    address = f"/campaigns/{escape_segment(visit.path('id'))}/rules"
    return go_to(visit.request, address, "Taken away")


PAGES: Final = (
    tab_page("rules", rules_tab),
    Page("/campaigns/{id}/rules", assign_rule, "rules.write", "POST"),
    Page("/campaigns/{id}/rules/{rule}/{assignment}/delete", unassign_rule, "rules.write", "POST"),
)
