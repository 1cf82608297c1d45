"""Events: everything that was decided, as it was recorded."""

from typing import Final

from htpy import fragment, span

from services.dashboard.lists import usual, usual_columns
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.resource import Column, Empty, Resource, Row, list_of
from services.dashboard.parts.facts import block, code_text, facts, json_text, link, raw_block
from services.dashboard.parts.page import Details
from services.dashboard.parts.show import NOTHING
from services.dashboard.sections.audit.tabs import TABS
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

FIELDS: Final = (
    usual.exact_field("type", "Type"),
    usual.exact_field("voucher", "Voucher"),
    usual.exact_field("campaign", "Campaign"),
    usual.CUSTOMER_ALONE,
    usual.exact_field("redemption", "Redemption"),
    usual.exact_field("order_id", "Order"),
    usual.exact_field("object", "Kind of thing"),
    usual.DATE_ALONE,
)
COLUMNS: Final = (
    Column("type", "Event", lambda row, _: row.get("type"), is_mono=True),
    Column("command", "Command", lambda row, _: row.get("command") or NOTHING, is_mono=True),
    Column("channel", "Channel", lambda row, _: row.get("channel") or NOTHING),
    Column("log", "Log", lambda row, _: row.get("log_id") or NOTHING, is_mono=True),
    usual_columns.DATE,
    usual_columns.ID,
)


async def tell_event(visit: Visit, event_id: str) -> Details:
    """One event, with its data."""
    return event_details(visit, await visit.api.get(f"/v1/audit/events/{escape_segment(event_id)}"))


def event_details(visit: Visit, row: Row) -> Details:
    """The same of what was answered."""
    redemptions = row.get("redemption_ids") or []
    same = row.get("same_record") or []
    return Details(
        title=span(".mono")[row.get("type")],
        name=f"Event {row['id']}",
        href=f"/events/{row['id']}",
        body=fragment[
            facts(
                ("Id", code_text(row["id"])),
                ("Occurred", visit.show.when(row.get("created_at"))),
                ("Channel", row.get("channel")),
                ("Command", code_text(row.get("command"))),
                ("Log id", code_text(row.get("log_id"))),
                ("Redemptions", [[link(each, f"/redemptions/{each}"), " "] for each in redemptions])
                if redemptions
                else None,
                ("Decided together", [[link(each, f"/events/{each}"), " "] for each in same])
                if same
                else None,
            ),
            block("Data", json_text(row.get("data"), "The data of the event")),
            raw_block(row, f"/v1/audit/events/{row['id']}", "The event"),
        ],
    )


EVENTS: Final = Resource(
    title="Events",
    one="event",
    lead="Everything that was decided, as it stands in the log.",
    path="/events",
    needs="audit.read",
    icon="layers",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=list_of("/v1/audit/events", "data", FIELDS),
    key=lambda row: str(row["id"]),
    tell=tell_event,
    tabs=TABS,
    empty=Empty(
        "Nothing happened yet", "Each decision of the engine stands here as it was recorded."
    ),
)
PAGES: Final[tuple[Page, ...]] = list_pages(EVENTS)
