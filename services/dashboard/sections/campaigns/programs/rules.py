"""The earning rules of a program: each as one sentence, switched, changed, deleted."""

from collections.abc import Mapping, Sequence
from typing import Final

from htpy import Node, a, blockquote, div, fragment, li, p, section, ul
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.facts import badge
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import empty_state
from services.dashboard.parts.page import confirm_dialog, dialog_button
from services.dashboard.parts.show import Show
from services.dashboard.sections.campaigns.frame import tab_page
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.sections.campaigns.programs.expiry_words import say_expiring
from services.dashboard.sections.campaigns.programs.naming import EARNING as TAB
from services.dashboard.sections.campaigns.programs.naming import LIST_MAX, program_path
from services.dashboard.sections.campaigns.programs.rule_names import find_rule_names
from services.dashboard.sections.campaigns.programs.rule_words import say_rule
from services.dashboard.web.answers import go_to
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

_CURL: Final = (
    'curl "$TESSERA/v1/loyalties/{}/earning-rules" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN" '
    '-H "Content-Type: application/json" -d \'[{{"event": "order.paid", "loyalty": {{"type": '
    '"PROPORTIONAL", "calculation_type": "ORDER_AMOUNT", "order": {{"amount": {{"every": 1000, '
    '"points": 3}}}}}}}}]\''
)


async def rules_tab(visit: Visit, row: Row) -> Node:
    """The rules, the newest first. Raises ApiFault."""
    path = f"{program_path(row)}/earning-rules"
    body = await visit.api.get(path, {"limit": str(LIST_MAX)})
    rules = list(body.get("data") or [])
    names = await find_rule_names(visit, row, rules)
    return rules_part(visit, row, rules, names, has_more=(body.get("total") or 0) > len(rules))


def rules_part(
    visit: Visit,
    row: Row,
    rules: Sequence[Row],
    names: Mapping[str, str],
    *,
    has_more: bool = False,
) -> Node:
    """The rules as nodes; who may, adds one."""
    may = visit.may("campaigns.write")
    new = ("New earning rule", campaign_href(row, f"{TAB}/new"))
    card = (row.get("voucher") or {}).get("loyalty_card") or {}
    if not rules:
        return section(".card")[
            empty_state(
                "coins",
                "Nothing gives points yet",
                "An earning rule gives members points for paid orders, events, or a change of segment or tier.",
                action=new if may else None,
                curl=_CURL.format(row["id"]),
            )
        ]
    return fragment[
        div(".row")[
            p(".muted")["Every rule that fits gives its points."],
            div(".spacer"),
            may and a(".btn.primary", href=new[1])[icon("plus", 14), new[0]],
        ],
        p(".muted")[say_expiring(card.get("expiration_rules")), " A rule may say otherwise."],
        ul(".stack", aria_label="Earning rules")[
            (rule_card(row, each, names, visit.show, may) for each in rules)
        ],
        has_more and p(".muted")[f"The first {LIST_MAX} are shown."],
    ]


def rule_card(row: Row, rule: Row, names: Mapping[str, str], show: Show, may: bool) -> Node:
    """One rule: its sentence, how it stands, what can be done."""
    name = escape_segment(str(rule["id"]))
    is_on = rule.get("active") is not False
    banner = (rule.get("source") or {}).get("banner")
    has_dates = rule.get("start_date") or rule.get("expiration_date")
    return li(".card.pad.rule-card", id=str(rule["id"]))[
        div(".rule-said")[
            p(".sentence")[say_rule(rule, show, names)],
            banner and blockquote(".muted")[f"Shown to customers: {banner}"],
            p(".muted.small")[
                badge("On", "good") if is_on else badge("Off"),
                " ",
                has_dates
                and [show.period(rule.get("start_date"), rule.get("expiration_date")), " · "],
                "Made ",
                show.day(rule.get("created_at")),
            ],
        ],
        may
        and div(".acts")[
            a(
                ".btn.small",
                href=campaign_href(row, f"{TAB}/{name}/edit"),
                aria_label=f"Edit the rule: {say_rule(rule, show, names)}",
            )[icon("edit", 13), "Edit"],
            dialog_button("Switch off" if is_on else "Switch on", f"switch-{rule['id']}", ".small"),
            dialog_button("Delete", f"delete-{rule['id']}", ".small.danger", "trash"),
            _dialogs(row, rule, is_on),
        ],
    ]


def _dialogs(row: Row, rule: Row, is_on: bool) -> Node:
    path = campaign_href(row, f"{TAB}/{escape_segment(str(rule['id']))}")
    return fragment[
        confirm_dialog(
            f"switch-{rule['id']}",
            title=f"Switch the rule {'off' if is_on else 'on'}?",
            what_happens="It gives nobody points until it is switched on again. What it gave stays, "
            "and pending points become active."
            if is_on
            else "It gives points from now on, within its dates and limits.",
            action=f"{path}/{'disable' if is_on else 'enable'}",
            do="Switch off" if is_on else "Switch on",
            kind=".primary",
        ),
        confirm_dialog(
            f"delete-{rule['id']}",
            title="Delete the rule?",
            what_happens="It gives nobody points any more, and nothing brings it back. What it gave stays.",
            action=f"{path}/delete",
            do="Delete",
        ),
    ]


async def _act(visit: Visit, act: str, said: str) -> Response:
    name, rule = visit.path("id"), visit.path("rule")
    form = await visit.form()
    path = f"/v1/loyalties/{escape_segment(name)}/earning-rules/{escape_segment(rule)}"
    key = str(form.get("idempotency_key") or "") or None
    if act == "delete":
        await visit.api.delete(path)
    else:
        await visit.api.post(f"{path}/{act}", key=key)
    return go_to(visit.request, f"/campaigns/{escape_segment(name)}/{TAB}", said)


async def enable(visit: Visit) -> Response:
    """Switches a rule on."""
    return await _act(visit, "enable", "Switched on")


async def disable(visit: Visit) -> Response:
    """Switches a rule off."""
    return await _act(visit, "disable", "Switched off")


async def delete(visit: Visit) -> Response:
    """Deletes a rule."""
    return await _act(visit, "delete", "Deleted")


_RULE: Final = f"/campaigns/{{id}}/{TAB}/{{rule}}"
PAGES: Final = (
    tab_page(TAB, rules_tab),
    Page(f"{_RULE}/enable", enable, "campaigns.write", "POST"),
    Page(f"{_RULE}/disable", disable, "campaigns.write", "POST"),
    Page(f"{_RULE}/delete", delete, "campaigns.write", "POST"),
)
