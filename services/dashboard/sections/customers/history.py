"""What happened with a customer: its activity, redemptions, orders and publications."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from htpy import Node, a, fragment, p, table, tbody, td, tr
from starlette.responses import Response

from services.dashboard.parts.facts import badge, block, link, timeline
from services.dashboard.parts.show import NOTHING, Row, Show, first_of
from services.dashboard.sections.campaigns.programs.moving import is_taken
from services.dashboard.sections.orders.naming import order_name, status_badge
from services.dashboard.sections.redemptions.naming import redeemable_name, redemption_badge
from services.dashboard.web.answers import answer_node
from services.dashboard.web.asking import ApiFault
from services.dashboard.web.visit import Visit, escape_segment

ROWS_MAX: Final = 10
#: Entries of the activity → how they are said.
_SAID: Final[Mapping[str, str]] = {
    "customer.created": "Created",
    "customer.updated": "Changed",
    "customer.deleted": "Deleted",
    "customer.segment.entered": "Entered a segment",
    "customer.segment.left": "Left a segment",
    "customer.redemption.succeeded": "Redeemed",
    "customer.redemption.failed": "Was refused",
    "customer.redemption.rollback.succeeded": "Redemption taken back",
    "customer.redemption.rollback.failed": "Rollback refused",
    "customer.order.created": "Ordered",
    "customer.order.updated": "Order changed",
    "customer.order.paid": "Order paid",
    "customer.order.fulfilled": "Order fulfilled",
    "customer.order.canceled": "Order canceled",
    "customer.publication.succeeded": "Was given a code",
    "customer.publication.failed": "Could not be given a code",
    "customer.voucher.gift.balance_added": "Credit added",
    "customer.custom_event": "Event of the shop",
    "customer.referred": "Was referred",
    "customer.rewarded": "Was given a reward",
    "customer.rewarded.loyalty_points": "Was given points",
    "customer.reward_redemptions.created": "Asked for a reward",
    "customer.reward_redemptions.completed": "Got a reward",
    "customer.reward_redemptions.rolledback": "Reward taken back",
    "customer.loyalty.updated": "Points changed",
    "customer.loyalty.tier.joined": "Joined a tier",
    "customer.loyalty.tier.left": "Left a tier",
    "customer.loyalty.tier.upgraded": "Rose to a tier",
    "customer.loyalty.tier.downgraded": "Fell to a tier",
    "customer.loyalty.tier.prolonged": "Stays in a tier",
    "customer.loyalty.tier.expiration.changed": "The tier ends at another time",
    "customer.voucher.loyalty_card.points_added": "Points added",
    "customer.voucher.loyalty_card.points_expired": "Points expired",
    "customer.voucher.loyalty_card.points_transferred": "Points transferred",
    "customer.voucher.loyalty_card.pending_points.added": "Points are pending",
    "customer.voucher.loyalty_card.pending_points.updated": "Pending points adjusted",
    "customer.voucher.loyalty_card.pending_points.activated": "Pending points became active",
    "customer.voucher.loyalty_card.pending_points.canceled": "Pending points canceled",
}


async def show_history(visit: Visit) -> Response:
    """The blocks of what happened, those that the role may see."""
    name = visit.path("id")
    many = {"limit": str(ROWS_MAX)}
    theirs = many | {"customer": name}
    activity, redemptions, orders, publications = await asyncio.gather(
        _rows(visit, "customers.read", f"/v1/customers/{escape_segment(name)}/activity", many),
        _rows(visit, "redemptions.read", "/v1/redemptions", theirs),
        _rows(visit, "orders.read", "/v1/orders", theirs),
        _rows(visit, "publications.read", "/v1/publications", theirs),
    )
    show = visit.show
    names = {str(each["id"]): redeemable_name(each) for each in redemptions or []}
    return answer_node(
        fragment[
            activity is not None
            and block("Activity", timeline(_entry(each, names, show) for each in activity)),
            _listed("Redemptions", redemptions, lambda each: _redemption(each, show)),
            redemptions and p[link("All its redemptions", f"/redemptions?f=customer_id:is:{name}")],
            _listed("Orders", orders, lambda each: _order(each, show)),
            orders and p[link("All its orders", f"/orders?f=customer_id:is:{name}")],
            _listed("Codes given", publications, lambda each: _publication(each, show)),
        ]
    )


async def _rows(
    visit: Visit, needs: str, path: str, params: Mapping[str, str]
) -> Sequence[Row] | None:
    """The newest rows; None where the role may not see them or they cannot be asked now."""
    if not visit.may(needs):
        return None
    try:
        body: dict[str, Any] = await visit.api.get(path, params)
    except ApiFault:
        return None
    found: Sequence[Row] = body.get(str(body.get("data_ref") or "data")) or []
    return found


def _listed(title: str, rows: Sequence[Row] | None, line: Callable[[Row], Node]) -> Node:
    if rows is None:
        return None
    if not rows:
        return block(title, p(".muted")["None yet."])
    return block(title, table(".lines", aria_label=title)[tbody[map(line, rows)]])


def _entry(entry: Row, names: Mapping[str, str], show: Show) -> tuple[Node, Node, Node]:
    name = str(entry.get("type") or "")
    data = (entry.get("data") or {}).get("data") or entry.get("data") or {}
    said = "Points taken off" if is_taken(name, data) else _SAID.get(name, name)
    return show.when(entry.get("created_at")), said, _of_entry(data, names)


def _of_entry(data: Row, names: Mapping[str, str]) -> Node:
    """What an entry is about, leading there."""
    redemption, order = data.get("redemption") or {}, data.get("order") or {}
    if redemption.get("id"):
        said = names.get(str(redemption["id"])) or redeemable_name(redemption)
        reason = redemption.get("reason")
        return [link(said, f"/redemptions/{redemption['id']}"), f": {reason}" if reason else ""]
    if order.get("id"):
        return link(order_name(order), f"/orders/{order['id']}")
    segment = data.get("segment") or {}
    if segment.get("id"):
        return link(first_of(segment, "name", "id"), f"/segments/{segment['id']}")
    publication = data.get("publication") or {}
    if publication:
        return first_of(publication.get("voucher"), "code")
    event = data.get("custom_event") or data.get("event") or {}
    return str(event.get("type") or event.get("event") or "") if isinstance(event, dict) else ""


def _redemption(row: Row, show: Show) -> Node:
    return tr[
        td(".mono")[a(".link", href=f"/redemptions/{row['id']}")[redeemable_name(row)]],
        td[redemption_badge(row)],
        td(".num")[show.when(row.get("date") or row.get("created_at"))],
    ]


def _order(row: Row, show: Show) -> Node:
    return tr[
        td(".mono")[a(".link", href=f"/orders/{row['id']}")[order_name(row)]],
        td[status_badge(row)],
        td(".num")[show.money(row.get("total_amount", row.get("amount")))],
        td(".num")[show.when(row.get("created_at"))],
    ]


def _publication(row: Row, show: Show) -> Node:
    voucher = row.get("voucher") or {}
    code = voucher.get("code")
    is_given = row.get("result") != "FAILURE"
    return tr[
        td(".mono")[link(code, f"/vouchers/{escape_segment(str(code))}") if code else NOTHING],
        td[first_of(voucher, "campaign")],
        td[badge("Given", "good") if is_given else badge("Refused", "bad")],
        td(".num")[show.when(row.get("created_at"))],
    ]
