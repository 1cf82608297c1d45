"""The form of a product, for a new one and for one that there is."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import fragment
from starlette.responses import Response

from services.dashboard.parts.forms import (
    Errors,
    field_text,
    form_page,
    group,
)
from services.dashboard.parts.page import head
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.products.goods_fields import (
    field_metadata,
    field_picture,
    field_price,
    field_source_id,
    values_of_goods,
)
from services.dashboard.sections.products.naming import BACK, product_name
from services.dashboard.sections.saving import (
    change_metadata,
    key_of,
    place_fault,
    read_lines,
    read_price,
    read_typed,
)
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

NAMES: Final = ("name", "source_id", "price", "attributes", "image_url", "metadata")


def values_of_product(row: Row) -> dict[str, str]:
    """What the form shows of a product that there is."""
    return {
        "name": str(row.get("name") or ""),
        "attributes": ", ".join(map(str, row.get("attributes") or [])),
        **values_of_goods(row),
    }


def product_form(
    values: Mapping[str, str],
    show: Show,
    *,
    row: Row | None = None,
    errors: Errors | None = None,
    key: str | None = None,
) -> Any:
    """Its fields; the source id of one that there is cannot change."""
    path = f"/products/{escape_segment(str(row['id']))}" if row else "/products"
    return form_page(
        f"{path}/edit" if row else "/products/new",
        group(
            "Product",
            field_text("name", "Name", values.get("name"), errors=errors, autocomplete="off"),
            field_source_id(values, row, errors),
            field_price(values, show, errors),
        ),
        group(
            "What it is like",
            field_text(
                "attributes",
                "Attributes",
                values.get("attributes"),
                errors=errors,
                hint="Names with commas between them, as size, colour; SKUs say their values",
                autocomplete="off",
            ),
            field_picture(values, errors),
            field_metadata(values, errors),
        ),
        errors=errors or None,
        save="Save" if row else "Create the product",
        cancel=path,
        key=key,
    )


def read_product(
    values: Mapping[str, str], old: Row | None, errors: dict[str, str]
) -> dict[str, Any]:
    """The body of a new product, or of a change; what is wrong goes into `errors`."""
    metadata = read_lines(values["metadata"], "metadata", errors)
    body: dict[str, Any] = {
        "name": values["name"] or None,
        "price": read_price(values["price"], "price", errors),
        "attributes": [each.strip() for each in values["attributes"].split(",") if each.strip()],
        "image_url": values["image_url"] or None,
        "metadata": change_metadata(old.get("metadata") if old else None, metadata),
    }
    if old is None:
        body["source_id"] = values["source_id"] or None
        return {name: value for name, value in body.items() if value not in (None, [], {})}
    return body


async def show_new(visit: Visit) -> Response:
    """The form of a new one."""
    title = "Create a product"
    content = fragment[head(title), product_form({}, visit.show)]
    return answer_page(visit, title, content)


async def show_edit(visit: Visit) -> Response:
    """The form of one that there is. Raises ApiFault."""
    row = await visit.api.get(f"/v1/products/{escape_segment(visit.path('id'))}")
    title = f"Edit {product_name(row)}"
    content = fragment[head(title), product_form(values_of_product(row), visit.show, row=row)]
    return answer_page(visit, title, content)


async def save(visit: Visit) -> Response:
    """Creates or changes it. Raises ApiFault."""
    form = await visit.form()
    values, key = read_typed(form, NAMES), key_of(form)
    name = visit.request.path_params.get("id")
    path = f"/v1/products/{escape_segment(str(name))}"
    row = await visit.api.get(path) if name else None
    errors: dict[str, str] = {}
    body = read_product(values, row, errors)
    saved = None
    if not errors:
        try:
            if row is None:
                saved = await visit.api.post("/v1/products", body, key=key)
            else:
                saved = await visit.api.put(path, body, key=key)
        except Refused as fault:
            errors = place_fault(fault, NAMES)
            key = None
    if saved is None:
        return answer_node(product_form(values, visit.show, row=row, errors=errors, key=key))
    address = f"{BACK[1]}/{escape_segment(str(saved['id']))}"
    return go_to(visit.request, address, "Saved" if row else "Product created")


PAGES: Final[tuple[Page, ...]] = (
    Page("/products/new", show_new, "products.write"),
    Page("/products/new", save, "products.write", "POST"),
    Page("/products/{id}/edit", show_edit, "products.write"),
    Page("/products/{id}/edit", save, "products.write", "POST"),
)
