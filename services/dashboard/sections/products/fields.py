"""What products and files of SKUs are filtered by."""

from typing import Final

from services.dashboard.lists import usual
from services.dashboard.lists.fields import Field

FIELDS: Final = (
    Field("name", "Name", "texts"),
    Field("source_id", "Source id"),
    Field("price", "Price", "money"),
    Field("attributes", "Attribute", "texts"),
    usual.CREATED,
    usual.CHANGED,
    usual.METADATA,
    usual.ID,
)
#: Those of SKUs, which are listed in files alone.
SKU_FIELDS: Final = (
    Field("sku", "SKU"),
    Field("source_id", "Source id"),
    Field("product_id", "Product id"),
    Field("price", "Price", "money"),
    usual.CREATED,
    usual.CHANGED,
    usual.METADATA,
    usual.ID,
)
