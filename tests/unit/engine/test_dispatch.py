"""Nothing that can be asked for or can happen is without its function, or passed over unseen."""

from collections.abc import Collection, Mapping
from typing import Any, get_args

import pytest

from engine.answers import activity, answer, changes, hook_events, transactions
from engine.assignments import shown
from engine.categories import decide as categories
from engine.customers import summaries
from engine.decide import DECISIONS
from engine.evolve import FOLDS, UNFOLDED
from engine.loyalty_tiers import members
from engine.metadata import checks
from engine.redemptions import history_rows
from engine.segments import following
from schemas.commands import CommandBody
from schemas.events import Event

#: Whoever makes something of events: its table, and what it passes over.
TABLES: Mapping[str, tuple[Collection[type[Any]], frozenset[type[Any]]]] = {
    "folds": (FOLDS, UNFOLDED),
    "answers": (answer.ANSWERS, answer.UNANSWERED),
    "activities": (activity.TELLS, activity.UNTOLD),
    "webhooks": (hook_events.TELLS, hook_events.UNTOLD),
    "transactions": (transactions.BOOKS, transactions.UNBOOKED),
    "redemptions": (history_rows.ROWS, history_rows.UNLISTED),
    "redemption bodies": (history_rows.BODIES, history_rows.UNLISTED),
    "summaries": (summaries.COUNTS, summaries.UNCOUNTED),
    "metadata": (checks.WRITES, checks.UNWRITTEN),
    "objects": (shown.SHOWS, shown.UNSHOWN),
    "assignments": (shown.CHANGES, shown.UNCHANGED),
    "categories": (categories.NAMES, categories.UNNAMED),
    "changes": (changes.SUBJECTS, changes.UNSUBJECTED),
    "loyalty tiers": (members.CHANGES, members.UNCHANGED),
    "segments": (following.CHANGES, following.UNCHANGED),
}


def test_every_command_is_decided() -> None:
    assert set(DECISIONS) == set(get_args(CommandBody))


@pytest.mark.parametrize(("table", "passed_over"), TABLES.values(), ids=TABLES)
def test_every_event_is_in_the_table_or_is_passed_over(
    table: Collection[type[Any]], passed_over: frozenset[type[Any]]
) -> None:
    assert set(table) | passed_over == set(get_args(Event))
    assert not set(table) & passed_over
