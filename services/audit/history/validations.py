"""The validations of the last days: what was asked, and what it came to.

Their rows hold no personal data: the customer is joined as known now. The answer is rendered of
what was decided then, in the form of `POST /v1/validations`, whichever endpoint gave it.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from engine.evaluation.body import session_body, validation_body
from engine.kernel.calendar import iso
from engine.kernel.encode import CHANNELS, Body
from fronts.answers import json_answer
from fronts.query_string import (
    Given,
    Page,
    conditions_of,
    invalid_parameter,
    page_of,
    range_of,
    require_known,
    single_parameter,
    text_of,
)
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError
from runtime.http.routing import caller_of, decode_ident
from schemas.base import DAY_MS, Millis
from schemas.errors import not_found
from schemas.observations import ValidationDetails
from schemas.sessions import Session
from services.audit.lists import queries
from services.audit.lists.filters import Field, Where, text, texts, time
from services.audit.lists.lists import PAGING, add_customer, list_response
from services.audit.lists.parameters import parameters_of
from services.audit.lists.simple_customers import simple_customers
from services.audit.sink.validation_table import INVALID, VALID, VALIDATIONS

ORDERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({"created_at": ("at", "id")})
FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    {
        "id": text("id"),
        "created_at": time("at"),
        "result": text("result", capitals=True),
        "session_key": text("session_key"),
        "code": texts("asked"),
        "failure_code": texts("failure_codes"),
        "customer_id": text("customer_id"),
    }
)
PARAMETERS: Final = PAGING | {
    "created_at", "filters", "result", "code", "customer", "session_key"
}  # fmt: skip
_COLUMNS: Final = "id, at, result, key_kind, session_key, asked, failure_codes, customer_id, body"
_AMOUNTS: Final = ("amount", "total_discount_amount", "total_amount")
_details: Final = msgspec.json.Decoder(ValidationDetails)


class Validations:
    """The endpoints of validations that were; `days` is how long they are kept."""

    def __init__(self, reads: Reads, clock_ms: Callable[[], Millis], days: int) -> None:
        self._reads = reads
        self._clock_ms = clock_ms
        self._days = days

    async def list(self, request: Request) -> Response:
        """GET /v1/validations."""
        given = parameters_of(request)
        require_known(given, PARAMETERS)
        page = page_of(given, frozenset(ORDERS))
        where = self._kept(request)
        where.within("at", range_of(given, "created_at"))
        where.satisfies(FIELDS, *conditions_of(given))
        _add_result(where, single_parameter(given, "result"))
        key = text_of(given, "session_key")
        if key is not None:
            where.add("session_key = {session_key:String}", session_key=key)
        reads = self._reads.up_to(request)
        await _add_code(where, reads, text_of(given, "code"))
        await add_customer(where, reads, given, "customer_id")
        ((total,),) = await reads.rows(queries.count_latest(VALIDATIONS, where))
        rows = await reads.rows(_validations_page(where, page)) if total else []
        bodies = await _bodies(reads, where.values["project"], rows)
        return list_response("data", bodies, total=total)

    async def get(self, request: Request) -> Response:
        """GET /v1/validations/{id}: with the request and the answer."""
        validation_id = decode_ident(request.path_params["id"])
        where = self._kept(request)
        where.add("id = {id:String}", id=validation_id)
        reads = self._reads.up_to(request)
        rows = await reads.rows(_validations_page(where, Page(1, 0, "created_at", descending=True)))
        if not rows:
            raise ApiError(not_found("validation", validation_id))
        (body,) = await _bodies(reads, where.values["project"], rows)
        return json_answer(body | _said(rows[0], body["customer"]))

    def _kept(self, request: Request) -> Where:
        now = self._clock_ms()
        where = Where(caller_of(request).project, now)
        _add_kept(where, now, self._days)
        return where


def _add_kept(where: Where, now: Millis, days: int) -> None:
    where.add("at > {kept_after:Int64}", kept_after=now - days * DAY_MS)


def _validations_page(where: Where, page: Page) -> Query:
    return Query(
        f"SELECT {_COLUMNS} FROM {VALIDATIONS.full_name} FINAL "  # noqa: S608  constants
        f"WHERE {where.text} {queries.page_clause(ORDERS[page.order], page)}",
        {**where.values, "limit": page.limit, "offset": page.offset},
    )


def _add_result(where: Where, given: Given | None) -> None:
    if given is None:
        return
    result = given.value.upper()
    if result not in (VALID, INVALID):
        raise invalid_parameter(given.name, f"must be `{VALID}` or `{INVALID}`")
    where.add("result = {result:String}", result=result)


async def _add_code(where: Where, reads: Reads, code: str | None) -> None:
    """What was asked for by that name; of a voucher by its code or its id, whichever is given."""
    if code is None:
        return
    found = await reads.rows(queries.voucher_names(where.values["project"], code))
    names = sorted({code, *(name for row in found for name in row)})
    where.add("hasAny(asked, {asked:Array(String)})", asked=names)


async def _bodies(reads: Reads, project: str, rows: Sequence[Sequence[Any]]) -> list[Body]:
    customers = await simple_customers(reads, project, [row[7] for row in rows])
    return [_body(row, customers.get(row[7])) for row in rows]


def _body(row: Sequence[Any], customer: Body | None) -> Body:
    """A validation as lists show it: what it came to, without the request and the answer."""
    validation_id, at, result, key_kind, session_key, asked, failure_codes, customer_id, _ = row
    answer = _answer(row) or {}
    order = answer.get("order") or {}
    return {
        "id": validation_id,
        "object": "validation",
        "created_at": iso(at),
        "result": result,
        "channel": CHANNELS[key_kind],
        "session_key": session_key or None,
        "customer_id": customer_id or None,
        "customer": customer,
        "asked": asked,
        "failure_codes": failure_codes,
        "redeemables": answer.get("redeemables", []),
        "inapplicable_redeemables": answer.get("inapplicable_redeemables", []),
        "skipped_redeemables": answer.get("skipped_redeemables", []),
        **{name: order.get(name) for name in _AMOUNTS},
    }


async def find_said(
    reads: Reads, project: str, validation_id: str, now: Millis, days: int
) -> Body | None:
    """The request and the answer of a validation; None when it is older than the days it is kept."""
    where = Where(project)
    _add_kept(where, now, days)
    where.add("id = {id:String}", id=validation_id)
    page = Page(1, 0, "created_at", descending=True)
    rows = await reads.rows(_validations_page(where, page))
    if not rows:
        return None
    customers = await simple_customers(reads, project, [rows[0][7]])
    return _said(rows[0], customers.get(rows[0][7]))


def _said(row: Sequence[Any], customer: Body | None) -> Body:
    """The request and the answer; null where they were too large to be kept."""
    body = row[-1]
    if not body:
        return {"request": None, "answer": None}
    details = _details.decode(body)
    request = asked_body(details.asked, customer, details.session, row[4])
    return {"request": request, "answer": _answer(row)}


def asked_body(
    asked: Mapping[str, Any] | None,
    customer: Body | None,
    session: Session | None,
    session_key: str | None,
) -> Body:
    """The request of a validation: `Asked` as a map, and what is beside it."""
    body: Body = {**(asked or {})}
    if customer is not None:
        body["customer"] = customer
    if session is not None:
        body["session"] = session_body(session)
    elif session_key:
        body["session"] = {"type": "LOCK", "key": session_key}
    return body


def _answer(row: Sequence[Any]) -> Body | None:
    if not row[-1]:
        return None
    details = _details.decode(row[-1])
    return validation_body(
        row[0],
        details.evaluation,
        row[3],
        tracking_id=details.tracking_id,
        session=details.session,
    )
