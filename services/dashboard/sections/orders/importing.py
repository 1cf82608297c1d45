"""Files of orders."""

from typing import Final

from services.dashboard.sections.importing import Import, import_pages
from services.dashboard.web.routes import Page

PAGES: Final[tuple[Page, ...]] = import_pages(
    Import(
        what="orders",
        path="/orders/import",
        api_path="/v1/orders/import",
        back="/orders",
        columns="An array of orders as POST /v1/orders takes them, at most 2,000: source_id, status, amount, items, customer, created_at, metadata.",
        happens="Each entry creates an order, or completes the one with its source id. Nothing is redeemed by it.",
        example='[\n  {\n    "source_id": "1001",\n    "status": "PAID",\n    "created_at": "2026-01-15T09:30:00Z",\n    "customer": {"source_id": "shopper-1"},\n    "items": [{"source_id": "mug", "quantity": 2, "price": 1250}]\n  }\n]\n',
        is_json=True,
    )
)
