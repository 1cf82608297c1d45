"""What is done with one tier: enabled, disabled, moved, deleted; and the order of a promotion's tiers."""

from collections.abc import Sequence
from typing import Final

from htpy import Node, a, button, div, form, fragment, span
from starlette.responses import Response

from services.dashboard.lists.handlers import answer_details
from services.dashboard.parts.facts import badge
from services.dashboard.parts.forms import idempotency
from services.dashboard.parts.page import head
from services.dashboard.parts.show import Row
from services.dashboard.parts.sorting import sortable_item, sortable_list
from services.dashboard.sections.promotions.naming import tier_given, tier_name, tiers_of
from services.dashboard.sections.promotions.tier_details import BACK, tell_tier
from services.dashboard.web.answers import answer_page, go_to
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment


def _path(visit: Visit) -> str:
    return f"/v1/promotions/tiers/{escape_segment(visit.path('id'))}"


async def _tell(visit: Visit, say: str) -> Response:
    return answer_details(visit, await tell_tier(visit, visit.path("id")), BACK, say)


async def enable(visit: Visit) -> Response:
    """Switches it on."""
    await visit.api.post(f"{_path(visit)}/enable")
    return await _tell(visit, "Enabled")


async def disable(visit: Visit) -> Response:
    """Switches it off."""
    await visit.api.post(f"{_path(visit)}/disable")
    return await _tell(visit, "Disabled")


async def delete(visit: Visit) -> Response:
    """Deletes it for good."""
    await visit.api.delete(_path(visit))
    return go_to(visit.request, BACK[1], "Deleted")


async def move(visit: Visit) -> Response:
    """Moves it by one place within its promotion, in one command."""
    form_ = await visit.form()
    row = await visit.api.get(_path(visit))
    ids = [each["id"] for each in await tiers_of(visit, row["campaign_id"])]
    moved = move_by_one(ids, row["id"], str(form_.get("way") or ""))
    if moved == ids:
        return await _tell(visit, "It is there already")
    await visit.api.put(f"/v1/promotions/{row['campaign_id']}/tiers/order", {"ids": moved})
    return await _tell(visit, f"Moved to place {moved.index(row['id']) + 1}")


def move_by_one(ids: Sequence[str], moved: str, way: str) -> list[str]:
    """The same with one of them one place up or down; as they were where that is the end."""
    order, at = list(ids), list(ids).index(moved)
    to = at - 1 if way == "up" else at + 1
    if 0 <= to < len(order):
        order[at], order[to] = order[to], order[at]
    return order


async def show_order(visit: Visit) -> Response:
    """The tiers of a promotion, to be put in order by drag or by keys."""
    campaign = visit.path("campaign")
    rows = await tiers_of(visit, campaign)
    told = await visit.api.get(f"/v1/campaigns/{escape_segment(campaign)}")
    content = fragment[
        head(
            f"Order of the tiers of {told['name']}",
            "Tiers are tried and listed in this order. Drag them, or use Alt and the arrow keys; it holds once it is saved.",
        ),
        order_form(visit, rows, f"/promotion-tiers/order/{escape_segment(campaign)}"),
    ]
    return answer_page(visit, "Order of tiers", content)


def order_form(visit: Visit, rows: Sequence[Row], action: str) -> Node:
    """The list that is dragged, and its one save."""
    return form(
        "#order.form.broad",
        {"hx-post": action, "hx-target": "#order", "hx-swap": "outerHTML"},
        data_guard=True,
    )[
        idempotency(),
        sortable_list(
            "Tiers in order",
            (
                sortable_item(
                    each["id"],
                    tier_name(each),
                    at,
                    a(".link", href=f"/promotion-tiers/{each['id']}")[tier_name(each)],
                    span(".muted")[f" {tier_given(each, visit.show)} "],
                    each.get("active") is False and badge("Disabled"),
                )
                for at, each in enumerate(rows, 1)
            ),
        ),
        div(".acts-bar.sticky")[
            button(".btn.primary")["Save the order"],
            a(".btn", href=BACK[1])["Cancel"],
            span(data_unsaved=True)["Unsaved changes"],
        ],
    ]


async def save_order(visit: Visit) -> Response:
    """Takes the order over in one command."""
    form_, campaign = await visit.form(), visit.path("campaign")
    ids = [str(each) for each in form_.getlist("order")]
    path = f"/v1/promotions/{escape_segment(campaign)}/tiers/order"
    await visit.api.put(path, {"ids": ids}, key=str(form_.get("idempotency_key") or "") or None)
    address = f"{BACK[1]}?f=campaign_ids:is:{escape_segment(campaign)}"
    return go_to(visit.request, address, "The order is saved")


PAGES: Final = (
    Page("/promotion-tiers/order/{campaign}", show_order, "promotions.write"),
    Page("/promotion-tiers/order/{campaign}", save_order, "promotions.write", "POST"),
    Page("/promotion-tiers/{id}/enable", enable, "promotions.write", "POST"),
    Page("/promotion-tiers/{id}/disable", disable, "promotions.write", "POST"),
    Page("/promotion-tiers/{id}/delete", delete, "promotions.write", "POST"),
    Page("/promotion-tiers/{id}/move", move, "promotions.write", "POST"),
)
