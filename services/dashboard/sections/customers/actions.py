"""What is done with customers: given a code, deleted, forgotten."""

import json
from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, a, b, div, p
from starlette.responses import Response

from services.dashboard.lists.chosen import do_with_each
from services.dashboard.lists.handlers import answer_details, chosen_keys
from services.dashboard.parts.facts import code_text, facts
from services.dashboard.parts.notices import notice
from services.dashboard.sections.customer_names import BACK
from services.dashboard.sections.customers.details import tell_customer
from services.dashboard.web.answers import answer_node, go_to
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

#: What was deleted, as the API counts it.
_COUNTED: Final = (("customer", "Profiles"), ("events", "Events"), ("segments", "Segments"))


async def give_code(visit: Visit) -> Response:
    """Gives the customer a free code of a campaign. Raises ApiFault."""
    name, form = visit.path("id"), await visit.form()
    campaign = str(form.get("campaign") or "")
    if not campaign:
        raise Refused(400, {"key": "invalid_payload", "message": "Choose a campaign first"})
    body = {"campaign": {"id": campaign}, "customer": {"id": name}}
    key = str(form.get("idempotency_key") or "") or None
    answer = await visit.api.post("/v1/publications", body, key=key)
    code = (answer.get("voucher") or {}).get("code") or "A code"
    return answer_details(visit, await tell_customer(visit, name), BACK, f"{code} was given")


async def delete_one(visit: Visit) -> Response:
    """Moves the customer to the bin. Raises ApiFault."""
    await visit.api.delete(f"/v1/customers/{escape_segment(visit.path('id'))}")
    return go_to(visit.request, BACK[1], "Customer deleted")


async def delete_chosen(visit: Visit) -> Response:
    """Moves the chosen ones to the bin. Raises ApiFault."""
    said = await do_with_each(
        chosen_keys(await visit.form()),
        lambda each: visit.api.delete(f"/v1/customers/{escape_segment(each)}"),
        "deleted",
    )
    return go_to(visit.request, BACK[1], said)


async def forget(visit: Visit) -> Response:
    """Forgets the customer, and says how far that is; the same again with its key. Raises ApiFault."""
    name, form = visit.path("id"), await visit.form()
    if form.get("typed") != name:
        raise Refused(400, {"key": "invalid_payload", "message": f"Type {name} to go on"})
    key = str(form.get("idempotency_key") or "")
    path = f"/v1/customers/{escape_segment(name)}/permanent-deletion"
    answer = await visit.api.post(path, key=key or None)
    shown = answer_node(forgetting(answer, name, key))
    shown.headers["HX-Trigger"] = "changed"
    return shown


def forgetting(answer: Mapping[str, Any], name: str, key: str) -> Node:
    """What is gone already; asks anew until nothing personal is left.

    It asks by the same write with the same key, so that no address alone forgets anybody.
    """
    is_done = answer.get("status") == "DONE"
    again = {
        "hx-post": f"/customers/{escape_segment(name)}/forget",
        "hx-vals": json.dumps({"typed": name, "idempotency_key": key}),
        "hx-trigger": "load delay:2s",
        "hx-target": "this",
        "hx-swap": "outerHTML",
    }
    counted = answer.get("data_json") or {}
    return div("#forgetting.stack.pad", {} if is_done else again, role="status")[
        notice("good", b["The customer is forgotten."])
        if is_done
        else notice(
            "info",
            b["Being forgotten."],
            " The last copies are removed from the files of all parts.",
        ),
        facts(
            ("Customer", code_text(answer.get("related_object_id") or name)),
            *((said, str(counted.get(name_) or 0)) for name_, said in _COUNTED),
        ),
        p[a(".btn", href=BACK[1])["To the customers"]],
    ]


PAGES: Final[tuple[Page, ...]] = (
    Page("/customers/{id}/give", give_code, "publications.publish", "POST"),
    Page("/customers/delete", delete_chosen, "customers.write", "POST"),
    Page("/customers/{id}/delete", delete_one, "customers.write", "POST"),
    Page("/customers/{id}/forget", forget, "customers.forget", "POST"),
)
