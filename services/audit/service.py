"""Audit over HTTP: the history of redemptions and the lists of entities, for server-side keys.

Every query names the caller's project, so no other project's rows are ever seen.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runtime.base.clock import clock_ms
from runtime.clickhouse.reads import Reads
from runtime.http.service import Service
from schemas.base import Millis
from services.audit.history.activity import activity_routes
from services.audit.history.api_calls import ApiCallLog
from services.audit.history.changes import Changes
from services.audit.history.deliveries import list_deliveries
from services.audit.history.events import Events
from services.audit.history.log import AuditLog
from services.audit.history.member_activity import list_member_activity
from services.audit.history.records import ReadRecord, Records
from services.audit.history.redemption_activity import RedemptionActivity
from services.audit.history.stream import STREAM_SECONDS_MAX, EventStreams, Listen
from services.audit.history.transactions import (
    list_campaign_transactions,
    list_member_transactions,
    list_program_transactions,
    list_voucher_transactions,
)
from services.audit.history.validations import Validations
from services.audit.lists.actions import list_actions
from services.audit.lists.bin import list_bin
from services.audit.lists.campaigns import CAMPAIGNS, PROGRAMS
from services.audit.lists.collection_trials import collection_trial_router
from services.audit.lists.customers import list_customers
from services.audit.lists.lists import Listing, answer_list
from services.audit.lists.location_uses import list_location_uses
from services.audit.lists.orders import ORDERS
from services.audit.lists.products import COLLECTIONS, PRODUCTS, list_collected
from services.audit.lists.program_points import program_points
from services.audit.lists.programs import list_members
from services.audit.lists.promotions import STACKS, list_tiers
from services.audit.lists.publications import PUBLICATIONS, list_voucher_publications
from services.audit.lists.redemptions import (
    get_redemption,
    get_voucher_redemption,
    list_redemptions,
    list_voucher_redemptions,
)
from services.audit.lists.rules import ASSIGNMENTS, list_assignments_of, list_rules
from services.audit.lists.vouchers import VOUCHERS

#: What answers with a list whose filters know the present.
Timed = Callable[[Reads, Callable[[], Millis], Request], Awaitable[Response]]


class Kept(NamedTuple):
    """How many days audit keeps what nothing else depends on."""

    validation_days: int = 30
    #: Those that changed something are kept for good.
    api_call_days: int = 90


KEPT: Final = Kept()


def audit_service(
    reads: Reads,
    read_record: ReadRecord,
    listen: Listen,
    clock_ms: Callable[[], Millis] = clock_ms,
    kept: Kept = KEPT,
    stream_seconds: float = STREAM_SECONDS_MAX,
) -> Service:
    """The routes of audit; a host's sinks fill its tables (`tables.LEDGER_TABLES`)."""

    def listed(path: str, listing: Listing) -> Route:
        return Route(path, partial(answer_list, listing, reads, clock_ms), methods=["GET"])

    def read(path: str, handle: Callable[[Reads, Request], Awaitable[Response]]) -> Route:
        return Route(path, partial(handle, reads), methods=["GET"])

    def timed(path: str, handle: Timed) -> Route:
        return Route(path, partial(handle, reads, clock_ms), methods=["GET"])

    return Service(
        "audit",
        routes=(
            read("/v1/redemptions", list_redemptions),
            read("/v1/redemptions/{id:ident}", get_redemption),
            read("/v1/vouchers/{code:ident}/redemption", get_voucher_redemption),
            read("/v1/vouchers/{code:ident}/redemptions", list_voucher_redemptions),
            timed("/v1/vouchers/{code:ident}/publications", list_voucher_publications),
            listed("/v1/vouchers", VOUCHERS),
            listed("/v1/campaigns", CAMPAIGNS),
            *_loyalty_routes(reads, clock_ms),
            timed("/v1/validation-rules", list_rules),
            timed("/v1/validation-rules/{rule:ident}/assignments", list_assignments_of),
            listed("/v1/validation-rules-assignments", ASSIGNMENTS),
            timed("/v1/promotions/tiers", list_tiers),
            timed("/client/v1/promotions/tiers", list_tiers),
            listed("/v1/promotions/stacks", STACKS),
            listed("/v1/products", PRODUCTS),
            listed("/v1/product-collections", COLLECTIONS),
            timed("/v1/product-collections/{id:ident}/products", list_collected),
            listed("/v1/orders", ORDERS),
            listed("/v1/publications", PUBLICATIONS),
            timed("/v1/customers", list_customers),
            timed("/v1/segments/{segment:ident}/customers", list_customers),
            read("/v1/locations/{location:ident}/uses", list_location_uses),
            read("/v1/trash-bin", list_bin),
            timed("/v1/vouchers/{code:ident}/transactions", list_voucher_transactions),
            timed("/v1/campaigns/{id:ident}/transactions", list_campaign_transactions),
            read("/v1/webhook-deliveries", list_deliveries),
            timed("/v1/async-actions", list_actions),
            *_history_routes(reads, Records(read_record), listen, clock_ms, kept, stream_seconds),
        ),
        routers=(collection_trial_router(reads, clock_ms),),
    )


def _loyalty_routes(reads: Reads, clock_ms: Callable[[], Millis]) -> tuple[Route, ...]:
    """The routes of loyalty programs, and of their members by themselves and in their program."""
    programs = partial(answer_list, PROGRAMS, reads, clock_ms)
    members = partial(list_members, reads, clock_ms)
    of_program = partial(list_program_transactions, reads, clock_ms)
    of_member: tuple[tuple[str, Callable[[Request], Awaitable[Response]]], ...] = (
        ("transactions", partial(list_member_transactions, reads, clock_ms)),
        ("activity", partial(list_member_activity, reads)),
    )
    return (
        Route("/v1/loyalties", programs, methods=["GET"]),
        Route("/v1/loyalties/{campaign:ident}/members", members, methods=["GET"]),
        Route("/v1/loyalties/{campaign:ident}/transactions", of_program, methods=["GET"]),
        Route(
            "/v1/loyalties/{campaign:ident}/summary",
            partial(program_points, reads),
            methods=["GET"],
        ),
        *(
            Route(f"/v1/loyalties/{within}members/{{member:ident}}/{name}", listed, methods=["GET"])
            for name, listed in of_member
            for within in ("", "{campaign:ident}/")
        ),
    )


def _history_routes(
    reads: Reads,
    records: Records,
    listen: Listen,
    clock_ms: Callable[[], Millis],
    kept: Kept,
    stream_seconds: float,
) -> tuple[Route, ...]:
    """The routes of what happened, each by itself or as it happens."""
    events = Events(reads, records)
    streams = EventStreams(reads, records, listen, seconds_max=stream_seconds)
    activity = RedemptionActivity(reads, records)
    changes = Changes(reads, records)
    calls = ApiCallLog(reads, records, clock_ms, kept.api_call_days, kept.validation_days)
    log = AuditLog(reads, clock_ms, kept.api_call_days)
    validations = Validations(reads, clock_ms, kept.validation_days)
    return (
        Route("/v1/audit/log", log.list_all, methods=["GET"]),
        Route("/v1/audit/api-calls", calls.list_all, methods=["GET"]),
        Route("/v1/audit/api-calls/{id:ident}", calls.get, methods=["GET"]),
        Route("/v1/validations", validations.list, methods=["GET"]),
        Route("/v1/validations/{id:ident}", validations.get, methods=["GET"]),
        Route("/v1/audit/stream", streams.answer, methods=["GET"]),
        Route("/v1/audit/events", events.list_all, methods=["GET"]),
        Route("/v1/audit/events/{id:ident}", events.get, methods=["GET"]),
        Route(
            "/v1/audit/redemptions/{id:ident}/events",
            events.list_of_redemption,
            methods=["GET"],
        ),
        Route("/v1/redemptions/{id:ident}/activity", activity.list_all, methods=["GET"]),
        Route("/v1/audit/changes", changes.list_all, methods=["GET"]),
        *activity_routes(reads, clock_ms),
    )
