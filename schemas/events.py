"""The events: what happened. Stored types are fixed strings; adding one is described in docs/."""

from typing import Any, get_args

from schemas.actions import ActionEvent
from schemas.assignments import AssignmentEvent
from schemas.balances import BalanceEvent
from schemas.bin import BinEvent
from schemas.campaigns import CampaignEvent
from schemas.categories import CategoryEvent
from schemas.collections import CollectionEvent
from schemas.custom_events import CustomEventEvent
from schemas.customers import CustomerEvent
from schemas.erasures import ErasureEvent
from schemas.locations import LocationEvent
from schemas.metadata import MetadataEvent
from schemas.oauth import OAuthEvent
from schemas.orders import OrderEvent
from schemas.products import ProductEvent
from schemas.projects import ProjectEvent
from schemas.promotion_events import PromotionEvent
from schemas.publications import PublicationEvent
from schemas.redemptions import RedemptionEvent
from schemas.rewards import RewardEvent
from schemas.rules import RuleEvent
from schemas.segments import SegmentEvent
from schemas.sessions import SessionEvent
from schemas.stacking import StackingEvent
from schemas.voucher_events import VoucherEvent
from schemas.webhooks import WebhookEvent

#: What a shop sets up by itself: no customer, no order and no balance changes by it.
SetupEvent = (
    AssignmentEvent
    | CategoryEvent
    | CollectionEvent
    | LocationEvent
    | MetadataEvent
    | OAuthEvent
    | ProductEvent
    | ProjectEvent
    | RewardEvent
    | RuleEvent
    | StackingEvent
    | WebhookEvent
)
Event = (
    SetupEvent
    | ActionEvent
    | BalanceEvent
    | BinEvent
    | CampaignEvent
    | CustomEventEvent
    | CustomerEvent
    | ErasureEvent
    | OrderEvent
    | PromotionEvent
    | PublicationEvent
    | RedemptionEvent
    | SegmentEvent
    | SessionEvent
    | VoucherEvent
)


def events_of(*features: Any) -> frozenset[type[Any]]:
    """The events that these unions have; an event by itself is one of its own.

    Whoever follows the ledger says with it what they pass over: a feature that does not concern
    them as a whole, and of one that does each event, so that a new one is not passed over unseen.
    """
    return frozenset(event for each in features for event in get_args(each) or (each,))
