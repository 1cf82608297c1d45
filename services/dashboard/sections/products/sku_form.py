"""SKUs of a product: added, changed, deleted."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, div, fragment
from starlette.responses import Response

from services.dashboard.parts.forms import (
    Errors,
    field_area,
    field_switch,
    field_text,
    form_page,
    group,
    write_metadata,
)
from services.dashboard.parts.page import confirm_dialog, dialog_button, head
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.products.details import WHAT_FORCE_DOES
from services.dashboard.sections.products.goods_fields import (
    field_metadata,
    field_picture,
    field_price,
    field_source_id,
    values_of_goods,
)
from services.dashboard.sections.products.naming import product_name, sku_name
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

NAMES: Final = ("sku", "source_id", "price", "attributes", "image_url", "metadata")


def values_of_sku(row: Row) -> dict[str, str]:
    """What the form shows of a SKU that there is."""
    return {
        "sku": str(row.get("sku") or ""),
        "attributes": write_metadata(row.get("attributes") or {}),
        **values_of_goods(row),
    }


def sku_form(
    values: Mapping[str, str],
    product: Row,
    show: Show,
    *,
    row: Row | None = None,
    errors: Errors | None = None,
) -> Node:
    """Its fields; the source id of one that there is cannot change."""
    parent = f"/products/{escape_segment(str(product['id']))}"
    names = ", ".join(map(str, product.get("attributes") or []))
    return form_page(
        f"{parent}/skus/{escape_segment(str(row['id']))}/edit" if row else f"{parent}/skus/new",
        group(
            "SKU",
            field_text("sku", "Name", values.get("sku"), errors=errors, autocomplete="off"),
            field_source_id(values, row, errors),
            field_price(
                values, show, errors, f"Empty: as the product, {show.money(product.get('price'))}"
            ),
        ),
        group(
            "What it is like",
            field_area(
                "attributes",
                "Attributes",
                values.get("attributes"),
                errors=errors,
                hint=f"One a line: name = value. The product names {names}."
                if names
                else "One a line: name = value",
                spellcheck="false",
            ),
            field_picture(values, errors),
            field_metadata(values, errors),
        ),
        errors=errors or None,
        save="Save" if row else "Add the SKU",
        cancel=parent,
    )


def read_sku(values: Mapping[str, str], old: Row | None, errors: dict[str, str]) -> dict[str, Any]:
    """The body of a new SKU, or of a change; what is wrong goes into `errors`."""
    attributes = read_lines(values["attributes"], "attributes", errors)
    metadata = read_lines(values["metadata"], "metadata", errors)
    body: dict[str, Any] = {
        "sku": values["sku"] or None,
        "price": read_price(values["price"], "price", errors),
        "attributes": attributes,
        "image_url": values["image_url"] or None,
        "metadata": change_metadata(old.get("metadata") if old else None, metadata),
    }
    if old is None:
        body["source_id"] = values["source_id"] or None
        return {name: value for name, value in body.items() if value not in (None, {})}
    return body


async def _product(visit: Visit) -> Row:
    found: Row = await visit.api.get(f"/v1/products/{escape_segment(visit.path('id'))}")
    return found


async def show_new(visit: Visit) -> Response:
    """The form of a new one. Raises ApiFault."""
    product = await _product(visit)
    title = f"Add a SKU to {product_name(product)}"
    return answer_page(visit, title, fragment[head(title), sku_form({}, product, visit.show)])


async def show_edit(visit: Visit) -> Response:
    """The form of one that there is. Raises ApiFault."""
    product = await _product(visit)
    row = await visit.api.get(f"/v1/skus/{escape_segment(visit.path('sku'))}")
    name = sku_name(row)
    path = f"/products/{escape_segment(str(product['id']))}/skus/{escape_segment(str(row['id']))}"
    content = fragment[
        head(f"Edit {name}", "", dialog_button("Delete", "delete-sku", ".danger", "trash")),
        sku_form(values_of_sku(row), product, visit.show, row=row),
        div[
            confirm_dialog(
                "delete-sku",
                title=f"Delete {name}?",
                what_happens="It goes to the bin; its product stays. Orders keep what they say.",
                action=f"{path}/delete",
                do="Delete",
                fields=field_switch("force", "Delete for good", hint=WHAT_FORCE_DOES),
            )
        ],
    ]
    return answer_page(visit, f"Edit {name}", content)


async def save(visit: Visit) -> Response:
    """Adds or changes it. Raises ApiFault."""
    form, product = await visit.form(), await _product(visit)
    values, errors = read_typed(form, NAMES), dict[str, str]()
    name = visit.request.path_params.get("sku")
    row = await visit.api.get(f"/v1/skus/{escape_segment(str(name))}") if name else None
    body = read_sku(values, row, errors)
    path = f"/v1/products/{escape_segment(str(product['id']))}/skus"
    if not errors:
        try:
            if row is None:
                await visit.api.post(path, body, key=key_of(form))
            else:
                await visit.api.put(
                    f"{path}/{escape_segment(str(row['id']))}", body, key=key_of(form)
                )
        except Refused as fault:
            errors = place_fault(fault, NAMES)
    if errors:
        return answer_node(sku_form(values, product, visit.show, row=row, errors=errors))
    address = f"/products/{escape_segment(str(product['id']))}"
    return go_to(visit.request, address, "Saved" if row else "SKU added")


async def delete(visit: Visit) -> Response:
    """Moves it to the bin, or deletes it for good. Raises ApiFault."""
    form = await visit.form()
    is_for_good = form.get("force") == "true"
    product, sku = escape_segment(visit.path("id")), escape_segment(visit.path("sku"))
    params = {"force": "true"} if is_for_good else {}
    await visit.api.delete(f"/v1/products/{product}/skus/{sku}", params)
    said = "Deleted for good" if is_for_good else "Moved to the bin"
    return go_to(visit.request, f"/products/{product}", said)


async def find_product(visit: Visit) -> Response:
    """A SKU is shown with its product. Raises ApiFault."""
    row = await visit.api.get(f"/v1/skus/{escape_segment(visit.path('sku'))}")
    return go_to(visit.request, f"/products/{escape_segment(str(row['product_id']))}")


PAGES: Final[tuple[Page, ...]] = (
    Page("/skus/{sku}", find_product, "products.read"),
    Page("/products/{id}/skus/new", show_new, "products.write"),
    Page("/products/{id}/skus/new", save, "products.write", "POST"),
    Page("/products/{id}/skus/{sku}/edit", show_edit, "products.write"),
    Page("/products/{id}/skus/{sku}/edit", save, "products.write", "POST"),
    Page("/products/{id}/skus/{sku}/delete", delete, "products.write", "POST"),
)
