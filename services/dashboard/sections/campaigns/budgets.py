"""How much of a budget is used."""

from typing import Final

from htpy import Node, div, meter, span

from services.dashboard.parts.show import NOTHING, Row, Show

#: From which share of a budget on it is told by colour.
BUDGET_WARNS: Final = 0.8


def budget_meter(budget: Row | None, show: Show) -> Node:
    """How much of a budget is used: the bar, and the share in words."""
    if not budget:
        return NOTHING
    share = float(budget.get("share") or 0)
    amount = show.money if budget.get("unit") == "minor units" else show.number
    said = f"{amount(budget.get('used'))} of {amount(budget.get('limit'))} used"
    return div(".meter", title=said)[
        meter(
            min="0",
            max="1",
            low=str(BUDGET_WARNS),
            high="1",
            optimum="0",
            value=f"{min(1.0, max(0.0, share)):.4f}",
            aria_label=said,
        ),
        span(".num")[show.percent(share)],
    ]
