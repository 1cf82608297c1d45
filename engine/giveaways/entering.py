"""Entries: made by request, by a paid order or by a custom event, until the giveaway closes.

A customer has one entry, or one for each event where the giveaway says so. The entry of an order
that is canceled is withdrawn, unless another paid order keeps it, or the giveaway was drawn already;
one of an order that comes to another customer goes with it.
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Literal

from msgspec import structs

from engine.campaigns.free import campaign_closed
from engine.giveaways.find import entries_count, entry_id_of, find_draw
from engine.kernel import tables
from engine.kernel.room import Reactions
from engine.kernel.state import View
from engine.orders.order_events import (
    PAID,
    OrderChanging,
    newly_canceled,
    newly_moved,
    newly_paid,
)
from schemas.base import Metadata, Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.custom_events import CustomEventTracked
from schemas.errors import Refusal, refuse
from schemas.events import Event
from schemas.giveaways import (
    ENTRIES_MAX,
    OTHER_ORDERS_MAX,
    EntryOrdersChanged,
    EntryWithdrawn,
    GiveawayEntered,
    GiveawayEntry,
)
from schemas.orders import Order, OrderCreated, OrderUpdated
from schemas.programs import Reacting
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded


def closed_refusal(view: View, campaign: Campaign, now: Millis) -> Refusal | None:
    """Why a giveaway takes no entries."""
    terms = campaign.giveaway
    assert terms is not None
    if find_draw(view, campaign.id) is not None or now > terms.closes_at:
        return refuse("giveaway_closed", f"Giveaway {campaign.name} is closed")
    if campaign.start_date is not None and now < campaign.start_date:
        return refuse("campaign_not_active", f"Campaign {campaign.name} begins later")
    return campaign_closed(campaign, now)


def make_entry(
    view: View,
    campaign: Campaign,
    customer_id: str,
    now: Millis,
    *,
    source: Literal["api", "order", "event"] = "api",
    source_id: str | None = None,
    metadata: Metadata | None = None,
) -> GiveawayEntry | Refusal:
    """The entry; the one of before where there is one, as it is."""
    terms = campaign.giveaway
    assert terms is not None
    apart = source_id if terms.each_event else None
    entry_id = entry_id_of(campaign.id, customer_id, apart)
    known = view.get(tables.GIVEAWAY_ENTRIES, campaign.id, entry_id)
    if known is not None and known.withdrawn_at is None:
        return known
    if known is None and entries_count(view, campaign.id) >= ENTRIES_MAX:
        return refuse("giveaway_closed", f"A giveaway has at most {ENTRIES_MAX} entries")
    return GiveawayEntry(entry_id, campaign.id, customer_id, now, source, source_id, metadata or {})


def enter_by_order(
    view: View, _: Command, reacting: Reacting, event: OrderChanging, now: Millis
) -> Iterator[Event]:
    """A paid order makes an entry of its customer; one that is canceled withdraws it.

    An entry goes with its order where that comes to another customer.
    """
    if not reacting.giving:
        return
    moved = newly_moved(event)
    if moved is not None:
        yield from _move(view, reacting, *moved, now)
    paid = newly_paid(event)
    if paid is not None and paid.customer_id is not None:
        yield from _enter(view, reacting, "order.paid", paid.customer_id, paid.id, now)
    canceled = newly_canceled(event)
    if canceled is not None and canceled.customer_id is not None:
        for __, entry in _entries_by(view, reacting, canceled.id, canceled.customer_id):
            yield from _without_order(entry, canceled.id, now)


def _move(
    view: View, reacting: Reacting, order: Order, before: str, now: Millis
) -> Iterator[Event]:
    """The entries of an order go from who had it to whose it is, also once the giveaway has closed."""
    for campaign, entry in _entries_by(view, reacting, order.id, before):
        yield from _without_order(entry, order.id, now)
        if order.customer_id is not None and order.status in PAID:
            yield from _made(view, campaign, order.customer_id, "order", order.id, now)


def enter_by_event(
    view: View, _: Command, reacting: Reacting, event: CustomEventTracked, now: Millis
) -> Iterator[Event]:
    """The custom event of a giveaway makes an entry of its customer."""
    if not reacting.giving:
        return
    tracked = event.event
    yield from _enter(
        view, reacting, "custom_event", tracked.customer_id, tracked.id, now, tracked.name
    )


def _enter(
    view: View,
    reacting: Reacting,
    by: str,
    customer_id: str,
    source_id: str,
    now: Millis,
    name: str | None = None,
) -> Iterator[Event]:
    for campaign_id in reacting.giving:
        campaign = view.get(tables.CAMPAIGNS, campaign_id)
        terms = None if campaign is None else campaign.giveaway
        if campaign is None or terms is None or terms.entry_type != by:
            continue
        if terms.custom_event != name or closed_refusal(view, campaign, now) is not None:
            continue
        source: Literal["order", "event"] = "order" if by == "order.paid" else "event"
        yield from _made(view, campaign, customer_id, source, source_id, now)


def _made(
    view: View,
    campaign: Campaign,
    customer_id: str,
    source: Literal["order", "event"],
    source_id: str,
    now: Millis,
) -> Iterator[Event]:
    """The entry, or that an order keeps the one that is there, too."""
    entry = make_entry(view, campaign, customer_id, now, source=source, source_id=source_id)
    if isinstance(entry, Refusal):
        return
    if view.get(tables.GIVEAWAY_ENTRIES, campaign.id, entry.id) != entry:
        yield GiveawayEntered(entry)
    elif source == "order":
        yield from _note_order(entry, source_id)


def _note_order(entry: GiveawayEntry, order_id: str) -> Iterator[Event]:
    """The entry that is there is kept by this order, too, if it came by one and not by a request."""
    noted = (entry.source_id, *entry.other_orders)
    if entry.source == "order" and order_id not in noted and len(noted) <= OTHER_ORDERS_MAX:
        others = (*entry.other_orders, order_id)
        yield EntryOrdersChanged(structs.replace(entry, other_orders=others))


def _entries_by(
    view: View, reacting: Reacting, order_id: str, customer_id: str
) -> Iterator[tuple[Campaign, GiveawayEntry]]:
    """The entries that the order of a customer may have made, where it was not drawn yet."""
    for campaign_id in reacting.giving:
        campaign = view.get(tables.CAMPAIGNS, campaign_id)
        terms = None if campaign is None else campaign.giveaway
        if campaign is None or terms is None or terms.entry_type != "order.paid":
            continue
        if find_draw(view, campaign_id) is not None:
            continue
        entry_id = entry_id_of(campaign_id, customer_id, order_id if terms.each_event else None)
        entry = view.get(tables.GIVEAWAY_ENTRIES, campaign_id, entry_id)
        if entry is not None and entry.withdrawn_at is None and _is_by(entry, order_id):
            yield campaign, entry


def _is_by(entry: GiveawayEntry, order_id: str) -> bool:
    return entry.source == "order" and order_id in (entry.source_id, *entry.other_orders)


def _without_order(entry: GiveawayEntry, order_id: str, now: Millis) -> Iterator[Event]:
    """The entry without an order that was canceled: the next of its orders keeps it, if there is one."""
    orders = (entry.source_id or "", *entry.other_orders)
    left = tuple(each for each in orders if each != order_id)
    if left:
        kept = structs.replace(entry, source_id=left[0], other_orders=left[1:])
        yield EntryOrdersChanged(kept)
    else:
        yield EntryWithdrawn(structs.replace(entry, withdrawn_at=now))


#: What makes entries, and what withdraws them.
REACTIONS: Reactions = MappingProxyType(
    {
        RedemptionSucceeded: enter_by_order,
        RedemptionRolledBack: enter_by_order,
        OrderCreated: enter_by_order,
        OrderUpdated: enter_by_order,
        CustomEventTracked: enter_by_event,
    }
)
