"""The endpoints of the catalog, and the task that makes the first project."""

from collections.abc import Mapping

from runtime.http.service import Part, Service
from runtime.http.writes import Writes
from services.catalog.balances import balance_router
from services.catalog.bin import bin_router
from services.catalog.bootstrap import Bootstrap
from services.catalog.campaigns import campaign_router
from services.catalog.categories import category_router
from services.catalog.client_side import client_router
from services.catalog.custom_events import custom_event_routes
from services.catalog.customers import Erased, customer_router
from services.catalog.front import voucher_router
from services.catalog.imports import import_router
from services.catalog.locations import location_router
from services.catalog.orders import order_router
from services.catalog.product_collections import collection_router
from services.catalog.products import product_router
from services.catalog.projects import Issuance, project_router
from services.catalog.promotions import promotion_router
from services.catalog.publications import publication_router
from services.catalog.reads import Reads
from services.catalog.rewards import reward_router
from services.catalog.rules import rule_router
from services.catalog.segments import segment_router
from services.catalog.stacking import stacking_router
from services.catalog.webhooks import older_schema_router, schema_router, webhook_router


def make_service(
    writes: Writes, view_of: Reads, bootstrap: Bootstrap, issuance: Issuance, erased: Erased
) -> Service:
    """The service, to be mounted in a host."""

    def health() -> Mapping[str, Part]:
        return {"project": Part("starting") if bootstrap.keys is None else Part()}

    return Service(
        name="catalog",
        routes=custom_event_routes(writes),
        routers=(
            import_router(writes, view_of),
            voucher_router(writes, view_of),
            campaign_router(writes, view_of),
            promotion_router(writes, view_of),
            rule_router(writes, view_of),
            customer_router(writes, view_of, erased),
            order_router(writes, view_of),
            product_router(writes, view_of),
            collection_router(writes, view_of),
            publication_router(writes),
            client_router(writes),
            balance_router(writes),
            bin_router(writes),
            project_router(writes, view_of, issuance),
            webhook_router(writes, view_of, allow_private=issuance.allow_private),
            schema_router(writes, view_of),
            older_schema_router(writes, view_of),
            stacking_router(writes, view_of),
            category_router(writes, view_of),
            reward_router(writes, view_of),
            location_router(writes, view_of),
            segment_router(writes, view_of),
        ),
        tasks={"bootstrap": bootstrap.run},
        health=health,
    )
