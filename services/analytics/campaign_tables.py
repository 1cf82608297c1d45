"""What analytics keeps of campaigns: each as it is, and a fact for all that happened to it.

A fact counts vouchers or publications, and sums credits of gift cards, in minor units. What was
redeemed of a campaign stands in the facts of redemptions (services/analytics/tables.py).
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from engine.kernel.state import encode
from runtime.clickhouse.database import Column
from runtime.clickhouse.table import sink_table
from schemas.balances import BalanceAdjusted
from schemas.base import Millis
from schemas.campaigns import Campaign, CampaignDeleted, VouchersGenerated
from schemas.publications import PublicationFailed, Published
from schemas.records import Decided, Record
from schemas.voucher_events import VoucherDeleted

_NAME = "LowCardinality(String)"

CAMPAIGNS = sink_table(
    "campaigns",
    (
        Column("project", _NAME),
        Column("id", "String"),
        Column("name", "String"),
        #: As `engine.state.encode` writes it; empty when it is gone.
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
)


class CampaignRow(NamedTuple):
    """A campaign as it is."""

    project: str
    id: str
    name: str
    body: str


class CampaignFact(NamedTuple):
    """Something that happened to vouchers of a campaign."""

    project: str
    at: Millis
    campaign: str
    #: `created`, `deleted`, `published`, `unpublished` (one that failed), `added`, `subtracted`.
    kind: str
    counted: int = 1
    amount: int = 0


def campaign_rows(record: Record) -> Iterator[CampaignRow]:
    """The campaigns that a record changed, each as it is after it."""
    if not isinstance(record, Decided):
        return
    for event in record.events:
        campaign: Campaign | None = getattr(event, "campaign", None)
        if isinstance(event, CampaignDeleted):
            yield CampaignRow(record.project, event.campaign.id, event.campaign.name, "")
        elif isinstance(campaign, Campaign):
            body = encode(campaign).decode()
            yield CampaignRow(record.project, campaign.id, campaign.name, body)


def campaign_facts(record: Record) -> Iterator[CampaignFact]:
    """What a record did to vouchers of campaigns."""
    if not isinstance(record, Decided):
        return
    for event in record.events:
        fact_of = _FACTS.get(type(event))
        fact = None if fact_of is None else fact_of(event)
        if fact is not None:
            campaign, kind, count, amount = fact
            yield CampaignFact(record.project, record.at, campaign, kind, count, amount)


#: Campaign, kind, count and amount of a fact.
_Fact = tuple[str, str, int, int] | None


def _created(event: VouchersGenerated) -> _Fact:
    count, gift = len(event.ids), event.template.gift
    if not count:
        return None
    return event.campaign.id, "created", count, count * (gift.balance if gift else 0)


def _deleted(event: VoucherDeleted) -> _Fact:
    if event.campaign is None:
        return None
    return event.campaign.id, "deleted", 1, event.credits


def _adjusted(event: BalanceAdjusted) -> _Fact:
    if event.voucher.campaign_id is None:
        return None
    kind = "added" if event.amount > 0 else "subtracted"
    return event.voucher.campaign_id, kind, 1, abs(event.amount)


def _published(event: Published) -> _Fact:
    campaign = event.publication.campaign_id
    return None if campaign is None else (campaign, "published", 1, 0)


def _unpublished(event: PublicationFailed) -> _Fact:
    campaign = event.publication.campaign_id
    return None if campaign is None else (campaign, "unpublished", 1, 0)


_FACTS: Mapping[type[Any], Callable[[Any], _Fact]] = MappingProxyType(
    {
        VouchersGenerated: _created,
        VoucherDeleted: _deleted,
        BalanceAdjusted: _adjusted,
        Published: _published,
        PublicationFailed: _unpublished,
    }
)
