"""The decision over a command: one function for each kind, in the file of its feature.

Pure: state through a `View`, time and randomness through the arguments. `decide` is total over
commands that decode; what cannot be done is a refusal, never an exception.
"""

from msgspec import structs

from engine import expiry, work
from engine.alerts import decide as alerts
from engine.assignments.shown import with_assignments
from engine.background import decide as background
from engine.balances import decide as balances
from engine.bin import decide as bin
from engine.branding import decide as branding
from engine.campaigns import decide as campaigns
from engine.campaigns.stacks import decide as stacks
from engine.campaigns.tiers import decide as tiers
from engine.categories import decide as categories
from engine.categories.decide import with_categories
from engine.collections import decide as collections
from engine.copying import decide as copying
from engine.custom_events import decide as custom_events
from engine.customers import decide as customers
from engine.earning import decide as earning
from engine.effects import with_effects
from engine.erasures import decide as erasures
from engine.event_schemas import decide as event_schemas
from engine.exports import decide as exports
from engine.giveaways import decide as giveaways
from engine.kernel.decision import Decision
from engine.kernel.room import unite_tables
from engine.kernel.state import View, encode
from engine.keys import decide as keys
from engine.locations import decide as locations
from engine.loyalty_tiers import decide as loyalty_tiers
from engine.metadata import decide as metadata
from engine.metadata.checks import wrong_metadata
from engine.notifications import decide as notifications
from engine.oauth import decide as oauth
from engine.orders import decide as orders
from engine.points import pending, transfers
from engine.products import decide as products
from engine.projects import decide as projects
from engine.projects.decide import unknown_project
from engine.publications import decide as publications
from engine.redemptions import decide as redemptions
from engine.redemptions import rollback
from engine.redemptions.decide import redeem_stack
from engine.referrals import decide as referrals
from engine.rewards import decide as rewards
from engine.rules import decide as rules
from engine.segments import decide as segments
from engine.sessions import decide as sessions
from engine.stacking_rules import decide as stacking_rules
from engine.users import decide as users
from engine.vouchers import decide as vouchers
from engine.webhooks import decide as webhooks
from schemas.actions import RunChunk
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal
from schemas.expiry import ExpireDue
from schemas.redemptions import RedeemStack

#: What the events of a chunk or a sweep may amount to with what follows of them: sealed they still fit a record.
CHUNK_WITH_EFFECTS_BYTES_MAX = 512 * 1024
#: Into how many parts a chunk is divided at most for it.
SHARES_MAX = 1024
#: Who decides what. A command without a line here fails a test (tests/unit/engine).
DECISIONS = unite_tables(
    background.DECISIONS,
    balances.DECISIONS,
    bin.DECISIONS,
    branding.DECISIONS,
    campaigns.DECISIONS,
    stacks.DECISIONS,
    tiers.DECISIONS,
    categories.DECISIONS,
    collections.DECISIONS,
    copying.DECISIONS,
    custom_events.DECISIONS,
    customers.DECISIONS,
    earning.DECISIONS,
    erasures.DECISIONS,
    expiry.DECISIONS,
    alerts.DECISIONS,
    event_schemas.DECISIONS,
    exports.DECISIONS,
    giveaways.DECISIONS,
    keys.DECISIONS,
    locations.DECISIONS,
    loyalty_tiers.DECISIONS,
    metadata.DECISIONS,
    notifications.DECISIONS,
    oauth.DECISIONS,
    orders.DECISIONS,
    pending.DECISIONS,
    products.DECISIONS,
    projects.DECISIONS,
    publications.DECISIONS,
    redemptions.DECISIONS,
    rollback.DECISIONS,
    referrals.DECISIONS,
    rewards.DECISIONS,
    rules.DECISIONS,
    segments.DECISIONS,
    sessions.DECISIONS,
    stacking_rules.DECISIONS,
    transfers.DECISIONS,
    users.DECISIONS,
    vouchers.DECISIONS,
    webhooks.DECISIONS,
    work.DECISIONS,
)


def decide(view: View, command: Command, now: Millis) -> Decision:
    """The facts of a command that `admit` let through."""
    decision = unknown_project(view, command.body) or _decide_within(view, command, now)
    return Decision(refusal=decision) if isinstance(decision, Refusal) else decision


def _decide_within(view: View, command: Command, now: Millis) -> Decision | Refusal:
    """The decision; of a chunk or a sweep so much as fits a record with all that follows of it."""
    decision = _decide_fully(view, command, now)
    body = command.body
    if not isinstance(body, RunChunk | ExpireDue) or isinstance(decision, Refusal):
        return decision
    # what a chunk does by itself fits
    if isinstance(body, RunChunk) and not decision.effects:
        return decision
    while _is_too_large(decision) and body.share < SHARES_MAX:
        body = structs.replace(body, share=2 * body.share)
        decision = _decide_fully(view, structs.replace(command, body=body), now)
    return decision


def _is_too_large(decision: Decision | Refusal) -> bool:
    """Whether it is more than is to be in a record."""
    if isinstance(decision, Refusal):
        return False
    size = sum(len(encode(event)) for event in decision.events)
    return size > CHUNK_WITH_EFFECTS_BYTES_MAX


def _decide_fully(view: View, command: Command, now: Millis) -> Decision | Refusal:
    decision = DECISIONS[type(command.body)](view, command, command.body, now)
    if isinstance(decision, Refusal):
        return decision
    if not isinstance(command.body, RunChunk):  # whose rows were looked at one by one
        wrong = wrong_metadata(view, decision)
        if wrong is not None:
            refused = _refuse_late(view, command, wrong, now)
            if isinstance(refused, Refusal):
                return refused
            decision = refused
    decision = with_effects(view, command, decision, now)
    decision = with_assignments(view, decision)
    return with_categories(view, decision)


def _refuse_late(view: View, command: Command, refusal: Refusal, now: Millis) -> Decision | Refusal:
    """A refusal after the fact; an attempt to redeem is recorded as failed with it."""
    if isinstance(command.body, RedeemStack):
        body = structs.replace(command.body, fault=refusal)
        return redeem_stack(view, command, body, now)
    return refusal
