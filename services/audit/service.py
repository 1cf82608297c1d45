"""Audit over HTTP: the lists of redemptions and vouchers, for server-side keys.

Every query names the caller's project, so no other project's rows are ever seen.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine import tables
from engine.render.customer import simple_customer_body
from engine.render.encode import Body, to_json
from engine.render.redemption import with_rollback
from engine.render.voucher import voucher_body
from runtime.clickhouse import Database
from runtime.http.errors import JSON, ApiError
from runtime.http.routing import caller_of, decode_ident
from runtime.http.service import Service
from runtime.query_string import (
    Given,
    conditions_of,
    invalid,
    page_of,
    range_of,
    read_parameters,
    require_known,
    single,
    text_of,
)
from runtime.sink import Positions
from runtime.sink_host import Reads
from schemas.errors import not_found
from services.audit import queries
from services.audit.queries import REDEMPTION_ORDERS, VOUCHER_ORDERS, Where
from services.audit.tables import DEFINITIONS

_PAGING = frozenset({"limit", "page", "order"})
_REDEMPTION_PARAMETERS = _PAGING | {
    "result", "campaign", "customer", "voucher_code", "created_at", "filters",
}  # fmt: skip
_VOUCHER_PARAMETERS = _PAGING | {"created_at", "updated_at", "code"}
#: The results that a list can be asked for by name alone, and the failures that stand for.
_RESULTS: Mapping[str, str] = {"success": "SUCCESS", "failure": "FAILURE"}
_NAMED_FAILURES: Mapping[str, str] = {"notexist": "not_found", "inactive": "voucher_disabled"}


def audit_service(database: Database, positions: Positions) -> Service:
    """The routes of audit; a host's sinks fill its tables (`tables.LEDGER_TABLES`)."""
    lists = _Lists(Reads(database, positions, DEFINITIONS))
    return Service(
        "audit",
        routes=(
            Route("/v1/redemptions", lists.redemptions, methods=["GET"]),
            Route("/v1/redemptions/{id:ident}", lists.redemption, methods=["GET"]),
            Route("/v1/vouchers", lists.vouchers, methods=["GET"]),
        ),
    )


class _Lists:
    """The handlers."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    async def redemptions(self, request: Request) -> Response:
        """GET /v1/redemptions."""
        given = read_parameters(request.query_params.multi_items())
        require_known(given, _REDEMPTION_PARAMETERS)
        page = page_of(given, frozenset(REDEMPTION_ORDERS))
        project = caller_of(request).project
        where = _redemptions_wanted(project, given)
        customer = text_of(given, "customer")
        await self._reads.ready(request)
        if customer is not None:
            found = await self._reads.rows(queries.customer_ids(project, customer))
            ids = [row[0] for row in found] or [customer]
            where.add("customer_id IN {customer_ids:Array(String)}", customer_ids=ids)
        ((total, newest),) = await self._reads.rows(queries.count_redemptions(where))
        where.add("log_offset <= {newest:Int64}", newest=newest)
        rows = await self._reads.rows(queries.list_redemptions(where, page)) if total else []
        return _list("redemptions", await self._completed(project, rows), total)

    async def redemption(self, request: Request) -> Response:
        """GET /v1/redemptions/{id}: a redemption, a failure, a rollback or a failed one."""
        redemption_id = decode_ident(request.path_params["id"])
        project = caller_of(request).project
        await self._reads.ready(request)
        rows = await self._reads.rows(queries.get_redemption(project, redemption_id))
        if not rows:
            raise ApiError(not_found("redemption", redemption_id))
        (body,) = await self._completed(project, rows)
        return _answer(body)

    async def vouchers(self, request: Request) -> Response:
        """GET /v1/vouchers."""
        given = read_parameters(request.query_params.multi_items())
        require_known(given, _VOUCHER_PARAMETERS)
        page = page_of(given, frozenset(VOUCHER_ORDERS))
        where = Where(caller_of(request).project)
        where.add("kind = 'voucher' AND deleted = 0")
        where.within("created_at", range_of(given, "created_at"))
        where.within("updated_at", range_of(given, "updated_at"))
        code = text_of(given, "code")
        if code is not None:
            where.add("alias = {code:String}", code=code)
        await self._reads.ready(request)
        rows = await self._reads.rows(queries.list_vouchers(where, page))
        found = [voucher_body(tables.VOUCHERS.decode(body.encode())) for _, body in rows]
        ((total,),) = await self._reads.rows(queries.count_vouchers(where))
        return _list("vouchers", found, total)

    async def _completed(self, project: str, rows: Sequence[tuple[Any, ...]]) -> list[Body]:
        """The bodies with what came later, or is kept elsewhere: rollbacks and customers."""
        bodies: list[Body] = [msgspec.json.decode(body) for _, body in rows]
        redeemed = [body["id"] for body in bodies if body["status"] == "SUCCEEDED"]
        rolled_back: dict[str, tuple[str, int]] = {}
        if redeemed:
            for redemption, rollback, at in await self._reads.rows(
                queries.rollbacks_of(project, redeemed)
            ):
                rolled_back[redemption] = (rollback, at)
        customers = await self._customers(project, bodies)
        found = []
        for body in bodies:
            body["customer"] = customers.get(body["customer_id"])
            rollback_of = rolled_back.get(body["id"])
            found.append(with_rollback(body, *rollback_of) if rollback_of else body)
        return found

    async def _customers(self, project: str, bodies: Sequence[Body]) -> dict[str, Body]:
        wanted = sorted({body["customer_id"] for body in bodies if body["customer_id"]})
        if not wanted:
            return {}
        rows = await self._reads.rows(queries.customers(project, wanted))
        return {
            customer_id: simple_customer_body(tables.CUSTOMERS.decode(body.encode()))
            for customer_id, body in rows
        }


def _redemptions_wanted(project: str, given: list[Given]) -> Where:
    where = Where(project)
    where.within("at", range_of(given, "created_at"))
    where.satisfies(*conditions_of(given))
    code = text_of(given, "voucher_code")
    if code is not None:
        where.add("voucher_code = {voucher_code:String}", voucher_code=code)
    campaign = text_of(given, "campaign")
    if campaign is not None:
        where.add(
            "(campaign_id = {campaign:String} OR campaign_name = {campaign:String})",
            campaign=campaign,
        )
    result = single(given, "result")
    if result is not None:
        _add_result(where, result)
    return where


def _add_result(where: Where, given: Given) -> None:
    """`Success`, `Failure`, or `Failure-` and a reason, in capitals or not."""
    name, _, reason = given.value.partition("-")
    result = _RESULTS.get(name.lower())
    if result is None or (reason and result == "SUCCESS"):
        raise invalid(given.name, "must be `Success`, `Failure` or `Failure-` and a failure code")
    where.add("result = {result:String}", result=result)
    if reason:
        code = _NAMED_FAILURES.get(reason.lower(), reason)
        where.add("failure_code = {failure_code:String}", failure_code=code)


def _list(name: str, items: list[Body], total: int) -> Response:
    return _answer({"object": "list", "data_ref": name, name: items, "total": total})


def _answer(body: Body) -> Response:
    return Response(to_json(body), media_type=JSON)
