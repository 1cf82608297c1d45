"""One collection: what makes something a member, and the members."""

import asyncio
from typing import Final

from htpy import Node, a, fragment, p, table, tbody, td, th, thead, tr

from services.dashboard.parts.condition_words import say_filter
from services.dashboard.parts.facts import (
    badge,
    block,
    code_text,
    facts,
    link,
    not_known,
    raw_block,
)
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import Details, confirm_dialog, dialog_button
from services.dashboard.parts.show import NOTHING, Row, Show
from services.dashboard.sections.products.naming import product_name, sku_name
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

MEMBERS_MAX: Final = 25
#: Fields of a collection's filter → how they are called.
LABELS: Final = {
    "id": "Id",
    "product_id": "Product id",
    "source_id": "Source id",
    "name": "Name",
    "sku": "SKU",
    "price": "Price",
    "attributes": "Attribute",
    "created_at": "Created",
    "updated_at": "Changed",
}
MONEY: Final = ("price",)


def kind_badge(row: Row) -> Node:
    """Whether its members are named, or follow a filter."""
    return badge("Automatic", "accent") if row.get("type") == "AUTO_UPDATE" else badge("Static")


async def tell_collection(visit: Visit, key: str) -> Details:
    """One of them, with its newest members. Raises ApiFault."""
    path = f"/v1/product-collections/{escape_segment(key)}"
    row, members = await asyncio.gather(
        visit.api.get(path),
        ask_quietly(visit.api.get(f"{path}/products", {"limit": str(MEMBERS_MAX)})),
    )
    return collection_details(visit, row, members)


def collection_details(visit: Visit, row: Row, members: Row | None) -> Details:
    """The same of what was answered; `members` None: they could not be asked."""
    show, may_change = visit.show, visit.may("products.write")
    name = str(row.get("name") or row["id"])
    path = f"/collections/{escape_segment(str(row['id']))}"
    body = fragment[
        facts(
            ("Id", code_text(row["id"])),
            ("Created", show.when(row.get("created_at"))),
        ),
        row.get("type") == "AUTO_UPDATE" and block("What belongs to it", filter_words(row, show)),
        block("Members", not_known() if members is None else member_lines(members, show)),
        raw_block(row, f"/v1/product-collections/{row['id']}", "The collection"),
    ]
    return Details(
        title=name,
        name=f"Collection {name}",
        href=path,
        badge=kind_badge(row),
        body=body,
        actions=may_change
        and fragment[
            a(".btn", href=f"{path}/edit")[icon("edit", 14), "Edit"],
            dialog_button("Delete", "delete-collection", ".danger", "trash"),
        ],
        dialogs=may_change
        and confirm_dialog(
            "delete-collection",
            title=f"Delete {name}?",
            what_happens="It is gone at once; its products stay. While a set of validation rules names it, it cannot be deleted.",
            action=f"{path}/delete",
            do="Delete",
        ),
    )


def filter_words(row: Row, show: Show) -> Node:
    """Its filter, a sentence each."""
    rule = row.get("filter") or {}
    said = say_filter(rule, LABELS, MONEY, show)
    if not said:
        return p(".muted")["Every product and SKU."]
    if len(said) == 1:
        return p[said[0]]
    how = "Any of these:" if str(rule.get("junction")).lower() == "or" else "All of these:"
    return fragment[p(".muted")[how], (p[each] for each in said)]


def member_lines(members: Row, show: Show) -> Node:
    """Members, newest first, and how many there are."""
    rows = members.get("data") or members.get("products") or []
    if not rows:
        return p(".muted")["Nothing is in it."]
    total = members.get("total")
    return fragment[
        table(".lines", aria_label="Members")[
            thead[
                tr[
                    th(scope="col")["Name"],
                    th(scope="col")["Kind"],
                    th(scope="col")["Source id"],
                    th(".num", scope="col")["Price"],
                ]
            ],
            tbody[(_member(each, show) for each in rows)],
        ],
        isinstance(total, int)
        and p(".muted", role="status")[
            f"{show.number(total)} in all"
            + (f", the newest {len(rows)} of them here." if total > len(rows) else ".")
        ],
    ]


def _member(row: Row, show: Show) -> Node:
    is_sku = row.get("object") == "sku"
    product = str(row.get("product_id") if is_sku else row["id"])
    name = sku_name(row) if is_sku else product_name(row)
    return tr[
        td[link(name, f"/products/{escape_segment(product)}")],
        td["SKU" if is_sku else "Product"],
        td(".mono")[row.get("source_id") or NOTHING],
        td(".num")[show.money(row.get("price"))],
    ]
