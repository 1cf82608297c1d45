"""Making a voucher and changing one."""

from typing import Any, Final

from htpy import fragment
from starlette.responses import Response

from services.dashboard.parts.hours import hour_values
from services.dashboard.parts.page import head
from services.dashboard.sections.vouchers.bodies import (
    changed_body,
    new_body,
    place_fault,
    read_values,
    values_of_voucher,
)
from services.dashboard.sections.vouchers.form import ALL_KINDS, PATHS, voucher_form
from services.dashboard.sections.vouchers.giving import voucher_href
from services.dashboard.sections.vouchers.giving_form import (
    DISCOUNTS_GIVEN,
    GIVES_FIELDS,
    gives_fields,
)
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment


async def show_new(visit: Visit) -> Response:
    """The empty form; `campaign` in the address fills that in."""
    values = hour_values({}) | {"campaign_id": visit.request.query_params.get("campaign", "")}
    content = fragment[
        head("Create a voucher", "One code. Many at once are made by a campaign, or by a file."),
        voucher_form(values, visit.show),
    ]
    return answer_page(visit, "Create a voucher", content)


async def show_gives(visit: Visit) -> Response:
    """The fields of what it gives, for what was chosen."""
    asked = visit.request.query_params
    only = asked.get("only", "")
    kinds: tuple[str, ...] = DISCOUNTS_GIVEN if only == "discount" else ALL_KINDS
    if only == "tier":
        kinds = (*DISCOUNTS_GIVEN, "NOTHING")
    values = {name: asked.get(name, "") for name in GIVES_FIELDS}
    again = "/vouchers/new/gives" + (f"?only={only}" if only in ("discount", "tier") else "")
    return answer_node(gives_fields(values, {}, visit.show, kinds, again))


async def create(visit: Visit) -> Response:
    """Makes it; what is wrong is told at its field, everything as it was typed."""
    form = await visit.form()
    values, errors = read_values(form), dict[str, str]()
    key = str(form.get("idempotency_key") or "") or None
    body = new_body(values, visit.show, errors)
    if not errors:
        try:
            made = await visit.api.post("/v1/vouchers", body, key=key)
        except Refused as fault:
            errors = place_fault(fault, PATHS)
        else:
            return go_to(visit.request, voucher_href(made), f"{made['code']} is created")
    return answer_node(voucher_form(values, visit.show, errors=errors, key=key))


async def show_edit(visit: Visit) -> Response:
    """The form of one that there is."""
    row = await _voucher(visit)
    content = fragment[
        head(f"Edit {row['code']}", "Its code and type stay. What you leave as it is, stays so."),
        voucher_form(
            values_of_voucher(row, visit.show),
            visit.show,
            row=row,
            metadata=row.get("metadata"),
        ),
    ]
    return answer_page(visit, f"Edit {row['code']}", content)


async def save(visit: Visit) -> Response:
    """Changes it."""
    row, form = await _voucher(visit), await visit.form()
    values, errors = read_values(form), dict[str, str]()
    key = str(form.get("idempotency_key") or "") or None
    body = changed_body(values, row, visit.show, errors)
    if not errors:
        path = f"/v1/vouchers/{escape_segment(str(row['code']))}"
        try:
            await visit.api.put(path, body, key=key)
        except Refused as fault:
            errors = place_fault(fault, PATHS)
        else:
            return go_to(visit.request, voucher_href(row), "Saved")
    shown = voucher_form(
        values, visit.show, row=row, errors=errors, metadata=row.get("metadata"), key=key
    )
    return answer_node(shown)


async def _voucher(visit: Visit) -> dict[str, Any]:
    found: dict[str, Any] = await visit.api.get(f"/v1/vouchers/{escape_segment(visit.path('id'))}")
    return found


PAGES: Final = (
    Page("/vouchers/new", show_new, "vouchers.write"),
    Page("/vouchers/new", create, "vouchers.write", "POST"),
    Page("/vouchers/new/gives", show_gives, None),
    Page("/vouchers/{id}/edit", show_edit, "vouchers.write"),
    Page("/vouchers/{id}/edit", save, "vouchers.write", "POST"),
)
