"""The answer to a command, from its record alone.

Each room holds what its events answer; of several events of a record the last that answers does. A
refusal answers with its own status; the decision has named its resource already, for a recorded
failure the failed redemption or rollback.
"""

from typing import Final, get_args

from engine.alerts import body as alerts
from engine.assignments import body as assignments
from engine.background import body as background
from engine.balances import body as balances
from engine.bin import body as bin
from engine.branding import body as branding
from engine.campaigns import body as campaigns
from engine.campaigns.stacks import body as stacks
from engine.campaigns.tiers import body as tiers
from engine.categories import body as categories
from engine.collections import body as collections
from engine.custom_events import body as custom_events
from engine.customers import body as customers
from engine.earning import body as earning
from engine.erasures import body as erasures
from engine.event_schemas import body as event_schemas
from engine.exports import body as exports
from engine.giveaways import body as giveaways
from engine.kernel.error_body import error_body, failure_error_body
from engine.kernel.room import Rendered, unite_tables
from engine.keys import body as keys
from engine.locations import body as locations
from engine.loyalty_tiers import body as loyalty_tiers
from engine.metadata import body as metadata
from engine.notifications import body as notifications
from engine.orders import body as orders
from engine.products import body as products
from engine.publications import body as publications
from engine.redemptions import body as redemptions
from engine.referrals import body as referrals
from engine.rewards import body as rewards
from engine.rules import body as rules
from engine.segments import body as segments
from engine.sessions import body as sessions
from engine.stacking_rules import body as stacking_rules
from engine.vouchers import body as vouchers
from engine.webhooks import body as webhooks
from schemas.base import Unanswered
from schemas.errors import Refusal, refuse
from schemas.events import Event
from schemas.projects import KeyKind
from schemas.records import Answer, Conflicted, Decided, Expired
from schemas.redemptions import RedemptionFailed

#: What each event answers.
ANSWERS = unite_tables(
    assignments.ANSWERS,
    background.ANSWERS,
    balances.ANSWERS,
    bin.ANSWERS,
    branding.ANSWERS,
    campaigns.ANSWERS,
    stacks.ANSWERS,
    tiers.ANSWERS,
    categories.ANSWERS,
    collections.ANSWERS,
    custom_events.ANSWERS,
    customers.ANSWERS,
    earning.ANSWERS,
    erasures.ANSWERS,
    alerts.ANSWERS,
    event_schemas.ANSWERS,
    exports.ANSWERS,
    giveaways.ANSWERS,
    keys.ANSWERS,
    locations.ANSWERS,
    loyalty_tiers.ANSWERS,
    metadata.ANSWERS,
    notifications.ANSWERS,
    orders.ANSWERS,
    products.ANSWERS,
    publications.ANSWERS,
    redemptions.ANSWERS,
    referrals.ANSWERS,
    rewards.ANSWERS,
    rules.ANSWERS,
    segments.ANSWERS,
    sessions.ANSWERS,
    stacking_rules.ANSWERS,
    vouchers.ANSWERS,
    webhooks.ANSWERS,
)

#: What answers no command, as each of them says of itself.
UNANSWERED: Final = frozenset(each for each in get_args(Event) if issubclass(each, Unanswered))


def render_answer(record: Answer, key_kind: KeyKind) -> Rendered:
    """What the sender of the command gets. A duplicate is answered with the first record instead.

    A command that had nothing to do answers 200 without a body.
    """
    match record:
        case Decided():
            return _render_decided(record, key_kind)
        case Conflicted():
            return _render_error(refuse("idempotency_key_reused"), key_kind)
        case Expired():
            return _render_error(refuse("command_expired"), key_kind)
    raise ValueError(f"{type(record).__name__} is answered with the first record")


def _render_decided(record: Decided, key_kind: KeyKind) -> Rendered:
    if record.refusal is not None:
        if any(isinstance(event, RedemptionFailed) for event in record.events):
            return Rendered(record.refusal.status, failure_error_body(record.refusal, key_kind))
        return _render_error(record.refusal, key_kind)
    answering = record.answering
    for event in reversed(answering):
        show = ANSWERS.get(type(event))
        if show is not None:
            return show(event, record, key_kind)
    return Rendered(200, None)


def _render_error(refusal: Refusal, key_kind: KeyKind) -> Rendered:
    return Rendered(refusal.status, error_body(refusal, key_kind))
