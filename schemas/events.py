"""The events: what happened. Stored types are fixed strings; adding one is described in docs/."""

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

Event = (
    ActionEvent
    | AssignmentEvent
    | BalanceEvent
    | BinEvent
    | CampaignEvent
    | CategoryEvent
    | CollectionEvent
    | CustomEventEvent
    | CustomerEvent
    | ErasureEvent
    | LocationEvent
    | MetadataEvent
    | OAuthEvent
    | OrderEvent
    | ProductEvent
    | ProjectEvent
    | PromotionEvent
    | PublicationEvent
    | RedemptionEvent
    | RewardEvent
    | RuleEvent
    | SegmentEvent
    | SessionEvent
    | StackingEvent
    | VoucherEvent
    | WebhookEvent
)
