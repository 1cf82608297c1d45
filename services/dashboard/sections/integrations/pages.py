"""Integrations: the pages of webhooks and of calls."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from htpy import Node, a, button, div, form, fragment
from starlette.responses import Response

from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import confirm_dialog, dialog_button, head
from services.dashboard.parts.period import write_time
from services.dashboard.sections.audit.outcomes import Attempt
from services.dashboard.sections.integrations.snippets import KEY_ID, snippets
from services.dashboard.sections.integrations.webhooks import (
    PATH,
    Webhook,
    href_of,
    post_button,
    test_outcome,
    webhook_body,
    webhook_form,
    webhooks_grid,
)
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused, errors_of
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

READ: Final = "project.read"
WRITE: Final = "project.write"
_ATTEMPTS: Final = "/v1/webhook-deliveries"
#: As many failures as one answer holds; where there are more, those of each webhook are counted.
FAILURES_MAX: Final = 100


def _api(visit: Visit, rest: str = "") -> str:
    return f"/management/v1/projects/{visit.project.id}/webhooks{rest}"


async def _find(visit: Visit) -> Webhook:
    found: Webhook = await visit.api.get(_api(visit, f"/{escape_segment(visit.path('id'))}"))
    return found


async def _attempts(visit: Visit, **params: str) -> list[Attempt]:
    body = await visit.api.get(_ATTEMPTS, params)
    rows: list[Attempt] = body.get(body.get("data_ref") or "data") or []
    return rows


async def _last_of_each(visit: Visit, webhooks: list[Webhook]) -> dict[str, Attempt]:
    asked = (_attempts(visit, webhook_id=str(each["id"]), limit="1") for each in webhooks)
    found = await asyncio.gather(*asked)
    return {str(each["id"]): rows[0] for each, rows in zip(webhooks, found, strict=True) if rows}


async def _failures(visit: Visit, webhooks: list[Webhook]) -> Mapping[str, int]:
    """How often each failed within a day: attempts to be tried again, and those given up."""
    within = {"created_at[after]": write_time(datetime.now(UTC) - timedelta(days=1))}

    async def ask(limit: int, **of: str) -> list[Any]:
        asked = (
            visit.api.get(_ATTEMPTS, within | of | {"limit": str(limit), "result": result})
            for result in ("failed", "dead")
        )
        return await asyncio.gather(*asked)

    async def count(webhook_id: str) -> int:
        return sum(int(each["total"]) for each in await ask(1, webhook_id=webhook_id))

    found = await ask(FAILURES_MAX)
    if all(each["total"] <= FAILURES_MAX for each in found):
        return Counter(str(row.get("webhook_id")) for each in found for row in each["data"])
    ids = [str(each["id"]) for each in webhooks]
    return dict(zip(ids, await asyncio.gather(*map(count, ids)), strict=True))


async def _key_id(visit: Visit) -> str:
    """The id of a server key, for snippets; who does not manage keys sees a stand-in."""
    if not visit.may("keys.manage"):
        return KEY_ID
    keys = (await visit.api.get(f"/management/v1/projects/{visit.project.id}/keys"))["data"]
    servers = (each["id"] for each in keys if each["kind"] == "server" and each.get("active"))
    return next(servers, KEY_ID)


async def show_integrations(visit: Visit) -> Response:
    """Webhooks, and how programs call."""
    webhooks = (await visit.api.get(_api(visit)))["data"]
    last: Mapping[str, Attempt] = {}
    failures: Mapping[str, int] | None = None
    if visit.may("audit.read"):
        last, failures = await asyncio.gather(
            _last_of_each(visit, webhooks), _failures(visit, webhooks)
        )
    content = fragment[
        head(
            "Integrations",
            "What tells other systems of this project, and how they call it.",
            visit.may(WRITE)
            and a(".btn.primary", href=f"{PATH}/new")[icon("plus", 15), "New webhook"],
        ),
        div(".stack")[
            webhooks_grid(webhooks, last, failures, visit.show, may_write=visit.may(WRITE)),
            snippets(await _key_id(visit), visit.project.id, may_keys=visit.may("keys.manage")),
        ],
    ]
    return answer_page(visit, "Integrations", content)


async def show_new(visit: Visit) -> Response:
    """The form of a new one."""
    content = fragment[
        head("New webhook", "It gets what happens from then on."),
        webhook_form(f"{PATH}/new", "", (), is_active=True),
    ]
    return answer_page(visit, "New webhook", content)


async def show_edit(visit: Visit) -> Response:
    """The form of one."""
    found = await _find(visit)
    content = fragment[
        head("Change the webhook", found["target_url"]),
        webhook_form(
            f"{href_of(found)}/edit",
            found["target_url"],
            found["events"],
            is_active=bool(found.get("active")),
        ),
    ]
    return answer_page(visit, "Change the webhook", content)


async def save(visit: Visit) -> Response:
    """Makes one, or changes one."""
    sent = await visit.form()
    url = str(sent.get("target_url") or "").strip()
    events = [str(each) for each in sent.getlist("events")]
    is_active = sent.get("active") != "false"
    action = visit.request.url.path
    body: dict[str, Any] = {"target_url": url, "events": events, "active": is_active}
    errors = {} if events else {"": "Choose one event or more"}
    if not errors:
        try:
            if "id" in visit.request.path_params:
                path = _api(visit, f"/{escape_segment(visit.path('id'))}")
                saved = await visit.api.put(path, body)
            else:
                key = str(sent.get("idempotency_key") or "") or None
                saved = await visit.api.post(_api(visit), body, key=key)
            return go_to(visit.request, href_of(saved), "Saved")
        except Refused as fault:
            errors = errors_of(fault, ("target_url",))
    return answer_node(webhook_form(action, url, events, is_active=is_active, errors=errors))


async def show_webhook(visit: Visit) -> Response:
    """One of them."""
    found = await _find(visit)
    project = await visit.api.get(f"/management/v1/projects/{visit.project.id}")
    attempts: list[Attempt] = []
    if visit.may("audit.read"):
        attempts = await _attempts(visit, webhook_id=str(found["id"]), limit="10")
    may_write = visit.may(WRITE)
    content = fragment[
        head("Webhook", found["target_url"], may_write and _acts(found)),
        div("#outcome"),
        webhook_body(
            found,
            str(project.get("webhook_token") or ""),
            attempts,
            visit.show,
            may_write=may_write,
        ),
        may_write
        and confirm_dialog(
            "delete-webhook",
            title="Delete this webhook?",
            what_happens="It is told nothing any more, and what waits for it is dropped. What was sent stays in the log.",
            action=f"{href_of(found)}/delete",
            do="Delete",
        ),
    ]
    return answer_page(visit, "Webhook", content)


def _acts(webhook: Webhook) -> Node:
    at = href_of(webhook)
    is_active = bool(webhook.get("active"))
    return [
        is_active and _test_button(at),
        a(".btn", href=f"{at}/edit")[icon("edit", 14), "Change"],
        post_button(f"{at}/pause", "Pause", "pause")
        if is_active
        else post_button(f"{at}/resume", "Resume", "play"),
        dialog_button("Delete", "delete-webhook", ".danger", "trash"),
    ]


def _test_button(at: str) -> Node:
    return form(
        ".plain", {"hx-post": f"{at}/test", "hx-target": "#outcome", "hx-swap": "outerHTML"}
    )[button(".btn")[icon("send", 14), "Send a test"]]


async def _switch(visit: Visit, *, is_active: bool) -> Response:
    found = await _find(visit)
    body = {"target_url": found["target_url"], "events": found["events"], "active": is_active}
    await visit.api.put(_api(visit, f"/{escape_segment(visit.path('id'))}"), body)
    return go_to(visit.request, href_of(found), "Resumed" if is_active else "Paused")


async def pause(visit: Visit) -> Response:
    """What happens while it is paused is not told; what waited is kept."""
    return await _switch(visit, is_active=False)


async def resume(visit: Visit) -> Response:
    """It is told again, what waited first."""
    return await _switch(visit, is_active=True)


async def delete(visit: Visit) -> Response:
    """Forgets it."""
    await visit.api.delete(_api(visit, f"/{escape_segment(visit.path('id'))}"))
    return go_to(visit.request, "/integrations", "The webhook is deleted")


async def send_test(visit: Visit) -> Response:
    """Sends a test; what becomes of it is asked for by the page."""
    found = await _find(visit)
    sent = await visit.api.post(_api(visit, f"/{escape_segment(visit.path('id'))}/test"))
    if not visit.may("audit.read"):
        return go_to(visit.request, href_of(found), "The test is on its way")
    return answer_node(test_outcome(found, sent["event_id"], None, visit.show))


async def show_test(visit: Visit) -> Response:
    """What became of a test, as far as it is known."""
    found, event_id = await _find(visit), visit.path("event")
    rows = await _attempts(visit, event_id=event_id, limit="1")
    return answer_node(test_outcome(found, event_id, rows[0] if rows else None, visit.show))


PAGES: Final = (
    Page("/integrations", show_integrations, READ),
    Page(f"{PATH}/new", show_new, WRITE),
    Page(f"{PATH}/new", save, WRITE, "POST"),
    Page(f"{PATH}/{{id}}", show_webhook, READ),
    Page(f"{PATH}/{{id}}/edit", show_edit, WRITE),
    Page(f"{PATH}/{{id}}/edit", save, WRITE, "POST"),
    Page(f"{PATH}/{{id}}/pause", pause, WRITE, "POST"),
    Page(f"{PATH}/{{id}}/resume", resume, WRITE, "POST"),
    Page(f"{PATH}/{{id}}/delete", delete, WRITE, "POST"),
    Page(f"{PATH}/{{id}}/test", send_test, WRITE, "POST"),
    Page(f"{PATH}/{{id}}/test/{{event}}", show_test, "audit.read"),
)
