"""The page of categories: their order, what is in them, and making, renaming and deleting them."""

import asyncio
from typing import Final

from starlette.responses import Response

from services.dashboard.parts.show import Row
from services.dashboard.sections.categories.views import Uses, category_form, category_page
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused, ask_quietly
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

PATH: Final = "/categories"
PAGE_SIZE: Final = 100
#: How many pages are asked for at most.
PAGES_MAX: Final = 20


async def read_categories(visit: Visit) -> list[Row]:
    """All of them, the first to apply first. Raises ApiFault."""
    params = {"order": "hierarchy"}
    pages = visit.api.pages("/v1/categories", "data", params, pages_max=PAGES_MAX)
    return [row async for rows in pages for row in rows]


async def show_categories(visit: Visit) -> Response:
    """The list in its order."""
    rows = await read_categories(visit)
    uses, rules = await asyncio.gather(
        ask_quietly(_ask_uses(visit, rows)), ask_quietly(_ask_rules(visit))
    )
    return answer_page(visit, "Categories", category_page(visit, rows, uses or {}, rules))


async def _ask_uses(visit: Visit, rows: list[Row]) -> Uses:
    if not visit.may("analytics.read"):
        return {}
    found: dict[str, Row] = {}
    for start in range(0, len(rows), PAGE_SIZE):
        ids = ",".join(str(each["id"]) for each in rows[start : start + PAGE_SIZE])
        body = await visit.api.get("/v1/analytics/summaries", {"by": "category", "ids": ids})
        found |= {each["id"]: each for each in body["data"]}
    return found


async def _ask_rules(visit: Visit) -> Row | None:
    """The stacking rules, empty where the defaults hold; None where the role may not see them."""
    if not visit.may("project.read"):
        return None
    path = f"/management/v1/projects/{visit.project.id}/stacking-rules"
    body = await visit.api.get(path)
    rules: Row = (body.get("data") or [{}])[0]
    return rules


async def create(visit: Visit) -> Response:
    """Makes one, behind the last."""
    form = await visit.form()
    name = str(form.get("category_name") or "").strip()
    if not name:
        return answer_node(category_form(name, {"category_name": "It needs a name."}))
    rows = await read_categories(visit)
    last = max((int(each.get("hierarchy") or 0) for each in rows), default=0)
    key = str(form.get("idempotency_key") or "") or None
    try:
        await visit.api.post("/v1/categories", {"name": name, "hierarchy": last + 1}, key=key)
    except Refused as fault:
        return answer_node(category_form(name, {"category_name": fault.sentence}))
    return go_to(visit.request, PATH, f"{name} is created, as the last")


async def rename(visit: Visit) -> Response:
    """Gives one another name."""
    form, path = await visit.form(), f"/v1/categories/{escape_segment(visit.path('id'))}"
    name = str(form.get("name") or "").strip()
    if not name:
        raise Refused(400, {"key": "invalid_payload", "message": "It needs a name"})
    row = await visit.api.get(path)
    await visit.api.put(path, {"name": name, "hierarchy": row["hierarchy"]})
    return go_to(visit.request, PATH, "Renamed")


async def delete(visit: Visit) -> Response:
    """Deletes one; what was in it is in none."""
    await visit.api.delete(f"/v1/categories/{escape_segment(visit.path('id'))}")
    return go_to(visit.request, PATH, "Deleted")


async def save_order(visit: Visit) -> Response:
    """Takes the order over in one command."""
    form = await visit.form()
    ids = [str(each) for each in form.getlist("order")]
    key = str(form.get("idempotency_key") or "") or None
    await visit.api.put("/v1/categories/order", {"ids": ids}, key=key)
    return go_to(visit.request, PATH, "The order is saved")


PAGES: Final = (
    Page(PATH, show_categories, "categories.read"),
    Page(f"{PATH}/new", create, "categories.write", "POST"),
    Page(f"{PATH}/order", save_order, "categories.write", "POST"),
    Page(f"{PATH}/{{id}}/rename", rename, "categories.write", "POST"),
    Page(f"{PATH}/{{id}}/delete", delete, "categories.write", "POST"),
)
