"""The addresses of validation rules: the list, one set, the builder, what it does."""

from typing import Final

from htpy import fragment, h2, section
from starlette.responses import Response

from services.dashboard.lists.chosen import do_with_each
from services.dashboard.lists.handlers import chosen_keys, list_pages
from services.dashboard.lists.resource import Bulk, Empty, Resource
from services.dashboard.parts.notices import notice
from services.dashboard.parts.numbers import read_whole
from services.dashboard.parts.page import head
from services.dashboard.sections.rules.asking import (
    ask_catalogue,
    ask_set,
    make_desk,
)
from services.dashboard.sections.rules.builder import builder_view, edited_view, templates_view
from services.dashboard.sections.rules.cart import LINES_MAX, line_view, read_cart
from services.dashboard.sections.rules.details import BOUND, tell_set
from services.dashboard.sections.rules.draft import Draft, draft_of, new_draft
from services.dashboard.sections.rules.drafting import read_draft
from services.dashboard.sections.rules.errors import put_fault
from services.dashboard.sections.rules.fields import COLUMNS, FIELDS, fetch_sets
from services.dashboard.sections.rules.form_text import text_of
from services.dashboard.sections.rules.templates import TEMPLATES
from services.dashboard.sections.rules.trial_form import TRY, trial_view
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

PATH: Final = "/validation-rules"
API: Final = "/v1/validation-rules"


async def show_new(visit: Visit) -> Response:
    """The builder with one rule, a template, or a copy of a set."""
    asked = visit.request.query_params
    draft = new_draft()
    if copied := asked.get("copy"):
        draft = draft_of(await ask_set(visit, copied))
        draft.name = f"{draft.name} copy"
    template = next((each for each in TEMPLATES if each.name == asked.get("template")), None)
    if template is not None:
        draft = draft_of({"name": template.label, "rules": template.rules})
    desk = await make_desk(visit, draft)
    content = fragment[
        head("New validation rules", "Who may redeem, and for which orders."),
        not copied
        and template is None
        and section(".stack", aria_labelledby="templates-title")[
            h2("#templates-title")["Begin with"], templates_view()
        ],
        builder_view(desk, ""),
    ]
    return answer_page(visit, "New validation rules", content)


async def show_edit(visit: Visit) -> Response:
    """The builder of a set that is there."""
    set_id = visit.path("id")
    body = await ask_set(visit, set_id)
    desk = await make_desk(visit, draft_of(body))
    name = str(body.get("name") or set_id)
    content = fragment[
        head(name, "Who may redeem, and for which orders."),
        body.get("assignments_count")
        and notice(
            "info", f"What is saved holds at once for what it binds: {body['assignments_count']}."
        ),
        builder_view(desk, set_id),
    ]
    return answer_page(visit, name, content)


async def edit(visit: Visit) -> Response:
    """The set after what a button or a change asked for."""
    form = await visit.form()
    catalogue = await ask_catalogue(visit)
    draft = read_draft(form, catalogue, visit.show)
    desk = await make_desk(visit, draft, catalogue)
    return answer_node(edited_view(desk, text_of(form, "set_id")))


async def save_new(visit: Visit) -> Response:
    """Creates a set."""
    return await _save(visit, "")


async def save(visit: Visit) -> Response:
    """Changes a set."""
    return await _save(visit, visit.path("id"))


async def _save(visit: Visit, set_id: str) -> Response:
    form = await visit.form()
    catalogue = await ask_catalogue(visit)
    draft = read_draft(form, catalogue, visit.show)
    if not draft.name:
        draft.errors["name"] = "A name is needed"
    if not draft.errors:
        try:
            return await _send(visit, draft, set_id, text_of(form, "idempotency_key"))
        except Refused as fault:
            put_fault(draft, fault)
    desk = await make_desk(visit, draft, catalogue)
    return answer_node(edited_view(desk, set_id))


async def _send(visit: Visit, draft: Draft, set_id: str, key: str) -> Response:
    if set_id:
        await visit.api.put(f"{API}/{escape_segment(set_id)}", draft.body())
    else:
        set_id = str((await visit.api.post(API, draft.new_body(), key=key or None))["id"])
    return go_to(visit.request, f"{PATH}/{set_id}", "Saved")


async def add_line(visit: Visit) -> Response:
    """One more line of the cart that rules are tried with."""
    taken = [str(each) for each in (await visit.form()).getlist("try_line")]
    at = max((read_whole(each) or 0 for each in taken), default=-1) + 1
    return answer_node(line_view(at) if len(taken) < LINES_MAX else None)


async def try_out(visit: Visit) -> Response:
    """What a set that is not saved makes of a cart."""
    form = await visit.form()
    catalogue = await ask_catalogue(visit)
    draft = read_draft(form, catalogue, visit.show)
    try:
        body = draft.new_body() | {"cart": read_cart(form)}
        if voucher := text_of(form, "try_voucher"):
            body["redeemable"] = {"object": "voucher", "id": voucher}
        found = await visit.api.post(f"{API}/try", body)
    except ValueError as fault:
        return answer_node(notice("bad", str(fault)))
    except Refused as fault:
        return answer_node(notice("bad", fault.sentence))
    desk = await make_desk(visit, draft, catalogue)
    return answer_node(trial_view(found, draft.rules, catalogue, desk.names, visit.show))


async def assign(visit: Visit) -> Response:
    """Has a set bind what was chosen, of each kind one."""
    form, set_id = await visit.form(), visit.path("id")
    chosen = [(kind, text_of(form, f"bound_{kind}")) for kind, _, _, _ in BOUND]
    bound = [(kind, name) for kind, name in chosen if name]
    if not bound:
        return go_to(visit.request, f"{PATH}/{set_id}", "Choose what these rules are for")
    path, key = f"{API}/{escape_segment(set_id)}/assignments", text_of(form, "idempotency_key")
    for kind, name in bound:
        body = {"related_object_id": name, "related_object_type": kind}
        await visit.api.post(path, body, key=f"{key}-{kind}" if key else None)
    return go_to(visit.request, f"{PATH}/{set_id}", "Assigned")


async def unassign(visit: Visit) -> Response:
    """Lets a set no longer bind something."""
    set_id, bound = visit.path("id"), visit.path("assignment")
    path = f"{API}/{escape_segment(set_id)}/assignments/{escape_segment(bound)}"
    await visit.api.delete(path)
    return go_to(visit.request, f"{PATH}/{set_id}", "Unassigned")


async def delete(visit: Visit) -> Response:
    """Deletes a set."""
    await visit.api.delete(f"{API}/{escape_segment(visit.path('id'))}")
    return go_to(visit.request, PATH, "Deleted")


async def delete_chosen(visit: Visit) -> Response:
    """Deletes those that were chosen."""
    said = await do_with_each(
        chosen_keys(await visit.form()),
        lambda each: visit.api.delete(f"{API}/{escape_segment(each)}"),
        "deleted",
    )
    return go_to(visit.request, PATH, said)


RULES: Final = Resource(
    title="Validation rules",
    one="set of rules",
    lead="Who may redeem, for which orders, and for which items.",
    path=PATH,
    needs="rules.read",
    icon="shield",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=fetch_sets,
    key=lambda row: str(row["id"]),
    tell=tell_set,
    actions=(("New rules", f"{PATH}/new", "plus", "rules.write"),),
    bulk=(
        Bulk(
            "delete",
            "Delete",
            "rules.write",
            "What they bind can be redeemed without them from then on. This cannot be undone.",
            is_dangerous=True,
        ),
    ),
    empty=Empty(
        "No rules yet",
        "Rules say who may redeem a voucher, for which orders: from an amount on, with a product, for a segment, at certain hours.",
        action=("New rules", f"{PATH}/new"),
        curl='curl "$TESSERA/v1/validation-rules" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN" -H "Content-Type: application/json" -d \'{"name": "From 50.00", "rules": {"1": {"name": "order.amount", "conditions": {"$more_than_or_equal": [5000]}}, "logic": "1"}}\'',
    ),
)
PAGES: Final = (
    Page(f"{PATH}/new", show_new, "rules.write"),
    Page(f"{PATH}/new", save_new, "rules.write", "POST"),
    Page(f"{PATH}/edit", edit, "rules.write", "POST"),
    Page(f"{PATH}/try-line", add_line, None, "POST"),
    Page(TRY, try_out, "rules.write", "POST"),
    Page(f"{PATH}/delete", delete_chosen, "rules.write", "POST"),
    Page(f"{PATH}/{{id}}/edit", show_edit, "rules.write"),
    Page(f"{PATH}/{{id}}/edit", save, "rules.write", "POST"),
    Page(f"{PATH}/{{id}}/assign", assign, "rules.write", "POST"),
    Page(f"{PATH}/{{id}}/unassign/{{assignment}}", unassign, "rules.write", "POST"),
    Page(f"{PATH}/{{id}}/delete", delete, "rules.write", "POST"),
    *list_pages(RULES),
)
