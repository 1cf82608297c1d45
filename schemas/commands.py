"""The commands: what a front asks the ledger to decide. One command, one record."""

from typing import Annotated

from msgspec import Meta, field

from schemas.actions import ActionCommand
from schemas.alerts import AlertCommand
from schemas.assignments import AssignmentCommand
from schemas.balances import BalanceCommand
from schemas.base import Millis, Shape
from schemas.bin import BinCommand
from schemas.branding import BrandingCommand
from schemas.campaigns import CampaignCommand
from schemas.categories import CategoryCommand
from schemas.collections import CollectionCommand
from schemas.custom_events import CustomEventCommand
from schemas.customers import CustomerCommand
from schemas.earning import EarningCommand
from schemas.erasures import ErasureCommand
from schemas.event_schemas import EventSchemaCommand
from schemas.expiry import ExpiryCommand
from schemas.exports import ExportCommand
from schemas.giveaways import GiveawayCommand
from schemas.keys import KeyCommand
from schemas.locations import LocationCommand
from schemas.loyalty_tiers import LoyaltyTierCommand
from schemas.metadata import MetadataCommand
from schemas.notifications import NotificationCommand
from schemas.oauth import OAuthCommand
from schemas.orders import OrderCommand
from schemas.pending import PendingCommand
from schemas.points import PointsCommand
from schemas.products import ProductCommand
from schemas.projects import KeyKind, ProjectCommand
from schemas.promotions import PromotionCommand
from schemas.publications import PublicationCommand
from schemas.redemptions import RedemptionCommand
from schemas.referrals import ReferralCommand
from schemas.rewards import RewardCommand
from schemas.rules import RuleCommand
from schemas.segments import SegmentCommand
from schemas.sessions import SessionCommand
from schemas.stacking import StackingCommand
from schemas.user_commands import UserCommand
from schemas.vouchers import VoucherCommand
from schemas.webhooks import WebhookCommand

CommandBody = (
    ActionCommand
    | AlertCommand
    | AssignmentCommand
    | BalanceCommand
    | BinCommand
    | BrandingCommand
    | CampaignCommand
    | CategoryCommand
    | CollectionCommand
    | CustomEventCommand
    | CustomerCommand
    | EarningCommand
    | ErasureCommand
    | EventSchemaCommand
    | ExpiryCommand
    | ExportCommand
    | GiveawayCommand
    | KeyCommand
    | LocationCommand
    | LoyaltyTierCommand
    | MetadataCommand
    | NotificationCommand
    | OAuthCommand
    | OrderCommand
    | PointsCommand
    | PendingCommand
    | ProductCommand
    | ProjectCommand
    | PromotionCommand
    | PublicationCommand
    | RedemptionCommand
    | ReferralCommand
    | RewardCommand
    | RuleCommand
    | SegmentCommand
    | SessionCommand
    | StackingCommand
    | UserCommand
    | VoucherCommand
    | WebhookCommand
)


class Command(Shape, frozen=True):
    """A command in its envelope, as it lies in the topic `commands`."""

    id: Annotated[str, Meta(min_length=1, max_length=100)]
    project: Annotated[str, Meta(min_length=1, max_length=100)]
    #: The front's clock when it sent the command, and when it stops waiting.
    sent_at: Millis
    deadline: Millis
    #: 16 random bytes, hex: the source of every id and code that the decision needs.
    seed: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    key_kind: KeyKind
    #: Keyed hash of the plain request: the same id with another fingerprint is refused.
    fingerprint: str
    body: CommandBody
    channel: str = "API"
    #: The api key's public id, or the user's.
    channel_id: str = ""
    #: What validation rules call the user who asks; None where none does.
    login: str | None = None
    #: The keyed hash of the e-mail address by which alone `body` names a customer.
    email_key: str | None = field(default=None, name="guest_key")
