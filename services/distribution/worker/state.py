"""The part of the state that this service keeps: enough to know what is to be done.

It does without vouchers, customers and orders, so that it keeps up with those who write them.
"""

from engine.fold import StatePart
from engine.kernel import tables
from schemas.actions import ActionProgressed, ActionStarted
from schemas.projects import (
    KeyAdded,
    KeyRevoked,
    ProjectClosed,
    ProjectCreated,
    ProjectDeleted,
    ProjectUpdated,
    TrustedOriginsChanged,
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
    events=frozenset(
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
    ),
)
