"""Files of products and of SKUs."""

from typing import Final

from services.dashboard.sections.importing import Import, import_pages
from services.dashboard.web.routes import Page

_PRODUCTS: Final = Import(
    what="products",
    path="/products/import",
    api_path="/v1/products/importCSV",
    back="/products",
    columns="name, source_id, price, attributes (with commas between them), image_url. Any other column is metadata.",
    happens="Each row creates a product, or completes the one with its source id.",
    example='name,source_id,price,attributes,kind\nMug,mug,1250,"size,colour",home\n',
)
_SKUS: Final = Import(
    what="SKUs",
    path="/products/import-skus",
    api_path="/v1/skus/importCSV",
    back="/products",
    columns="product_id is needed: an id or a source id. Others may be there: sku, source_id, price, currency, attributes (a JSON object), image_url. Any other column is metadata.",
    happens="Each row adds a SKU to its product, or completes the one with its source id.",
    example='product_id,sku,source_id,price,attributes\nmug,Large mug,mug-l,1450,"{""size"": ""L""}"\n',
)
PAGES: Final[tuple[Page, ...]] = (*import_pages(_PRODUCTS), *import_pages(_SKUS))
