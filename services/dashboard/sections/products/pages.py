"""The list of products: its columns, its filters, its addresses."""

from typing import Final

from starlette.responses import Response

from services.dashboard.lists import usual_columns
from services.dashboard.lists.handlers import chosen_keys, list_pages
from services.dashboard.lists.resource import Bulk, Column, Empty, Resource, list_of
from services.dashboard.parts.forms import field_switch
from services.dashboard.parts.show import NOTHING
from services.dashboard.sections.products import importing, product_form, sku_form
from services.dashboard.sections.products.details import WHAT_FORCE_DOES, tell_product
from services.dashboard.sections.products.fields import FIELDS
from services.dashboard.sections.products.naming import (
    BACK,
    TABS,
    picture_link,
    product_name,
    say_attributes,
    skus_count,
)
from services.dashboard.web.answers import go_to
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

COLUMNS: Final = (
    Column("name", "Product", lambda row, _: product_name(row)),
    Column("source_id", "Source id", lambda row, _: row.get("source_id") or NOTHING, is_mono=True),
    Column("price", "Price", lambda row, show: show.money(row.get("price")), is_number=True),
    Column("skus", "SKUs", lambda row, show: show.number(skus_count(row)), is_number=True),
    Column("attributes", "Attributes", lambda row, _: say_attributes(row.get("attributes"))),
    Column("picture", "Picture", lambda row, _: picture_link(row.get("image_url"))),
    usual_columns.CREATED,
    Column(
        "changed",
        "Changed",
        lambda row, show: show.when(row.get("updated_at")),
        "updated_at",
        is_number=True,
    ),
    usual_columns.ID,
)


async def delete_one(visit: Visit) -> Response:
    """Moves a product to the bin, or deletes it for good. Raises ApiFault."""
    form = await visit.form()
    is_for_good = form.get("force") == "true"
    params = {"force": "true"} if is_for_good else {}
    await visit.api.delete(f"/v1/products/{escape_segment(visit.path('id'))}", params)
    return go_to(visit.request, BACK[1], "Deleted for good" if is_for_good else "Moved to the bin")


async def delete_chosen(visit: Visit) -> Response:
    """Moves the chosen products to the bin, or deletes them for good. Raises ApiFault."""
    form = await visit.form()
    keys = chosen_keys(form)
    is_for_good = form.get("force") == "true"
    params = {"force": "true"} if is_for_good else {}
    for each in keys:
        await visit.api.delete(f"/v1/products/{escape_segment(each)}", params)
    said = "deleted for good" if is_for_good else "moved to the bin"
    return go_to(visit.request, BACK[1], f"{len(keys)} {said}")


PRODUCTS: Final = Resource(
    title="Products",
    one="product",
    lead="What the shop sells. Rules name products, discounts give them, orders take their prices.",
    path="/products",
    needs="products.read",
    icon="boxes",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=list_of("/v1/products", "products", FIELDS),
    key=lambda row: str(row["id"]),
    tell=tell_product,
    tabs=TABS,
    bulk=(
        Bulk(
            "delete",
            "Delete",
            "products.write",
            "They go to the bin with their SKUs. Rules and collections find them no more; orders keep what they say.",
            is_dangerous=True,
            fields=field_switch("force", "Delete for good", hint=WHAT_FORCE_DOES),
        ),
    ),
    actions=(
        ("Create a product", "/products/new", "plus", "products.write"),
        ("Import products", "/products/import", "upload", "imports.create"),
        ("Import SKUs", "/products/import-skus", "upload", "imports.create"),
        ("Export SKUs", "/exports/new?object=sku", "download", "exports.create"),
    ),
    export="product",
    follows="products",
    empty=Empty(
        "There is no product yet",
        "With products, rules can ask for what is in a cart, and orders that name none of their prices get them.",
        action=("Create a product", "/products/new"),
        curl='curl "$TESSERA/v1/products" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN" -H "Content-Type: application/json" -d \'{"source_id": "mug", "name": "Mug", "price": 1250}\'',
    ),
)
PAGES: Final[tuple[Page, ...]] = (
    *product_form.PAGES,
    *sku_form.PAGES,
    *importing.PAGES,
    Page("/products/delete", delete_chosen, "products.write", "POST"),
    Page("/products/{id}/delete", delete_one, "products.write", "POST"),
    *list_pages(PRODUCTS),
)
