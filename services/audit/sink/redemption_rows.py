"""From an event to the rows of what a redemption changed, or a rollback: vouchers, tiers, orders.

The same voucher or tier may be redeemed many times before rows are inserted, so its row comes late.
"""

from functools import partial

from runtime.clickhouse.table import Late
from schemas.promotions import PromotionTier
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded
from schemas.vouchers import Voucher
from services.audit.sink.entities import EntityRow
from services.audit.sink.order_rows import order_row
from services.audit.sink.promotion_rows import TIER, tier_row
from services.audit.sink.voucher_rows import VOUCHER, voucher_row


def redemption_succeeded(project: str, event: RedemptionSucceeded) -> list[EntityRow | Late]:
    """The vouchers, the tiers and the order that a redemption changed."""
    rows: list[EntityRow | Late] = []
    for outcome in event.evaluation.outcomes:
        if outcome.status == "APPLICABLE":
            rows += _changed_rows(project, outcome.voucher, outcome.tier)
    if event.evaluation.order is not None:
        rows.append(order_row(project, event.evaluation.order))
    return rows


def redemption_rolled_back(project: str, event: RedemptionRolledBack) -> list[EntityRow | Late]:
    """The vouchers, the tiers and the order that a rollback changed."""
    rows: list[EntityRow | Late] = []
    for each in event.rollbacks:
        rows += _changed_rows(project, each.voucher, each.tier)
    if event.order is not None:
        rows.append(order_row(project, event.order))
    return rows


def _changed_rows(project: str, voucher: Voucher | None, tier: PromotionTier | None) -> list[Late]:
    rows: list[Late] = []
    if voucher is not None:
        key = (project, VOUCHER, voucher.id)
        rows.append(Late(key, partial(voucher_row, project, voucher)))
    if tier is not None:
        rows.append(Late((project, TIER, tier.id), partial(tier_row, project, tier)))
    return rows
