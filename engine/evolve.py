"""The fold: what an event changes in the state. Total, so that every log folds.

An event holds the entity as it is after it, so a fold stores and never recalculates. Derived here
are only the keys by which things are found, what sessions and customers hold, what redemptions
count, the memory of decided commands, and what time will end. A voucher that is gone stays gone.
Nothing depends on what a personal field says, but for what finds a customer by source id or as a
guest, which ends with its data.
"""

from itertools import islice
from typing import Any

from engine.admission import SEEN_DAYS, day_bucket
from engine.alerts import fold as alerts
from engine.assignments import fold as assignments
from engine.background import fold as background
from engine.bin import fold as bin
from engine.branding import fold as branding
from engine.campaigns import fold as campaigns
from engine.campaigns.stacks import fold as stacks
from engine.campaigns.tiers import fold as tiers
from engine.categories import fold as categories
from engine.collections import fold as collections
from engine.counters.ended import drop_ended_counts
from engine.customers import fold as customers
from engine.earning import fold as earning
from engine.erasures import fold as erasures
from engine.event_schemas import fold as event_schemas
from engine.exports import fold as exports
from engine.giveaways import fold as giveaways
from engine.kernel import tables
from engine.kernel.overlay import ProjectState
from engine.kernel.room import unite_tables
from engine.kernel.state import State
from engine.keys import fold as keys
from engine.locations import fold as locations
from engine.loyalty_tiers import fold as loyalty_tiers
from engine.metadata import fold as metadata
from engine.oauth import fold as oauth
from engine.orders import fold as orders
from engine.prizes import fold as prizes
from engine.products import fold as products
from engine.projects import fold as projects
from engine.publications import fold as publications
from engine.qualification.index import Indexed
from engine.redemptions import fold as redemptions
from engine.referrals import fold as referrals
from engine.rewards import fold as rewards
from engine.rules import fold as rules
from engine.segments import fold as segments
from engine.sessions import fold as sessions
from engine.stacking_rules import fold as stacking_rules
from engine.users import fold as users
from engine.vouchers import fold as vouchers
from engine.webhooks import fold as webhooks
from schemas.base import DAY_MS, Millis, tag_of
from schemas.categories import CategoriesOrdered
from schemas.custom_events import CustomEventTracked
from schemas.customers import CustomerUnchanged
from schemas.earning import EarningRefused
from schemas.events import Event
from schemas.expiry import ExpireDue
from schemas.giveaways import EntryRepeated, PrizesAsked
from schemas.notifications import NotificationsRead
from schemas.prizes import RewardWithheld
from schemas.programs import ReactionsStopped
from schemas.publications import PublicationRepeated
from schemas.records import Decided, Record, Seen
from schemas.redemptions import RollbackFailed
from schemas.sessions import SessionRefused
from schemas.webhooks import RedeliveryRequested, WebhookTestRequested

#: The stored type of the command that sweeps.
SWEEP = tag_of(ExpireDue)
#: How many forgotten commands leave the state with one sweep.
FORGOTTEN_MAX = 1000
#: What each event does. An event without a line here fails a test (tests/unit/engine).
FOLDS = unite_tables(
    assignments.FOLDS,
    background.FOLDS,
    bin.FOLDS,
    branding.FOLDS,
    campaigns.FOLDS,
    stacks.FOLDS,
    tiers.FOLDS,
    categories.FOLDS,
    collections.FOLDS,
    customers.FOLDS,
    earning.FOLDS,
    erasures.FOLDS,
    alerts.FOLDS,
    event_schemas.FOLDS,
    exports.FOLDS,
    giveaways.FOLDS,
    keys.FOLDS,
    locations.FOLDS,
    loyalty_tiers.FOLDS,
    metadata.FOLDS,
    oauth.FOLDS,
    orders.FOLDS,
    prizes.FOLDS,
    products.FOLDS,
    projects.FOLDS,
    publications.FOLDS,
    redemptions.FOLDS,
    referrals.FOLDS,
    rewards.FOLDS,
    rules.FOLDS,
    segments.FOLDS,
    sessions.FOLDS,
    stacking_rules.FOLDS,
    users.FOLDS,
    vouchers.FOLDS,
    webhooks.FOLDS,
)

#: What is only to be known, and changes nothing.
UNFOLDED: frozenset[type[Any]] = frozenset(
    {
        CategoriesOrdered,
        CustomEventTracked,
        CustomerUnchanged,
        EntryRepeated,
        EarningRefused,
        NotificationsRead,
        PrizesAsked,
        PublicationRepeated,
        ReactionsStopped,
        RedeliveryRequested,
        RewardWithheld,
        RollbackFailed,
        SessionRefused,
        WebhookTestRequested,
    }
)


def fold_event(state: State, event: Event, at: Millis) -> None:
    """Changes what the event of a record of that time changes. Raises KeyError for an unknown one."""
    if type(event) not in UNFOLDED:
        FOLDS[type(event)](state, event, at)


def fold_facts(state: State, record: Decided) -> None:
    """As `evolve`, without what finds offers that may suit, and commands that are repeated."""
    for event in record.events:
        fold_event(state, event, record.at)
    if record.command_type == SWEEP:
        drop_ended_counts(state, record.at)


def evolve(state: ProjectState, record: Record, offset: int) -> None:
    """Folds the record at `offset`; only decided commands change anything."""
    if not isinstance(record, Decided):
        return
    indexed = Indexed(state)
    for event in record.events:
        fold_event(indexed, event, record.at)
    if record.command_type == SWEEP:
        drop_ended_counts(state, record.at)
    _remember(state, record, offset)


def _remember(state: State, record: Decided, offset: int) -> None:
    """Notes the command, so that a repeat is known, and forgets those that are old enough.

    Old ones leave with the sweeps, within a bound: a day's commands at once would take too long.
    """
    today = record.at // DAY_MS
    seen = Seen(record.fingerprint, offset, record.command_id)
    state.put(tables.SEEN, seen, day_bucket(today), record.command_id)
    first = state.get(tables.SEEN_FROM)
    if first is None:
        state.put(tables.SEEN_FROM, today)
    elif first < today - SEEN_DAYS and record.command_type == SWEEP:
        _forget_commands(state, first)


def _forget_commands(state: State, day: int) -> None:
    bucket = day_bucket(day)
    forgotten = list(islice(state.scan(tables.SEEN, bucket), FORGOTTEN_MAX))
    for seen in forgotten:
        state.delete(tables.SEEN, bucket, seen.command_id)
    if len(forgotten) < FORGOTTEN_MAX:
        state.put(tables.SEEN_FROM, day + 1)
