"""From an event to the rows of vouchers, and of the campaigns that they change."""

from collections.abc import Iterable, Iterator

from engine.codes.generated import encode_vouchers
from runtime.clickhouse.native_block import Alike
from schemas.balances import BalanceAdjusted
from schemas.bin import CampaignVouchersDeleted
from schemas.campaigns import VouchersGenerated
from schemas.earning import PointsEarned, PointsPending, PointsTakenBack
from schemas.pending import PendingEvent
from schemas.points import PointsExpired, PointsExpiring, PointsTransferred
from schemas.prizes import CustomerRewarded, RewardTakenBack
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from schemas.vouchers import Voucher
from services.audit.sink.campaign_rows import campaign_row
from services.audit.sink.entities import EntityRow, entity_row, gone_row

VOUCHER = "voucher"
_ID, _ALIAS, _BODY = map(EntityRow._fields.index, ("id", "alias", "body"))


def voucher_changed(
    project: str,
    event: (
        VoucherCreated
        | VoucherUpdated
        | VoucherEnabled
        | VoucherDisabled
        | BalanceAdjusted
        | PointsExpired
        | PointsExpiring
        | CustomerRewarded
        | PointsEarned
        | PointsPending
        | PointsTakenBack
        | PendingEvent
    ),
) -> Iterable[EntityRow]:
    """The voucher's row."""
    return (voucher_row(project, event.voucher),)


def points_transferred(project: str, event: PointsTransferred) -> Iterable[EntityRow]:
    """The rows of all cards that it changes."""
    cards = (*(move.origin for move in event.moves), event.voucher)
    return [voucher_row(project, each) for each in cards]


def reward_taken_back(project: str, event: RewardTakenBack) -> Iterable[EntityRow]:
    """The row of the card or code, where it is there still."""
    return () if event.voucher is None else (voucher_row(project, event.voucher),)


def voucher_deleted(project: str, event: VoucherDeleted) -> Iterable[EntityRow]:
    """That the voucher is gone, and its campaign."""
    row = gone_row(project, VOUCHER, event.voucher_id, event.code)
    return (row,) if event.campaign is None else (row, campaign_row(project, event.campaign))


def vouchers_generated(project: str, event: VouchersGenerated) -> Iterator[EntityRow | Alike]:
    """The campaign, and its new vouchers; what they share is made once."""
    yield campaign_row(project, event.campaign)
    bodies = [body.decode() for body in encode_vouchers(event)]
    own = {_ID: event.ids, _ALIAS: event.codes, _BODY: bodies}
    if bodies:
        yield Alike(len(bodies), voucher_row(project, event.template), own)


def campaign_vouchers_deleted(project: str, event: CampaignVouchersDeleted) -> Iterable[EntityRow]:
    """That the vouchers are gone."""
    return [
        gone_row(project, VOUCHER, voucher_id, code)
        for voucher_id, code in zip(event.ids, event.codes, strict=True)
    ]


def voucher_row(project: str, voucher: Voucher) -> EntityRow:
    """A voucher as it is."""
    discount, gift, card = voucher.discount, voucher.gift, voucher.loyalty_card
    return entity_row(
        project,
        VOUCHER,
        voucher,
        alias=voucher.code,
        texts={
            "type": voucher.type,
            "category_id": voucher.category_id,
            "campaign_id": voucher.campaign_id,
            "campaign": voucher.campaign,
            "discount_type": discount.type if discount else None,
            "customer_id": voucher.holder_id,
        },
        numbers={
            "start_date": voucher.start_date,
            "expiration_date": voucher.expiration_date,
            "quantity": voucher.quantity,
            "redeemed_quantity": voucher.redeemed_quantity,
            # credits of a gift card, points of a loyalty card
            "amount": gift.amount if gift else card.points if card else None,
            "balance": gift.balance if gift else card.balance if card else None,
            "active": int(voucher.active),
        }
        | ({"is_referral_code": 1} if voucher.is_referral_code else {}),
        metadata=voucher.metadata,
    )
