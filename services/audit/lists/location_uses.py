"""What asks of a location: sets of validation rules, segments, and collections with a filter."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from fronts.query_string import page_of, require_known
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError
from runtime.http.routing import caller_of, read_ident
from schemas.errors import not_found
from services.audit.lists import queries
from services.audit.lists.lists import PAGING, list_response
from services.audit.lists.parameters import parameters_of
from services.audit.sink.entities import ENTITIES
from services.audit.sink.location_rows import KIND as LOCATION
from services.audit.sink.product_rows import COLLECTION
from services.audit.sink.segment_rows import KIND as SEGMENT

#: What may name locations, and what the API calls it.
_OBJECTS: Final[Mapping[str, str]] = MappingProxyType(
    {"validation_rule": "validation_rules", SEGMENT: "segment", COLLECTION: "products_collection"}
)
# an id is like no other text, so that it stands in a body is that it is asked of
_NAMING: Final = (
    f"FROM {ENTITIES.full_name} FINAL WHERE project = {{project:String}} "
    "AND kind IN {kinds:Array(String)} AND deleted = 0 AND position(body, {location:String}) > 0"
)


async def list_location_uses(reads: Reads, request: Request) -> Response:
    """GET /v1/locations/{id}/uses, the newest first unless asked otherwise."""
    given = parameters_of(request)
    require_known(given, PAGING)
    page = page_of(given, frozenset({"created_at"}))
    project, location = caller_of(request).project, read_ident(request, "location")
    reads = reads.up_to(request)
    if not await reads.rows(queries.entities(project, LOCATION, [location])):
        raise ApiError(not_found("location", location))
    values = {"project": project, "kinds": list(_OBJECTS), "location": location}
    ((total,),) = await reads.rows(Query(f"SELECT count() {_NAMING}", values))
    columns = "kind, id, JSONExtractString(body, 'name')"
    clause = queries.page_clause(("created_at", "id"), page)
    paged = {**values, "limit": page.limit, "offset": page.offset}
    rows = await reads.rows(Query(f"SELECT {columns} {_NAMING} {clause}", paged))
    found = [{"id": each, "object": _OBJECTS[kind], "name": name} for kind, each, name in rows]
    return list_response("data", found, total=total)
