"""What happened to the card of a member of a loyalty program: what its holder's feed shows of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from fronts.query_string import require_known, text_of
from runtime.clickhouse.reads import Reads
from runtime.http.routing import caller_of
from services.audit.history.activity import customer_named, hide_unasked, shown_entries
from services.audit.lists.cursors import cursor_of, cursor_response, read_page
from services.audit.lists.filters import Where
from services.audit.lists.finding import find_member
from services.audit.lists.parameters import parameters_of
from services.audit.sink.activity_table import ACTIVITY

#: `type` is our own.
_PARAMETERS: Final = frozenset({"limit", "order", "starting_after_id", "type"})
_PLACE: Final = ("log_offset", "log_index")
_OF_CARD: Final = (
    "project = {project:String} AND customer_id = {customer:String} "
    "AND voucher_id = {voucher:String}"
)
#: Types that the contract spells in a way of its own where they are a member's.
_SPELT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "customer.redemption.succeeded": "customer.redemption.succceeded",
        "customer.redemption.rollback.succeeded": "customer.redemption.rollback.succceeded",
    }
)


async def list_member_activity(reads: Reads, request: Request) -> Response:
    """GET /v1/loyalties/members/{member}/activity, and the same below a program."""
    given = parameters_of(request)
    require_known(given, _PARAMETERS)
    cursor = cursor_of(given, _PLACE, {"created_at": _PLACE})
    reads = reads.up_to(request)
    card = await find_member(reads, request)
    project = caller_of(request).project
    found = await reads.rows(customer_named(project, card.holder_id or ""))
    if not found:
        # nobody holds it, or whoever did was forgotten, and all that happened with it
        return cursor_response([], more=False)
    (customer_id, body) = found[0]
    where = Where(project, rows=_OF_CARD)
    where.values |= {"customer": customer_id, "voucher": card.id}
    asked = text_of(given, "type")
    if asked is not None:
        where.add("type = {type:String}", type=asked)
    hide_unasked(where, asked)
    place = f"{_OF_CARD} AND id = {{after_id:String}}"
    rows, more = await read_page(reads, ACTIVITY.full_name, where, place, cursor)
    shown = await shown_entries(reads, project, rows, customer_id, body)
    for entry in shown:
        entry["type"] = _SPELT.get(entry["type"], entry["type"])
    return cursor_response(shown, more=more)
