"""Campaigns switched on and off, and deleted: one, or those that were chosen."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

from services.dashboard.lists.chosen import do_with_each
from services.dashboard.lists.handlers import chosen_keys
from services.dashboard.web.answers import go_to
from services.dashboard.web.visit import Visit, escape_segment

Act = Callable[[Visit, str, str], Awaitable[Any]]


async def _enable(visit: Visit, name: str, key: str) -> None:
    await visit.api.post(f"/v1/campaigns/{escape_segment(name)}/enable", key=key)


async def _disable(visit: Visit, name: str, key: str) -> None:
    await visit.api.post(f"/v1/campaigns/{escape_segment(name)}/disable", key=key)


async def _delete(visit: Visit, name: str, key: str) -> None:
    del key  # deleting twice is the same as once
    form = await visit.form()
    params = {"force": "true"} if form.get("force") == "true" else {}
    await visit.api.delete(f"/v1/campaigns/{escape_segment(name)}", params)


async def enable_chosen(visit: Visit) -> Response:
    """Switches the chosen ones on."""
    return await _do_chosen(visit, _enable, "on")


async def disable_chosen(visit: Visit) -> Response:
    """Switches the chosen ones off."""
    return await _do_chosen(visit, _disable, "off")


async def delete_chosen(visit: Visit) -> Response:
    """Deletes the chosen ones."""
    return await _do_chosen(visit, _delete, "deleted")


async def enable_one(visit: Visit) -> Response:
    """Switches one on."""
    name = visit.path("id")
    await _enable(visit, name, await _key(visit))
    return go_to(visit.request, back_to(visit, f"/campaigns/{escape_segment(name)}"), "On")


async def disable_one(visit: Visit) -> Response:
    """Switches one off."""
    name = visit.path("id")
    await _disable(visit, name, await _key(visit))
    return go_to(visit.request, back_to(visit, f"/campaigns/{escape_segment(name)}"), "Off")


async def delete_one(visit: Visit) -> Response:
    """Deletes one."""
    await _delete(visit, visit.path("id"), "")
    form = await visit.form()
    said = "Deleted for good" if form.get("force") == "true" else "Moved to the bin"
    return go_to(visit.request, "/campaigns", said)


async def _key(visit: Visit) -> str:
    return str((await visit.form()).get("idempotency_key") or "")


async def _do_chosen(visit: Visit, act: Act, done: str) -> Response:
    form = await visit.form()
    key = str(form.get("idempotency_key") or "")
    said = await do_with_each(
        chosen_keys(form), lambda each: act(visit, each, f"{key}-{each}" if key else ""), done
    )
    return go_to(visit.request, back_to(visit, "/campaigns"), said)


def back_to(visit: Visit, otherwise: str) -> str:
    """The page that somebody was on, where it is one about campaigns."""
    here = urlsplit(visit.request.headers.get("hx-current-url", ""))
    if here.path != "/campaigns" and not here.path.startswith("/campaigns/"):
        return otherwise
    return here.path + (f"?{here.query}" if here.query else "")
