"""The sessions of a project: which there are, and giving one back as a whole.

They are read from the state, in the order of their keys, from a cursor: there may be as many as
carts. A page looks at a bounded number of them, whatever it finds, so it never holds the host up.
"""

from collections.abc import Iterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.kernel.lookup import find_stored_customer, find_voucher
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.sessions.body import session_body
from fronts.query_string import Given, limit_of, read_parameters, require_known, text_of
from runtime.http.routing import caller_of, read_ident
from schemas.sessions import EndSession, OpenSession
from services.validation.front import Validations

#: How many sessions are looked at for one page.
LOOKED_AT_MAX: Final = 1000
PARAMETERS: Final = frozenset({"limit", "starting_after_id", "key", "code", "customer"})


class Sessions:
    """The endpoints of sessions."""

    def __init__(self, validations: Validations) -> None:
        self._validations = validations

    async def list(self, request: Request) -> Response:
        """`GET /v1/sessions`."""
        view = await self._validations.fresh_view(caller_of(request).project)
        given = read_parameters(request.query_params.multi_items(), zone_of(view))
        require_known(given, PARAMETERS)
        limit, now = limit_of(given), self._validations.clock_ms()
        found: list[OpenSession] = []
        more_after = None
        wanted, whose = text_of(given, "customer"), None
        if wanted is not None:
            customer = find_stored_customer(view, wanted)
            whose = wanted if customer is None else customer.id
        for number, session in enumerate(_sessions(view, given), 1):
            if session.expires_at > now and whose in (None, session.customer_id):
                if len(found) == limit:
                    more_after = found[-1].key
                    break
                found.append(session)
            if number == LOOKED_AT_MAX:
                more_after = session.key
                break
        goes_on = {} if more_after is None else {"more_starting_after": more_after}
        answer = {
            "object": "list",
            "data_ref": "data",
            "data": [session_body(view, each) for each in found],
            "has_more": more_after is not None,
            **goes_on,
        }
        return self._validations.writes.respond(request, 200, answer)

    async def end(self, request: Request) -> Response:
        """`DELETE /v1/sessions/{key}`."""
        command = EndSession(read_ident(request, "session_key"))
        return await self._validations.writes.write(request, "session.end", command)


def _sessions(view: View, given: list[Given]) -> Iterator[OpenSession]:
    """The sessions of that key and on that voucher, expired ones included, from the cursor on."""
    after, key = text_of(given, "starting_after_id"), text_of(given, "key")
    code = text_of(given, "code")
    voucher = None if code is None else find_voucher(view, code)
    if code is not None and voucher is None:
        return
    if key is not None:
        session = view.get(tables.SESSIONS, key)
        held = session is not None and (voucher is None or voucher.id in session.voucher_ids)
        if session is not None and held and (after is None or after < key):
            yield session
    elif voucher is None:
        yield from view.scan(tables.SESSIONS, after=after)
    else:
        for hold in view.scan(tables.HOLDS, voucher.id, after=after):
            session = view.get(tables.SESSIONS, hold.session_key)
            if session is not None:
                yield session
