"""A reward is offered by a program, costs another number of points, is offered no more."""

from typing import Any, Final

from starlette.responses import Response

from services.dashboard.sections.rewards.offer_terms import (
    read_changed_terms,
    read_terms,
    refused,
)
from services.dashboard.sections.saving import key_of
from services.dashboard.web.answers import go_to
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

_PATH: Final = "/rewards/{id}/offers"


def _place(visit: Visit, offer: str = "") -> str:
    path = f"/v1/rewards/{escape_segment(visit.path('id'))}/assignments"
    return f"{path}/{escape_segment(offer)}" if offer else path


def _back(visit: Visit, say: str) -> Response:
    return go_to(visit.request, f"/rewards/{escape_segment(visit.path('id'))}", say)


async def offer(visit: Visit) -> Response:
    """Has a program offer the reward. Raises ApiFault."""
    form = await visit.form()
    campaign = str(form.get("campaign") or "")
    if not campaign:
        raise refused("Choose the program that is to offer it")
    body: dict[str, Any] = {"campaign": campaign}
    # one that pays orders has a rate, and no fields of a cost
    if "points" in form:
        body["parameters"] = read_terms(form)
    rules = [str(each) for each in form.getlist("rule") if each]
    if rules:
        body["validation_rules"] = rules
    await visit.api.post(_place(visit), body, key=key_of(form))
    return _back(visit, "Offered")


async def change_cost(visit: Visit) -> Response:
    """Sets what it costs in a program, and whether by itself. Raises ApiFault."""
    form = await visit.form()
    body = {"parameters": read_changed_terms(form)}
    await visit.api.put(_place(visit, visit.path("offer")), body, key=key_of(form))
    return _back(visit, "Saved")


async def take_out(visit: Visit) -> Response:
    """Has a program offer it no more. Raises ApiFault."""
    await visit.api.delete(_place(visit, visit.path("offer")))
    return _back(visit, "Taken out")


PAGES: Final = (
    Page(_PATH, offer, "rewards.write", "POST"),
    Page(f"{_PATH}/{{offer}}", change_cost, "rewards.write", "POST"),
    Page(f"{_PATH}/{{offer}}/delete", take_out, "rewards.write", "POST"),
)
