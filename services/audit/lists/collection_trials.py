"""What would be in a collection with a filter that is not kept yet."""

from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from engine.collections.decide import wrong_filter
from engine.kernel.calendar import Moment
from engine.kernel.zones import zone_named
from fronts.fields import Body, Count
from fronts.query_string import LIMIT_MAX, Page
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.internal import time_zone_of
from runtime.http.routing import caller_of, management_router
from schemas.base import Millis
from schemas.collections import ProductCollection
from services.audit.lists.filters import Where
from services.audit.lists.lists import list_response
from services.audit.lists.products import Rows, find_met, members_page, render_members

#: How many of the products and SKUs are shown where the request does not say.
SHOWN_DEFAULT: Final = 10


class TryCollectionBody(Body):
    """The filter of a collection, and how many of what meets it are shown."""

    filter: dict[str, Any]
    limit: Annotated[Count, Field(ge=1, le=LIMIT_MAX)] | None = None


def collection_trial_router(reads: Reads, clock_ms: Callable[[], Millis]) -> APIRouter:
    """`POST /v1/product-collections/try`, which changes nothing."""
    router = management_router("product collections")

    @router.post("/v1/product-collections/try")
    async def try_filter(request: Request, body: TryCollectionBody) -> Response:
        now = clock_ms()
        tried = ProductCollection(
            id="", name="", created_at=now, type="AUTO_UPDATE", filter=_text_of(body.filter)
        )
        refusal = wrong_filter(tried)
        if refusal is not None:
            raise ApiError(refusal)
        page = Page(body.limit or SHOWN_DEFAULT, 0, "created_at", descending=True)
        project, current = caller_of(request).project, reads.up_to(request)
        moment = Moment(now, zone_named(time_zone_of(request)))
        ids, total = await find_met(current, project, tried, None, page, moment)
        where = Where(project)
        where.add("kind IN ('product', 'sku') AND deleted = 0")
        where.add("id IN {ids:Array(String)}", ids=ids)
        rows: Rows = await current.rows(members_page(where, page))
        return list_response("data", await render_members(current, project, rows), total=total)

    return router


def _text_of(given: dict[str, Any]) -> str:
    """The filter as the core reads it. Raises ApiError for one that is too deep to be written."""
    try:
        return msgspec.json.encode({"junction": "and"} | given).decode()
    except RecursionError:
        raise invalid_payload("Property `.filter` is too deep") from None
