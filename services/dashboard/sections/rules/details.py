"""One set of rules: in words, what it binds, how often it refused; what can be done with it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from htpy import Node, a, fragment, li, p, span, table, tbody, td, th, thead, tr, ul

from services.dashboard.lists.resource import Row
from services.dashboard.parts.facts import block, code_text, facts, link, raw_block
from services.dashboard.parts.forms import field_lookup
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import Details, confirm_dialog, dialog_button
from services.dashboard.parts.show import Show
from services.dashboard.sections.rules.asking import (
    REFUSALS_DAYS,
    ask_assignments,
    ask_refusals,
    ask_set,
    make_desk,
    refusals_since,
)
from services.dashboard.sections.rules.contexts import CONTEXTS
from services.dashboard.sections.rules.desk import Desk
from services.dashboard.sections.rules.draft import draft_of
from services.dashboard.sections.rules.naming import Names, name_of
from services.dashboard.sections.rules.sentences import JOINS, say_rule
from services.dashboard.sections.rules.tree import Group, Rule
from services.dashboard.web.asking import Refused
from services.dashboard.web.visit import Visit, escape_segment

#: The kinds that a set can bind: the API's word, ours, what finds them, their page.
BOUND: Final = (
    ("campaign", "Campaign", "campaign", "/campaigns/"),
    ("voucher", "Voucher", "voucher", "/vouchers/"),
    ("promotion_tier", "Promotion tier", "promotion-tier", "/promotion-tiers/"),
)
_PAGES: Final = {named: page for named, _, _, page in BOUND}
_WORDS: Final = {named: word for named, word, _, _ in BOUND}
_ASKED: Final = {
    "campaign": "/v1/campaigns/{}",
    "voucher": "/v1/vouchers/{}",
    "promotion_tier": "/v1/promotions/tiers/{}",
}
NAMED_MAX: Final = 20


async def tell_set(visit: Visit, key: str) -> Details:
    """One of them."""
    body = await ask_set(visit, key)
    desk = await make_desk(visit, draft_of(body))
    bound = await ask_assignments(visit, key)
    names = await _name_bound(visit, bound.rows[:NAMED_MAX])
    refusals = await ask_refusals(visit, key)
    return set_details(visit, body, desk, bound.rows, names, refusals)


async def _name_bound(visit: Visit, rows: Sequence[Row]) -> Names:
    names: dict[str, str] = {}
    for row in rows:
        path = _ASKED.get(row["related_object_type"])
        if path is None:
            continue
        try:
            found = await visit.api.get(path.format(escape_segment(row["related_object_id"])))
        except Refused:
            continue
        names[row["related_object_id"]] = str(found.get("name") or found.get("code") or "")
    return names


def set_details(
    visit: Visit,
    body: Mapping[str, Any],
    desk: Desk,
    bound: Sequence[Row],
    names: Names,
    refusals: int | None,
) -> Details:
    """The same of what was answered."""
    set_id, show = str(body["id"]), visit.show
    name = str(body.get("name") or set_id)
    can_write = visit.may("rules.write")
    return Details(
        title=name,
        name=name,
        href=f"/validation-rules/{set_id}",
        body=fragment[
            block("In words", group_words(desk, desk.draft.rules.root)),
            _items_block(desk),
            facts(
                (
                    "Meant for",
                    dict(CONTEXTS).get(body["context_type"], str(body["context_type"])),
                ),
                ("Message", (body.get("error") or {}).get("message")),
                (f"Refused in {REFUSALS_DAYS} days", _refusals(visit, set_id, refusals)),
                ("Id", code_text(set_id)),
                ("Created", show.when(body["created_at"])),
                ("Updated", show.when(body.get("updated_at"))),
            ),
            block(
                "What it binds",
                _bound_table(visit, set_id, bound, names),
                action=dialog_button("Assign", "assign", ".small", "plus") if can_write else None,
            ),
            raw_block(body, f"/v1/validation-rules/{set_id}", "The set"),
        ],
        actions=can_write and _actions(set_id),
        dialogs=can_write and fragment[_assign_dialog(set_id), _delete_dialog(body, set_id)],
    )


def group_words(desk: Desk, group: Group) -> Node:
    """The rules as a list of sentences."""
    if not group.parts:
        return p(".muted")["No rule: everybody may, for every order."]
    return fragment[
        p(".muted")[f"{JOINS[group.join].capitalize()}:"]
        if len(group.parts) > 1 or group.join == "not"
        else None,
        ul(".sentences")[
            (
                li[
                    icon("check" if group.join != "not" else "x", 14),
                    span[
                        say_rule(each, desk.catalogue, desk.names, desk.show)
                        if isinstance(each, Rule)
                        else group_words(desk, each)
                    ],
                ]
                for each in group.parts
            )
        ],
    ]


def _items_block(desk: Desk) -> Node:
    draft = desk.draft
    if not draft.entries and not draft.includes_all and not draft.bundle.parts:
        return None
    for_items = [
        name_of(desk.names, each.item) for each in draft.entries if each.where == "included"
    ]
    not_for = [name_of(desk.names, each.item) for each in draft.entries if each.where == "excluded"]
    if draft.includes_all:
        for_items = ["all items", *for_items]
    bundle = [f"{count} of {name_of(desk.names, item)}" for item, count in draft.bundle.parts]
    return block(
        "Items",
        facts(
            ("The discount is for", ", ".join(for_items)) if for_items else None,
            ("Not for", ", ".join(not_for)) if not_for else None,
            ("Bundle", ", ".join(bundle)) if bundle else None,
        ),
    )


def _refusals(visit: Visit, set_id: str, refusals: int | None) -> Node:
    if refusals is None:
        return None
    said = visit.show.number(refusals)
    if not refusals:
        return said
    wanted = urlencode(
        [
            ("f", f"validation_rule_id:is:{set_id}"),
            ("f", f"created_at:after:{refusals_since(visit)}"),
        ]
    )
    return link(f"{said}, see which", f"/redemptions?{wanted}")


def _bound_table(visit: Visit, set_id: str, bound: Sequence[Row], names: Names) -> Node:
    if not bound:
        return p(".muted")["Nothing yet: it holds for whatever it is assigned to."]
    can_write = visit.may("rules.write")
    return table(".lines", aria_label="What it binds")[
        thead[
            tr[
                th(scope="col")["Name"],
                th(scope="col")["Kind"],
                th(scope="col")["Since"],
                can_write and th(scope="col")[span(".sr")["Actions"]],
            ]
        ],
        tbody[
            (
                tr[
                    td[_bound_link(row, names)],
                    td[_WORDS.get(row["related_object_type"], row["related_object_type"])],
                    td[_since(row, visit.show)],
                    can_write
                    and td(".last")[
                        dialog_button("Unassign", f"unassign-{row['id']}", ".quiet.small"),
                        confirm_dialog(
                            f"unassign-{row['id']}",
                            title="Let these rules no longer bind it?",
                            what_happens=f"{_bound_name(row, names)} can be redeemed without them from that moment on.",
                            action=f"/validation-rules/{set_id}/unassign/{row['id']}",
                            do="Unassign",
                        ),
                    ],
                ]
                for row in bound
            )
        ],
    ]


def _since(row: Row, show: Show) -> Node:
    return show.day(row.get("created_at"))


def _bound_name(row: Row, names: Names) -> str:
    return names.get(row["related_object_id"]) or str(row["related_object_id"])


def _bound_link(row: Row, names: Names) -> Node:
    page = _PAGES.get(row["related_object_type"])
    name = _bound_name(row, names)
    if page is None:
        return name
    key = name if row["related_object_type"] == "voucher" else row["related_object_id"]
    return link(name, page + escape_segment(str(key)))


def _actions(set_id: str) -> Node:
    return fragment[
        a(".btn", href=f"/validation-rules/new?copy={set_id}")[icon("copy", 14), "Copy"],
        dialog_button("Delete", "delete", ".danger", "trash"),
        a(".btn.primary", href=f"/validation-rules/{set_id}/edit")[icon("edit", 14), "Edit"],
    ]


def _assign_dialog(set_id: str) -> Node:
    return confirm_dialog(
        "assign",
        title="Assign these rules",
        what_happens="Choose what they are for. They hold from the next request on, besides those that it has already.",
        action=f"/validation-rules/{set_id}/assign",
        do="Assign",
        kind=".primary",
        fields=fragment[
            (field_lookup(f"bound_{named}", word, kind) for named, word, kind, _ in BOUND)
        ],
    )


def _delete_dialog(body: Mapping[str, Any], set_id: str) -> Node:
    binds = int(body.get("assignments_count") or 0)
    what = f"It binds {binds} things" if binds != 1 else "It binds one thing"
    said = (
        f"{what}: they can be redeemed without these rules from then on."
        if binds
        else "It binds nothing."
    )
    return confirm_dialog(
        "delete",
        title=f"Delete {body.get('name') or set_id}?",
        what_happens=f"{said} This cannot be undone.",
        action=f"/validation-rules/{set_id}/delete",
        do="Delete",
        keep="Keep it",
    )
