"""One segment: who belongs to it, and what follows from it."""

import asyncio
from typing import Final

from htpy import Node, a, fragment, p, table, tbody, td, th, thead, tr

from services.dashboard.parts.condition_words import say_filter
from services.dashboard.parts.facts import block, code_text, facts, link, not_known, raw_block
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import Details, confirm_dialog, dialog_button
from services.dashboard.parts.show import NOTHING, Row, Show
from services.dashboard.sections.customer_names import customer_link
from services.dashboard.sections.segments.naming import (
    KINDS,
    LABELS,
    MONEY,
    kind_badge,
)
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

_MEMBERS_MAX: Final = 25
#: Sets of rules are looked through by pages; a project with more has to ask the API.
_RULES_PAGES_MAX: Final = 20


async def tell_segment(visit: Visit, key: str) -> Details:
    """One of them, with its newest members. Raises ApiFault."""
    path = f"/v1/segments/{escape_segment(key)}"
    row = await visit.api.get(path)
    members, rules = await asyncio.gather(_ask_members(visit, path, row), _ask_rules(visit, key))
    return segment_details(visit, row, members, rules)


async def _ask_members(visit: Visit, path: str, row: Row) -> Row | None:
    if row.get("type") == "passive" or not visit.may("customers.read"):
        return None
    found: Row | None = await ask_quietly(
        visit.api.get(f"{path}/customers", {"limit": str(_MEMBERS_MAX)})
    )
    return found


async def _ask_rules(visit: Visit, key: str) -> list[Row] | None:
    """The sets of validation rules that name it; None where they cannot be asked."""
    if not visit.may("rules.read"):
        return None
    found: list[Row] | None = await ask_quietly(_read_rules(visit, key))
    return found


async def _read_rules(visit: Visit, key: str) -> list[Row]:
    pages = visit.api.pages("/v1/validation-rules", "data", {}, pages_max=_RULES_PAGES_MAX)
    return [each async for rows in pages for each in rows if f"'{key}'" in repr(each.get("rules"))]


def segment_details(
    visit: Visit, row: Row, members: Row | None, rules: list[Row] | None = None
) -> Details:
    """The same of what was answered; None: that could not be asked."""
    show, may_change = visit.show, visit.may("segments.write")
    name = str(row.get("name") or row["id"])
    path = f"/segments/{escape_segment(str(row['id']))}"
    body = fragment[
        p(".muted")[KINDS.get(str(row.get("type")), ("", "", ""))[2]],
        facts(("Id", code_text(row["id"])), ("Created", show.when(row.get("created_at")))),
        row.get("type") != "static" and block("Who belongs to it", _filter_words(row, show)),
        row.get("type") != "passive"
        and visit.may("customers.read")
        and block("Members", not_known() if members is None else _members(row, members, show)),
        rules is not None and block("Rules that ask for it", _rules(rules)),
        raw_block(row, f"/v1/segments/{row['id']}", "The segment"),
    ]
    return Details(
        title=name,
        name=f"Segment {name}",
        href=path,
        badge=kind_badge(row),
        body=body,
        actions=may_change
        and fragment[
            a(".btn", href=f"{path}/edit")[icon("edit", 14), "Edit"],
            dialog_button("Delete", "delete-segment", ".danger", "trash"),
        ],
        dialogs=may_change
        and confirm_dialog(
            "delete-segment",
            title=f"Delete {name}?",
            what_happens=fragment[
                "It is gone at once; its customers stay, and nobody is told that they left. ",
                _warning(rules),
            ],
            action=f"{path}/delete",
            do="Delete",
        ),
    )


def _warning(rules: list[Row] | None) -> str:
    if not rules:
        return "Rules and campaigns that ask for it let nobody through any more."
    names = ", ".join(str(each.get("name") or each["id"]) for each in rules)
    return f"These rules ask for it and let nobody through any more: {names}."


def _filter_words(row: Row, show: Show) -> Node:
    rule = row.get("filter") or {}
    said = say_filter(rule, LABELS, MONEY, show)
    if not said:
        return p(".muted")["Everybody."]
    how = "Any of these:" if str(rule.get("junction")).lower() == "or" else "All of these:"
    return fragment[len(said) > 1 and p(".muted")[how], (p[each] for each in said)]


def _rules(rules: list[Row]) -> Node:
    if not rules:
        return p(".muted")["No set of validation rules names it."]
    return [
        p[link(each.get("name") or each["id"], f"/validation-rules/{each['id']}")] for each in rules
    ]


def _members(row: Row, members: Row, show: Show) -> Node:
    rows = members.get("customers") or []
    if not rows:
        return p(".muted")["Nobody is in it."]
    total = members.get("total")
    every = f"/customers?f=segment_id:is:{row['id']}"
    return fragment[
        table(".lines", aria_label="Members")[
            thead[
                tr[
                    th(scope="col")["Customer"],
                    th(scope="col")["Source id"],
                    th(".num", scope="col")["Created"],
                ]
            ],
            tbody[
                (
                    tr[
                        td[customer_link(each)],
                        td(".mono")[each.get("source_id") or NOTHING],
                        td(".num")[show.day(each.get("created_at"))],
                    ]
                    for each in rows
                )
            ],
        ],
        p[link(f"All {show.number(total)} in the list of customers", every)],
    ]
