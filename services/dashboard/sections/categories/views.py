"""The page of categories as nodes."""

from collections.abc import Mapping, Sequence
from typing import Final

from htpy import Node, a, button, dialog, div, form, fragment, h2, label, li, ol, p, span
from htpy import input as input_

from services.dashboard.parts.facts import badge
from services.dashboard.parts.forms import Errors, field_text, idempotency
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import empty_state, notice
from services.dashboard.parts.page import confirm_dialog, head, tabs
from services.dashboard.parts.show import Row, Show
from services.dashboard.parts.sorting import sortable_item, sortable_list
from services.dashboard.sections.campaign_tabs import TABS
from services.dashboard.web.visit import Visit, escape_segment

#: What is in each category, by its id.
Uses = Mapping[str, Row]
#: Exclusive or joint, by id; what is neither is regular. None: not known.
Kinds = Mapping[str, str] | None

LEAD: Final = (
    "Which promotions go first where several meet on one order, and which of them go together."
)
_KINDS: Final = {
    "Exclusive": ("warn", "Its promotions go with no others"),
    "Joint": ("accent", "Its promotions go with exclusive ones, too"),
    "Regular": ("muted", "Its promotions go with others that are not exclusive"),
}
#: member of the numbers → one, several, the list that shows them.
_COUNTS: Final = (
    ("vouchers_count", "voucher", "vouchers", "/vouchers?f=category_id:is:"),
    ("campaigns_count", "campaign", "campaigns", "/campaigns?f=category_ids:is:"),
    ("tiers_count", "tier", "tiers", "/promotion-tiers?f=category_ids:is:"),
    (
        "stacks_count",
        "combined promotion",
        "combined promotions",
        "/promotion-stacks?f=category_ids:is:",
    ),
)


def category_page(visit: Visit, rows: Sequence[Row], uses: Uses, rules: Row | None) -> Node:
    """The whole page; `rules`: the stacking rules, None where they are not known."""
    kinds = None if rules is None else _kinds_of(rules)
    may_write = visit.may("categories.write")
    new = (
        button(".btn.primary", type="button", commandfor="category-new", command="show-modal")[
            icon("plus", 15), span["Create a category"]
        ]
        if may_write
        else None
    )
    return fragment[
        head("Categories", LEAD, new),
        tabs(TABS, "/categories"),
        rows and rules is not None and _what_order_means(rules),
        _listed(visit, rows, uses, kinds) if rows else _nothing(),
        may_write and _new_dialog(),
        may_write and (_dialogs(each, uses, visit.show) for each in rows),
    ]


def _kinds_of(rules: Row) -> Mapping[str, str]:
    exclusive = dict.fromkeys(rules.get("exclusive_categories") or [], "Exclusive")
    return exclusive | dict.fromkeys(rules.get("joint_categories") or [], "Joint")


def _what_order_means(rules: Row) -> Node:
    """Whether the order of categories holds at all: the stacking rules say it."""
    there = a(".link", href="/stacking-rules")["Stacking rules"]
    if rules.get("redeemables_sorting_rule") == "CATEGORY_HIERARCHY":
        return notice(
            "info",
            fragment["Those of the category that stands higher are applied first (", there, ")."],
        )
    return notice(
        "warn",
        fragment[
            "This order has no effect yet: promotions are applied as they are requested. To change that, choose the order of categories in ",
            there,
            ".",
        ],
    )


def _nothing() -> Node:
    return empty_state(
        "folder",
        "There is no category yet",
        "A category says which promotions are applied first, and the stacking rules say which of them go together.",
        curl='curl "$TESSERA/v1/categories" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN" -H "Content-Type: application/json" -d \'{"name": "Seasonal", "hierarchy": 1}\'',
    )


def _listed(visit: Visit, rows: Sequence[Row], uses: Uses, kinds: Kinds) -> Node:
    show = visit.show
    if not visit.may("categories.write"):
        return ol(".sortable", aria_label="Categories in order")[
            (
                li[span(".place")[str(at)], span(".name")[_told(each, uses, kinds, show)]]
                for at, each in enumerate(rows, 1)
            )
        ]
    return form(
        "#order.form.full",
        {"hx-post": "/categories/order", "hx-swap": "none"},
        data_guard=True,
        aria_label="Order of the categories",
    )[
        idempotency(),
        p(".muted.small")[
            "Drag a category by its handle, or use Alt and the arrow keys on it. The order holds once it is saved."
        ],
        sortable_list(
            "Categories in order",
            (
                sortable_item(
                    each["id"],
                    each["name"],
                    at,
                    _told(each, uses, kinds, show),
                    more=_row_buttons(each),
                )
                for at, each in enumerate(rows, 1)
            ),
        ),
        div(".acts-bar.sticky")[
            button(".btn.primary")["Save the order"],
            a(".btn", href="/categories")["Cancel"],
            span(data_unsaved=True)["Unsaved changes"],
        ],
    ]


def _told(row: Row, uses: Uses, kinds: Kinds, show: Show) -> Node:
    kind = "" if kinds is None else kinds.get(row["id"], "Regular")
    colour, meaning = _KINDS.get(kind, ("", ""))
    return fragment[
        span(".strong")[row["name"]],
        " ",
        kind and span(title=meaning)[badge(kind, colour)],
        div(".muted.small")[
            _used(row, uses, show),
            " · created ",
            show.day(row.get("created_at")),
        ],
    ]


def _used(row: Row, uses: Uses, show: Show) -> Node:
    numbers = uses.get(row["id"])
    if numbers is None:
        return "use not known"
    told: list[Node] = []
    for name, one, several, href in _COUNTS:
        count = numbers.get(name) or 0
        if count:
            said = f"{show.number(count)} {one if count == 1 else several}"
            told += [", " if told else "", a(".link", href=href + escape_segment(row["id"]))[said]]
    return fragment[told] if told else "nothing is in it"


def _row_buttons(row: Row) -> Node:
    return fragment[
        button(
            ".btn.quiet.icon.small",
            type="button",
            commandfor=f"rename-{row['id']}",
            command="show-modal",
            aria_label=f"Rename {row['name']}",
        )[icon("edit", 14)],
        button(
            ".btn.quiet.icon.small.danger",
            type="button",
            commandfor=f"delete-{row['id']}",
            command="show-modal",
            aria_label=f"Delete {row['name']}",
        )[icon("trash", 14)],
    ]


def _dialogs(row: Row, uses: Uses, show: Show) -> Node:
    path, name = f"/categories/{row['id']}", row["name"]
    numbers = uses.get(row["id"])
    loses = [
        f"{show.number(count)} {one if count == 1 else several}"
        for member, one, several, _ in _COUNTS
        if (count := (numbers or {}).get(member) or 0)
    ]
    said = f"In no category will be: {', '.join(loses)}. " if loses else ""
    if numbers is not None and not loses:
        said = "Nothing is in it. "
    return fragment[
        confirm_dialog(
            f"rename-{row['id']}",
            title=f"Rename {name}",
            what_happens="What is in it shows the new name at once.",
            action=f"{path}/rename",
            do="Rename",
            kind=".primary",
            fields=div(".field")[_name_field(row)],
        ),
        confirm_dialog(
            f"delete-{row['id']}",
            title=f"Delete {name}?",
            what_happens=f"{said}They stay as they are otherwise, and the stacking rules name it no longer. It cannot be taken back.",
            action=f"{path}/delete",
            do="Delete",
        ),
    ]


def _name_field(row: Row) -> Node:
    field = f"name-{row['id']}"
    return fragment[
        label(for_=field)["Name"],
        input_(".input", id=field, name="name", value=row["name"], required=True, maxlength="512"),
    ]


def _new_dialog() -> Node:
    return dialog("#category-new.modal", aria_labelledby="category-new-title", closedby="any")[
        category_form("", {})
    ]


def category_form(name: str, errors: Errors) -> Node:
    """The form of a new one; shown again with what is wrong."""
    return form(
        "#category-form",
        {"hx-post": "/categories/new", "hx-target": "#category-form", "hx-swap": "outerHTML"},
    )[
        idempotency(),
        h2("#category-new-title")["Create a category"],
        p(".muted")["It comes after the last one; drag it to its place then."],
        field_text(
            "category_name",
            "Name",
            name,
            errors=errors,
            required=True,
            autofocus=True,
            autocomplete="off",
            maxlength="512",
        ),
        div(".acts")[
            button(".btn", type="button", commandfor="category-new", command="close")["Cancel"],
            button(".btn.primary")["Create"],
        ],
    ]
