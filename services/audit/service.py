"""Audit over HTTP: the history of redemptions and the lists of entities, for server-side keys.

Every query names the caller's project, so no other project's rows are ever seen.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runtime.clickhouse import Database
from runtime.clock import clock_ms
from runtime.http.service import Service
from runtime.sink import Positions
from runtime.sink_host import Reads
from schemas.base import Millis
from services.audit.actions import list_actions
from services.audit.activity import activity_routes
from services.audit.api_calls import list_api_calls
from services.audit.bin import list_bin
from services.audit.campaigns import CAMPAIGNS
from services.audit.customers import list_customers
from services.audit.deliveries import list_deliveries
from services.audit.lists import Listing, answer_list
from services.audit.orders import ORDERS
from services.audit.publications import PUBLICATIONS
from services.audit.redemptions import get_redemption, get_voucher_redemption, list_redemptions
from services.audit.tables import DEFINITIONS
from services.audit.transactions import list_campaign_transactions, list_voucher_transactions
from services.audit.vouchers import VOUCHERS


def audit_service(
    database: Database, positions: Positions, clock_ms: Callable[[], Millis] = clock_ms
) -> Service:
    """The routes of audit; a host's sinks fill its tables (`tables.LEDGER_TABLES`)."""
    reads = Reads(database, positions, DEFINITIONS)

    def listed(path: str, listing: Listing) -> Route:
        return Route(path, partial(answer_list, listing, reads, clock_ms), methods=["GET"])

    def read(path: str, handle: Callable[[Reads, Request], Awaitable[Response]]) -> Route:
        return Route(path, partial(handle, reads), methods=["GET"])

    return Service(
        "audit",
        routes=(
            read("/v1/redemptions", list_redemptions),
            read("/v1/redemptions/{id:ident}", get_redemption),
            read("/v1/vouchers/{code:ident}/redemption", get_voucher_redemption),
            listed("/v1/vouchers", VOUCHERS),
            listed("/v1/campaigns", CAMPAIGNS),
            listed("/v1/orders", ORDERS),
            listed("/v1/publications", PUBLICATIONS),
            Route("/v1/customers", partial(list_customers, reads, clock_ms), methods=["GET"]),
            read("/v1/trash-bin", list_bin),
            read("/v1/vouchers/{code:ident}/transactions", list_voucher_transactions),
            read("/v1/campaigns/{id:ident}/transactions", list_campaign_transactions),
            read("/v1/webhook-deliveries", list_deliveries),
            read("/v1/async-actions", list_actions),
            read("/v1/audit/api-calls", list_api_calls),
            *activity_routes(reads),
        ),
    )
