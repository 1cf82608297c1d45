"""OAuth clients: keys that make access tokens of chosen scopes; a list of them is that of keys."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from htpy import Node, fragment, p, pre
from starlette.responses import Response

from schemas.scopes import CLIENT_SCOPE, SCOPES, SERVER_SCOPE
from services.dashboard.parts.forms import Errors, field_checks, field_text, form_page
from services.dashboard.parts.page import head
from services.dashboard.sections.settings.keys import NEEDS, NEW_CLIENT, PATH, token_shown
from services.dashboard.sections.settings.tabs import project_path
from services.dashboard.web.answers import answer_node, answer_page
from services.dashboard.web.asking import Refused, errors_of
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit

_OF_BROWSERS: Final = CLIENT_SCOPE.removesuffix("api")
#: What tokens may open, by the API that it is of; the first of each stands for all of it.
_GROUPS: Final = tuple(
    (title, sorted(some, key=lambda each: (not each.endswith("api"), each)))
    for title, some in (
        ("Servers, /v1", [each for each in SCOPES if not each.startswith(_OF_BROWSERS)]),
        ("Browsers, /client/v1", [each for each in SCOPES if each.startswith(_OF_BROWSERS)]),
    )
)


def client_form(name: str = "", scopes: Sequence[str] = (), errors: Errors | None = None) -> Node:
    """A name, and what its tokens may open."""
    return form_page(
        NEW_CLIENT,
        field_text(
            "name",
            "Name",
            name,
            hint="Who gets it, so that it can be replaced without fear",
            maxlength="100",
            autocomplete="off",
            errors=errors,
        ),
        [
            field_checks("scopes", title, [(each, _say_scope(each)) for each in options], scopes)
            for title, options in _GROUPS
        ],
        errors=errors,
        save="Make the client",
        cancel=PATH,
    )


def _say_scope(scope: str) -> str:
    return f"{scope}, all of these" if scope in (SERVER_SCOPE, CLIENT_SCOPE) else scope


async def show_new_client(visit: Visit) -> Response:
    """The form."""
    lead = "A key that opens nothing itself: it makes access tokens of 15 minutes, for what is chosen here."
    return answer_page(
        visit, "New OAuth client", fragment[head("New OAuth client", lead), client_form()]
    )


async def create_client(visit: Visit) -> Response:
    """Makes it, and shows its secret this once, with how a token is had."""
    form = await visit.form()
    name = str(form.get("name") or "").strip()
    scopes = [str(each) for each in form.getlist("scopes")]
    body = {"kind": "server", "name": name, "scopes": scopes}
    try:
        key = str(form.get("idempotency_key") or "") or None
        made = await visit.api.post(project_path(visit, "/keys"), body, key=key)
    except Refused as fault:
        return answer_node(client_form(name, scopes, errors_of(fault, ("name",))))
    scope = " ".join(made.get("scopes") or scopes)
    more = fragment[
        p["With both headers, this form gives an access token; send it as Authorization: Bearer."],
        pre(".code")[f"POST /v1/oauth/token\ngrant_type=client_credentials&scope={quote(scope)}"],
    ]
    return answer_node(token_shown(made, more))


PAGES: Final = (
    Page(NEW_CLIENT, show_new_client, NEEDS),
    Page(NEW_CLIENT, create_client, NEEDS, "POST"),
)
