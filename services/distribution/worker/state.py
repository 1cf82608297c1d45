"""The part of the state that this service keeps: enough to know what is to be done.

It does without vouchers, customers and orders, so that it keeps up with those who write them.
"""

from typing import Final

from engine.fold import StatePart
from engine.kernel import tables
from schemas.actions import ActionProgressed, ActionStarted, RowsStaged, StagedRowsDropped
from schemas.assignments import ASSIGNMENT_EVENTS
from schemas.balances import BALANCE_EVENTS
from schemas.base import Shape
from schemas.bin import BIN_EVENTS
from schemas.campaigns import CAMPAIGN_EVENTS
from schemas.categories import CATEGORY_EVENTS
from schemas.collections import COLLECTION_EVENTS
from schemas.custom_events import CUSTOM_EVENTS
from schemas.customers import CUSTOMER_EVENTS
from schemas.erasures import ERASURE_EVENTS
from schemas.events import PLAIN_SETUP_EVENTS, events_of
from schemas.locations import LOCATION_EVENTS
from schemas.orders import ORDER_EVENTS
from schemas.products import PRODUCT_EVENTS
from schemas.projects import (
    KeyAdded,
    KeyRevoked,
    ProjectClosed,
    ProjectCreated,
    ProjectDeleted,
    ProjectOpened,
    ProjectUpdated,
    TimeZoneSet,
    TrustedOriginsChanged,
)
from schemas.promotion_events import PROMOTION_EVENTS
from schemas.publications import PUBLICATION_EVENTS
from schemas.redemptions import REDEMPTION_EVENTS
from schemas.rules import RULE_EVENTS
from schemas.segments import SEGMENT_EVENTS
from schemas.sessions import SESSION_EVENTS
from schemas.voucher_events import VOUCHER_EVENTS
from schemas.webhooks import WEBHOOK_EVENTS

#: What changes the tables that are kept.
CHANGING: Final[frozenset[type[Shape]]] = frozenset(
    {
        ProjectCreated,
        ProjectUpdated,
        ProjectDeleted,
        ProjectClosed,
        KeyAdded,
        KeyRevoked,
        TrustedOriginsChanged,
        ActionStarted,
        ActionProgressed,
    }
)

#: What changes none of them.
UNCHANGING: Final = events_of(
    # It is of a project by itself, and not of the control project.
    ProjectOpened,
    TimeZoneSet,
    # Its rows are taken when they are worked on, by the ledger.
    RowsStaged,
    StagedRowsDropped,
    ASSIGNMENT_EVENTS,
    BALANCE_EVENTS,
    BIN_EVENTS,
    CAMPAIGN_EVENTS,
    CATEGORY_EVENTS,
    COLLECTION_EVENTS,
    CUSTOM_EVENTS,
    CUSTOMER_EVENTS,
    ERASURE_EVENTS,
    LOCATION_EVENTS,
    PLAIN_SETUP_EVENTS,
    ORDER_EVENTS,
    PRODUCT_EVENTS,
    PROMOTION_EVENTS,
    PUBLICATION_EVENTS,
    REDEMPTION_EVENTS,
    RULE_EVENTS,
    SEGMENT_EVENTS,
    SESSION_EVENTS,
    VOUCHER_EVENTS,
    WEBHOOK_EVENTS,
)

KEPT = StatePart(
    tables=frozenset(
        table.name
        for table in (
            tables.PROJECTS,
            tables.KEYS,
            tables.ACTIONS,
            tables.OPEN_ACTIONS,
        )
    ),
    events=CHANGING,
)
