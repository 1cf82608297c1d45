"""What is done with an order: its status."""

from starlette.responses import Response

from services.dashboard.lists.handlers import answer_details
from services.dashboard.sections.orders.details import BACK, tell_order
from services.dashboard.web.visit import Visit, escape_segment


async def change_status(visit: Visit) -> Response:
    """Sets the status. Raises ApiFault."""
    form, name = await visit.form(), visit.path("id")
    await visit.api.put(
        f"/v1/orders/{escape_segment(name)}",
        {"status": str(form.get("status") or "")},
        key=str(form.get("idempotency_key") or "") or None,
    )
    return answer_details(visit, await tell_order(visit, name), BACK, "Status changed")
