"""How products, SKUs and their attributes are told in one line."""

from typing import Any, Final
from urllib.parse import urlsplit

from htpy import Node, a

from services.dashboard.parts.icons import icon
from services.dashboard.parts.show import NOTHING, Row, Show, first_of

TABS: Final = (("Products", "/products"), ("Collections", "/collections"))
BACK: Final = ("Products", "/products")
COLLECTIONS: Final = ("Collections", "/collections")


def product_name(row: Row) -> str:
    """How a product is called."""
    return first_of(row, "name", "source_id", "id")


def sku_name(row: Row) -> str:
    """How a SKU is called."""
    return first_of(row, "sku", "source_id", "id")


def picture_link(address: Any) -> Node:
    """A picture elsewhere, as a link: pages load nothing of other hosts."""
    if not isinstance(address, str) or not address:
        return NOTHING
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    if parts.scheme not in ("http", "https"):
        return address
    return a(".link", href=address, target="_blank", rel="noreferrer noopener")[
        parts.hostname or address, " ", icon("external", 12)
    ]


def skus_count(row: Row) -> int:
    """How many SKUs a product has."""
    return int((row.get("skus") or {}).get("total") or 0)


def say_attributes(value: Any) -> str:
    """Names of a product's attributes, or names and values of a SKU's."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {each}" for name, each in value.items()) or NOTHING
    if isinstance(value, list):
        return ", ".join(map(str, value)) or NOTHING
    return NOTHING


def sku_price(sku: Row, product: Row, show: Show) -> str:
    """What a SKU costs: its own price, else that of its product."""
    if sku.get("price") is not None:
        return show.money(sku["price"])
    return f"{show.money(product.get('price'))} as the product"
