"""One product: its price, its attributes and its SKUs."""

from collections.abc import Sequence

from htpy import Node, a, div, fragment, p, span, table, tbody, td, th, thead, tr

from services.dashboard.parts.facts import block, code_text, facts, metadata_facts, raw_block
from services.dashboard.parts.forms import field_switch
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import Details, confirm_dialog, dialog_button
from services.dashboard.parts.show import NOTHING, Row, Show
from services.dashboard.sections.products.naming import (
    picture_link,
    product_name,
    say_attributes,
    sku_name,
    sku_price,
    skus_count,
)
from services.dashboard.web.visit import Visit, escape_segment

WHAT_FORCE_DOES = "Not in the bin: its source ids are free at once, and it cannot be brought back"


async def tell_product(visit: Visit, key: str) -> Details:
    """One of them by id or source id. Raises ApiFault."""
    return product_details(visit, await visit.api.get(f"/v1/products/{escape_segment(key)}"))


def product_details(visit: Visit, row: Row) -> Details:
    """The same of what was answered."""
    show, name, may_change = visit.show, product_name(row), visit.may("products.write")
    path = f"/products/{escape_segment(str(row['id']))}"
    skus = (row.get("skus") or {}).get("data") or []
    body = fragment[
        facts(
            ("Id", code_text(row["id"])),
            ("Source id", row.get("source_id")),
            ("Price", show.money(row.get("price"))),
            ("Attributes", say_attributes(row.get("attributes"))),
            ("Picture", picture_link(row.get("image_url"))),
            ("Created", show.when(row.get("created_at"))),
            ("Changed", show.when(row["updated_at"])) if row.get("updated_at") else None,
        ),
        block(
            "SKUs",
            _skus(row, skus, show, path if may_change else ""),
            action=may_change
            and a(".btn.small", href=f"{path}/skus/new")[icon("plus", 13), "Add a SKU"],
        ),
        block("Metadata", metadata_facts(row.get("metadata"))),
        raw_block(row, f"/v1/products/{row['id']}", "The product"),
    ]
    return Details(
        title=name,
        name=f"Product {name}",
        href=path,
        body=body,
        actions=may_change
        and fragment[
            a(".btn", href=f"{path}/edit")[icon("edit", 14), "Edit"],
            dialog_button("Delete", "delete-product", ".danger", "trash"),
        ],
        dialogs=may_change
        and confirm_dialog(
            "delete-product",
            title=f"Delete {name}?",
            what_happens="It goes to the bin with its SKUs. Rules and collections find it no more; orders keep what they say. Its source ids stay taken while it lies there.",
            action=f"{path}/delete",
            do="Delete",
            fields=field_switch("force", "Delete for good", hint=WHAT_FORCE_DOES),
        ),
    )


def _skus(product: Row, rows: Sequence[Row], show: Show, path: str) -> Node:
    if not rows:
        return p(".muted")["It has none: it is sold as it is."]
    total = skus_count(product)
    return fragment[
        div(".scroll")[
            table(".lines", aria_label="SKUs")[
                thead[
                    tr[
                        th(scope="col")["SKU"],
                        th(scope="col")["Source id"],
                        th(scope="col")["Attributes"],
                        th(".num", scope="col")["Price"],
                        path and th(scope="col")[span(".sr")["What can be done"]],
                    ]
                ],
                tbody[(_sku(product, each, show, path) for each in rows)],
            ]
        ],
        total > len(rows) and p(".muted")[f"The newest {len(rows)} of {show.number(total)}."],
    ]


def _sku(product: Row, row: Row, show: Show, path: str) -> Node:
    name = sku_name(row)
    return tr(id=f"sku-{row['id']}")[
        td[name],
        td(".mono")[row.get("source_id") or NOTHING],
        td[say_attributes(row.get("attributes"))],
        td(".num")[sku_price(row, product, show)],
        path
        and td(".last")[
            a(
                ".btn.quiet.small.icon",
                href=f"{path}/skus/{escape_segment(str(row['id']))}/edit",
                aria_label=f"Edit {name}",
            )[icon("edit", 14)]
        ],
    ]
