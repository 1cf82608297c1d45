"""From an event to the rows of what a redemption changed, or a rollback: vouchers, tiers, orders."""

from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded
from services.audit.sink.entities import EntityRow
from services.audit.sink.order_rows import order_row
from services.audit.sink.promotion_rows import tier_row
from services.audit.sink.voucher_rows import voucher_row


def redemption_succeeded(project: str, event: RedemptionSucceeded) -> list[EntityRow]:
    """The vouchers, the tiers and the order that a redemption changed."""
    rows = []
    for outcome in event.evaluation.outcomes:
        if outcome.status == "APPLICABLE":
            if outcome.voucher is not None:
                rows.append(voucher_row(project, outcome.voucher))
            if outcome.tier is not None:
                rows.append(tier_row(project, outcome.tier))
    if event.evaluation.order is not None:
        rows.append(order_row(project, event.evaluation.order))
    return rows


def redemption_rolled_back(project: str, event: RedemptionRolledBack) -> list[EntityRow]:
    """The vouchers, the tiers and the order that a rollback changed."""
    rows = []
    for each in event.rollbacks:
        if each.voucher is not None:
            rows.append(voucher_row(project, each.voucher))
        if each.tier is not None:
            rows.append(tier_row(project, each.tier))
    if event.order is not None:
        rows.append(order_row(project, event.order))
    return rows
