"""The rows of products' and SKUs' imports and bulk updates, as the engine wants them staged."""

import json
from typing import Any

import msgspec
from pydantic import ValidationError

from fronts.staging import Row
from runtime.http.payload import describe_pydantic
from schemas.products import CreateSku
from services.catalog.imports.csv_file import Columns, Fault, whole_number
from services.catalog.shop.product_bodies import ProductTerms, SkuTerms, product_of, sku_of

_PRODUCT = ("name", "source_id", "price", "attributes", "image_url")
_SKU = ("sku", "source_id", "price", "currency", "attributes", "image_url")


def product_row(body: ProductTerms) -> Row:
    """What a request says of one product, as a row of its action."""
    do = msgspec.to_builtins(product_of(body))
    return {"code": body.source_id or "", "do": do}


def source_row(source_id: str) -> Row:
    """The row of a product of which the rest is said for all."""
    return {"code": source_id, "do": {"source_id": source_id}}


def make_product(values: dict[str, Any], metadata: dict[str, str]) -> Row:
    """The row of one line of a file of products. Raises Fault."""
    given = {name: values[name] for name in _PRODUCT if name in values}
    if metadata:
        given["metadata"] = metadata
    try:
        return product_row(ProductTerms.model_validate(given))
    except ValidationError as error:
        raise _fault(error) from None


def make_sku(values: dict[str, Any], metadata: dict[str, str]) -> Row:
    """The row of one line of a file of SKUs. Raises Fault."""
    given = {name: values[name] for name in _SKU if name in values}
    if metadata:
        given["metadata"] = metadata
    try:
        body = SkuTerms.model_validate(given)
    except ValidationError as error:
        raise _fault(error) from None
    do: dict[str, Any] = msgspec.to_builtins(CreateSku(values["product_id"], sku_of(body)))
    do.pop("type", None)
    return {"code": body.source_id or "", "do": do}


def _fault(error: ValidationError) -> Fault:
    errors: list[dict[str, Any]] = [
        {**each} for each in error.errors(include_url=False, include_input=False)
    ]
    column = str(errors[0]["loc"][0]) if errors[0]["loc"] else ""
    return Fault(column, describe_pydantic(errors))


def _words(text: str) -> list[str]:
    """Texts with commas between them."""
    return [word.strip() for word in text.split(",") if word.strip()]


def _object(text: str) -> dict[str, Any]:
    """A JSON object."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    raise ValueError("a JSON object is wanted")


#: What a file of products may hold.
PRODUCT_COLUMNS = Columns(
    {
        "name": str,
        "source_id": str,
        "price": whole_number,
        "attributes": _words,
        "image_url": str,
    },
    (),
    make_product,
    named="source_id",
)
#: What a file of SKUs may hold; the product goes by id or source id.
SKU_COLUMNS = Columns(
    {
        "product_id": str,
        "sku": str,
        "source_id": str,
        "price": whole_number,
        "currency": str,
        "attributes": _object,
        "image_url": str,
    },
    ("product_id",),
    make_sku,
    named="source_id",
)
