"""The part of the state that this service keeps: enough to know what is to be done.

It does without vouchers, customers and orders, so that it keeps up with those who write them.
"""

from typing import Final

from engine.fold import StatePart
from engine.kernel import tables
from schemas.actions import ActionProgressed, ActionStarted, RowsStaged, StagedRowsDropped
from schemas.assignments import ASSIGNMENT_EVENTS
from schemas.base import Shape
from schemas.events import SHOP_EVENTS, events_of
from schemas.keys import KeyCreated, KeyEnded, KeyForgotten, KeyRenamed, KeyRotated
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
        KeyCreated,
        KeyRenamed,
        KeyRotated,
        KeyEnded,
        KeyForgotten,
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
    SHOP_EVENTS,
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
