"""The lists of validation rules and of their assignments."""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Final

from msgspec import structs
from starlette.requests import Request
from starlette.responses import Response

from engine.assignments.body import assignment_body
from engine.kernel import tables
from engine.kernel.encode import Body
from engine.rules.body import rule_body
from fronts.query_string import (
    Given,
    page_of,
    require_known,
    single_parameter,
    time_of,
)
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError
from runtime.http.routing import caller_of, read_ident
from schemas.base import Millis
from schemas.errors import not_found
from services.audit.lists import queries
from services.audit.lists.assignments import IN_FORCE, counts_of
from services.audit.lists.filters import Where, text, texts
from services.audit.lists.lists import (
    BY_TIME,
    Listing,
    each_by,
    list_response,
    page_of_entities,
    wanted_entities,
)
from services.audit.lists.parameters import parameters_of
from services.audit.lists.times import TIMES


async def _render_rules(reads: Reads, project: str, rows: Sequence[tuple[str, str]]) -> list[Body]:
    """Sets with how many objects each binds now."""
    counts = await counts_of(reads, project, [rule_id for rule_id, _ in rows])
    found = [tables.RULES.decode(body.encode()) for _, body in rows]
    return [
        rule_body(structs.replace(each, assignments_count=counts.get(each.id, 0))) for each in found
    ]


RULES: Final = Listing(
    "validation_rule",
    "data",
    _render_rules,
    MappingProxyType(
        {
            "created_at": TIMES["created_at"],
            "updated_at": TIMES["updated_at"],
            "id": text("id"),
            "name": text("alias"),
            "type": text("type"),
            "context_type": texts("texts['context_type']"),
        }
    ),
    plain=MappingProxyType(
        {
            "name": "alias = {name:String}",
            "type": "type = {type:String}",
            "context_type": "has(texts['context_type'], {context_type:String})",
        }
    ),
    orders=MappingProxyType({**BY_TIME, "name": ("alias", "id")}),
)
ASSIGNMENTS: Final = Listing(
    "rule_assignment",
    "data",
    each_by(lambda body: assignment_body(tables.ASSIGNMENTS.decode(body))),
    MappingProxyType(
        {
            "created_at": TIMES["created_at"],
            "id": text("id"),
            "rule_id": texts("texts['rule_id']"),
            "related_object_id": text("alias"),
            "related_object_type": text("type"),
        }
    ),
    plain=MappingProxyType(
        {
            "related_object_id": "alias = {related_object_id:String}",
            "rule": "has(texts['rule_id'], {rule:String})",
        }
    ),
    orders=MappingProxyType({"created_at": BY_TIME["created_at"]}),
    only=IN_FORCE,
    ranges=("created_at",),
)
#: Plain parameters that bound the time of creation, both ends included.
_PERIOD: Final[tuple[tuple[str, str], ...]] = (("start_date", ">="), ("end_date", "<="))


async def list_rules(reads: Reads, clock_ms: Callable[[], Millis], request: Request) -> Response:
    """GET /v1/validation-rules."""
    given = parameters_of(request)
    require_known(given, RULES.parameters | {name for name, _ in _PERIOD})
    where = wanted_entities(RULES, caller_of(request).project, given, clock_ms())
    for name, compared in _PERIOD:
        bound = single_parameter(given, name)
        if bound is not None:
            where.add(f"created_at {compared} {{{name}:Int64}}", **{name: time_of(bound)})
    reads = reads.up_to(request)
    return await _answer_page(RULES, reads, where, given)


async def list_assignments_of(
    reads: Reads, clock_ms: Callable[[], Millis], request: Request
) -> Response:
    """GET /v1/validation-rules/{rule}/assignments."""
    rule_id = read_ident(request, "rule")
    given = parameters_of(request)
    require_known(given, ASSIGNMENTS.parameters - {"rule"})
    project = caller_of(request).project
    where = wanted_entities(ASSIGNMENTS, project, given, clock_ms())
    where.add("has(texts['rule_id'], {rule_id:String})", rule_id=rule_id)
    reads = reads.up_to(request)
    # what is gone has no body
    if not await reads.rows(queries.entities(project, "validation_rule", [rule_id])):
        raise ApiError(not_found("validation_rules", rule_id))
    return await _answer_page(ASSIGNMENTS, reads, where, given)


async def _answer_page(
    listing: Listing, reads: Reads, where: Where, given: list[Given]
) -> Response:
    page = page_of(given, frozenset(listing.orders))
    found = await page_of_entities(listing, reads, where, page)
    ((total,),) = await reads.rows(queries.count_entities(where))
    return list_response(listing.name, found, total=total)
