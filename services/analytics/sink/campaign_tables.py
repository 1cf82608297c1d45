"""What analytics keeps of campaigns: each as it is, and a fact for all that happened to it.

A fact counts vouchers or publications, and sums credits of gift cards, in minor units. Vouchers of no
campaign have facts as well, whose campaign is empty. What was
redeemed of a campaign stands in the facts of redemptions (services/analytics/sink/redemption_facts.py).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from engine.kernel.state import encode
from runtime.clickhouse.database import Column
from runtime.clickhouse.table import sink_table
from schemas.actions import ACTION_EVENTS
from schemas.balances import BALANCE_EVENTS, BalanceAdjusted
from schemas.base import Millis
from schemas.bin import BIN_EVENTS
from schemas.campaigns import (
    Campaign,
    CampaignCreated,
    CampaignDeleted,
    CampaignDisabled,
    CampaignEnabled,
    CampaignUpdated,
    VouchersGenerated,
)
from schemas.custom_events import CUSTOM_EVENTS
from schemas.customers import CUSTOMER_EVENTS
from schemas.earning import EARNED_EVENTS
from schemas.erasures import ERASURE_EVENTS
from schemas.events import QUIET_EVENTS, SETUP_EVENTS, events_of
from schemas.loyalty_tiers import MEMBER_TIER_EVENTS
from schemas.orders import ORDER_EVENTS
from schemas.pending import PENDING_EVENTS
from schemas.points import POINTS_EVENTS
from schemas.prizes import PRIZE_EVENTS, CustomerRewarded, RewardTakenBack, RewardWithheld
from schemas.promotion_events import (
    PROMOTION_EVENTS,
    CampaignPromotionsDeleted,
    StackCreated,
    StackDeleted,
    StackUpdated,
    TierCreated,
    TierDeleted,
    TierDisabled,
    TierEnabled,
    TiersMoved,
    TiersOrdered,
    TierUpdated,
)
from schemas.publications import PublicationFailed, PublicationRepeated, PublicationSucceeded
from schemas.records import Decided, Record
from schemas.redemptions import REDEMPTION_EVENTS
from schemas.referrals import (
    REFERRAL_EVENTS,
    CustomerReferred,
    HolderRemoved,
    HoldersAdded,
    RefereeAdded,
    ReferralRevoked,
)
from schemas.segments import SEGMENT_EVENTS
from schemas.sessions import SESSION_EVENTS
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from schemas.vouchers import Voucher
from services.analytics.sink.points_facts import points_facts

_NAME = "LowCardinality(String)"

CAMPAIGNS = sink_table(
    "campaigns",
    (
        Column("project", _NAME),
        Column("id", "String"),
        Column("name", "String"),
        #: As `engine.kernel.state.encode` writes it; empty when it is gone.
        Column("body", "String", "ZSTD(1)"),
    ),
    order_by=("project", "id"),
    latest_only=True,
    revision=2,
)

CAMPAIGN_FACTS = sink_table(
    "campaign_facts",
    (
        Column("project", _NAME),
        Column("at", "Int64", "Delta, ZSTD(1)"),
        Column("campaign", _NAME),
        Column("kind", _NAME),
        Column("counted", "Int64", "ZSTD(1)"),
        Column("amount", "Int64", "ZSTD(1)"),
    ),
    order_by=("project", "campaign", "at", "log_offset", "log_index"),
    revision=3,
)


class CampaignRow(NamedTuple):
    """A campaign as it is."""

    project: str
    id: str
    name: str
    body: str


class CampaignFact(NamedTuple):
    """Something that happened to vouchers of a campaign, or of none."""

    project: str
    at: Millis
    campaign: str
    #: `created`, `deleted`, `published`, `unpublished` (one that failed), `added`, `subtracted`, and
    #: those of points (points_facts.py); of customers `referred`, `unreferred`.
    kind: str
    counted: int = 1
    #: Credits or points; of `published` how many vouchers that gave.
    amount: int = 0


def campaign_rows(record: Record) -> list[CampaignRow]:
    """The campaigns that a record changed, each as it is after it."""
    rows: list[CampaignRow] = []
    if isinstance(record, Decided):
        for event in record.events:
            row_of = ROWS.get(type(event))
            row = None if row_of is None else row_of(record.project, event)
            if row is not None:
                rows.append(row)
    return rows


def campaign_facts(record: Record) -> list[CampaignFact]:
    """What a record did to vouchers of campaigns."""
    facts: list[CampaignFact] = []
    if isinstance(record, Decided):
        for event in record.events:
            fact_of = COUNTS.get(type(event))
            fact = None if fact_of is None else fact_of(event)
            if fact is not None:
                facts.append(CampaignFact(record.project, record.at, *fact))
            facts += [
                CampaignFact(record.project, record.at, *each)
                for each in points_facts(event, record.at)
            ]
    return facts


def _campaign(project: str, event: Any) -> CampaignRow | None:
    campaign: Campaign | None = event.campaign
    if campaign is None:
        return None
    return CampaignRow(project, campaign.id, campaign.name, encode(campaign).decode())


def _gone(project: str, event: CampaignDeleted) -> CampaignRow:
    return CampaignRow(project, event.campaign.id, event.campaign.name, "")


#: Campaign, kind, count and amount of a fact.
_Fact = tuple[str, str, int, int] | None


def _vouchers_generated(event: VouchersGenerated) -> _Fact:
    count, gift = len(event.ids), event.template.gift
    if not count:
        return None
    return event.campaign.id, "created", count, count * (gift.balance if gift else 0)


def _voucher_created(event: VoucherCreated) -> _Fact:
    gift = event.voucher.gift
    return event.voucher.campaign_id or "", "created", 1, gift.balance if gift else 0


def _voucher_deleted(event: VoucherDeleted) -> _Fact:
    campaign = "" if event.campaign is None else event.campaign.id
    return campaign, "deleted", 1, event.credits


def _balance_adjusted(event: BalanceAdjusted) -> _Fact:
    return _booked(event.voucher, "added" if event.amount > 0 else "subtracted", abs(event.amount))


def _rewarded(event: CustomerRewarded) -> _Fact:
    return _booked(event.voucher, "added", event.amount)


def _reward_taken_back(event: RewardTakenBack) -> _Fact:
    return _booked(event.voucher, "subtracted", event.amount)


def _customer_referred(event: CustomerReferred) -> _Fact:
    return event.referral.campaign_id, "referred", 1, 0


def _referral_revoked(event: ReferralRevoked) -> _Fact:
    return (event.referral.campaign_id, "unreferred", 1, 0) if event.converted else None


def _booked(voucher: Voucher | None, kind: str, amount: int) -> _Fact:
    """Credits of a gift card; facts of points say the same of points (points_facts.py)."""
    if voucher is None or not amount or voucher.loyalty_card is not None:
        return None
    return voucher.campaign_id or "", kind, 1, amount


def _publication_succeeded(event: PublicationSucceeded) -> _Fact:
    publication = event.publication
    return publication.campaign_id or "", "published", 1, len(publication.voucher_ids)


def _publication_failed(event: PublicationFailed) -> _Fact:
    return event.publication.campaign_id or "", "unpublished", 1, 0


#: The row of each event that holds a campaign as it is after it.
ROWS: Mapping[type[Any], Callable[[str, Any], CampaignRow | None]] = MappingProxyType(
    {
        CampaignCreated: _campaign,
        CampaignUpdated: _campaign,
        CampaignEnabled: _campaign,
        CampaignDisabled: _campaign,
        CampaignDeleted: _gone,
        VouchersGenerated: _campaign,
        TierCreated: _campaign,
        TierUpdated: _campaign,
        TierEnabled: _campaign,
        TierDisabled: _campaign,
        TierDeleted: _campaign,
        VoucherDeleted: _campaign,
        PublicationSucceeded: _campaign,
        PublicationFailed: _campaign,
    }
)

#: What changes no campaign.
UNLISTED = events_of(
    SETUP_EVENTS,
    ACTION_EVENTS,
    BALANCE_EVENTS,
    EARNED_EVENTS,
    PENDING_EVENTS,
    POINTS_EVENTS,
    CUSTOM_EVENTS,
    CUSTOMER_EVENTS,
    ERASURE_EVENTS,
    QUIET_EVENTS,
    PRIZE_EVENTS,
    REFERRAL_EVENTS,
    MEMBER_TIER_EVENTS,
    ORDER_EVENTS,
    REDEMPTION_EVENTS,
    SEGMENT_EVENTS,
    SESSION_EVENTS,
    PublicationRepeated,
    StackCreated,
    StackUpdated,
    StackDeleted,
    TiersMoved,
    TiersOrdered,
    VoucherCreated,
    VoucherUpdated,
    VoucherEnabled,
    VoucherDisabled,
    # The campaign is gone by an event of its own.
    BIN_EVENTS,
    CampaignPromotionsDeleted,
)

#: The fact of each event.
COUNTS: Mapping[type[Any], Callable[[Any], _Fact]] = MappingProxyType(
    {
        VoucherCreated: _voucher_created,
        VouchersGenerated: _vouchers_generated,
        VoucherDeleted: _voucher_deleted,
        BalanceAdjusted: _balance_adjusted,
        CustomerRewarded: _rewarded,
        RewardTakenBack: _reward_taken_back,
        CustomerReferred: _customer_referred,
        ReferralRevoked: _referral_revoked,
        PublicationSucceeded: _publication_succeeded,
        PublicationFailed: _publication_failed,
    }
)

#: What counts no vouchers of a campaign.
UNCOUNTED = events_of(
    # It is about something else, or about campaigns as wholes.
    SETUP_EVENTS,
    ACTION_EVENTS,
    CUSTOM_EVENTS,
    CUSTOMER_EVENTS,
    ERASURE_EVENTS,
    QUIET_EVENTS,
    HoldersAdded,
    HolderRemoved,
    RefereeAdded,
    RewardWithheld,
    MEMBER_TIER_EVENTS,
    ORDER_EVENTS,
    PROMOTION_EVENTS,
    SEGMENT_EVENTS,
    SESSION_EVENTS,
    CampaignCreated,
    CampaignUpdated,
    CampaignEnabled,
    CampaignDisabled,
    # The vouchers of a deleted campaign go with it, and its totals with them.
    BIN_EVENTS,
    CampaignDeleted,
    PublicationRepeated,
    VoucherUpdated,
    VoucherEnabled,
    VoucherDisabled,
    # Facts of points say it.
    EARNED_EVENTS,
    PENDING_EVENTS,
    POINTS_EVENTS,
    # Facts of redemptions say it.
    REDEMPTION_EVENTS,
)
