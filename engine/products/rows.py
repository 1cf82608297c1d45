"""The rows of products' and SKUs' imports: each is decided like a request of its own."""

from typing import Any

from engine.background.decode import decode_row
from engine.kernel.decision import Decision
from engine.kernel.state import View
from engine.products.decide import create_product, create_sku
from schemas.actions import ImportProducts, ImportSkus
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal
from schemas.products import CreateProduct, CreateSku, Product


def import_product_row(
    view: View, command: Command, _: ImportProducts, row: dict[str, Any], now: Millis
) -> Decision | Refusal:
    """Creates or completes the row's product; the row has the shape `Product`."""
    product = decode_row(Product, {"id": "", "created_at": now} | row)
    if isinstance(product, Refusal):
        return product
    return create_product(view, command, CreateProduct(product), now)


def import_sku_row(
    view: View, command: Command, _: ImportSkus, row: dict[str, Any], now: Millis
) -> Decision | Refusal:
    """Creates or completes the row's SKU; the row has the shape `CreateSku`."""
    body = decode_row(CreateSku, row)
    if isinstance(body, Refusal):
        return body
    return create_sku(view, command, body, now)
