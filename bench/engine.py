"""`python -m bench.engine`: what the core alone costs, in processor time.

The states lie in RocksDB, in a temporary folder, as in a host; nothing goes over a network. All is
measured by turns, few vouchers beside many, and of each the best turn counts: the speed of a
machine drifts by more than what is compared. Each figure stands beside its limit, which is meant
for a machine that does nothing else.
"""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final

import typer

from bench.decisions import catalogue, one_voucher, one_voucher_cold, stack_with_rules
from bench.project import NOW, OFF, PROJECT, State, best_ms
from engine.evaluation.circumstances import Circumstances
from engine.qualification.page import PageQuery, find_page
from engine.qualification.trial import Trial
from engine.stacking_rules.decide import find_stacking_rules
from schemas.assignments import RuleAssigned, RuleAssignment
from schemas.base import DAY_MS
from schemas.campaigns import Campaign, CampaignCreated
from schemas.events import Event
from schemas.orders import Order, OrderItem
from schemas.projects import ProjectOpened
from schemas.promotion_events import TierCreated
from schemas.promotions import PromotionTier
from schemas.rules import ValidationRule, ValidationRuleCreated

TIERS: Final = 10_000
FEW: Final = 1_000
#: How often each figure is measured; one turn takes about a second.
TURNS: Final = 12
#: What is expected of a quiet machine; growth is with a thousand times as many vouchers.
LIMITS: Final = {
    "decision_us": 60.0,
    "stack_of_5_with_rules_us": 300.0,
    "qualification_ms": 5.0,
    "growth": 1.2,
}


def main(
    vouchers: Annotated[int, typer.Option(help="how many vouchers in the end")] = 1_000_000,
    output: Annotated[Path | None, typer.Option("--json", help="write the figures here")] = None,
) -> None:
    """Measure decisions, and qualifications among many tiers, with few and many vouchers."""
    with TemporaryDirectory(prefix="tessera-bench-") as folder:
        figures = measured(Path(folder), vouchers)
    typer.echo(f"{'processor time':32}{FEW:>12,}{vouchers:>12,}{'growth':>9}{'limit':>9}")
    for name, (few, many) in figures.items():
        limit = LIMITS.get(name)
        shown = f"{limit:9g}" if limit is not None else ""
        typer.echo(f"{name:32}{few:12.2f}{many:12.2f}{many / few:9.2f}{shown}")
    if output is not None:
        text = json.dumps({"limits": LIMITS, "vouchers": [FEW, vouchers], "figures": figures})
        output.write_text(text + "\n", "utf-8")


def measured(folder: Path, vouchers: int) -> dict[str, tuple[float, float]]:
    """Each figure with few vouchers, and with many, beside `TIERS` tiers with rules of their own."""
    states = [_state(folder / str(count), count) for count in (FEW, vouchers)]
    best: dict[str, tuple[float, float]] = {}
    for _ in range(TURNS):
        for name, measure in _FIGURES.items():
            few, many = (measure(state) for state in states)
            known = best.get(name, (few, many))
            best[name] = min(few, known[0]), min(many, known[1])
    return best


def _state(folder: Path, vouchers: int) -> State:
    state = State(folder)
    state.fold(ProjectOpened(PROJECT), CampaignCreated(_PROMOTION), *catalogue())
    for n in range(TIERS):
        state.fold(*_tier(n))
    state.grow(vouchers)
    # How many runs the store has just then depends on when it merged them last, and a scan asks each.
    state.merge()
    return state


def _asking(query: PageQuery) -> Callable[[State], float]:
    return lambda state: best_ms(lambda: _ask(state, query))


_QUERIES: Final = {
    "qualification": PageQuery(kinds=("campaign", "promotion_tier")),
    "qualification_with_vouchers": PageQuery(),
    "qualification_products": PageQuery("PRODUCTS"),
}
_PROMOTION: Final = Campaign(
    id="camp_bench",
    name="Bench",
    campaign_type="PROMOTION",
    type="STATIC",
    created_at=NOW - 9 * DAY_MS,
    tiers_count=TIERS,
)


def _tier(n: int) -> tuple[Event, ...]:
    """A tier with rules of its own: by turns of an item, of an amount, of metadata, or of two."""
    rules: list[dict[str, Any]] = [
        {"name": "product.id", "conditions": {"$is": [f"prod_{n % 500}"]}},
        {"name": "order.amount", "conditions": {"$more_than": [n * 10]}},
        {"name": "order.metadata", "property": "shop", "conditions": {"$is": [f"s{n % 50}"]}},
    ]
    one, two = rules[n % 3], rules[(n + n // 3) % 3]
    definition = json.dumps({"1": one, "2": two, "logic": "1 and 2"})
    rule_id, tier_id = f"val_{n:06d}", f"promo_{n:06d}"
    tier = PromotionTier(
        id=tier_id,
        campaign_id=_PROMOTION.id,
        name=tier_id,
        created_at=NOW - DAY_MS + n,
        discount=OFF,
        hierarchy=n + 1,
        rule_ids=(rule_id,),
    )
    assignment = RuleAssignment(f"asgm_{n:06d}", rule_id, tier_id, "promotion_tier", NOW)
    return (
        ValidationRuleCreated(ValidationRule(rule_id, rule_id, NOW, definition)),
        RuleAssigned(assignment, 1),
        TierCreated(tier, _PROMOTION),
    )


_ORDER: Final = Order(
    amount=50_000,
    initial_amount=50_000,
    items=tuple(
        OrderItem(product_id=f"prod_{n * 7}", quantity=1, price=5000, amount=5000)
        for n in range(10)
    ),
    metadata={"shop": "s7"},
)
_FIGURES: Final[dict[str, Callable[[State], float]]] = {
    "decision_us": one_voucher,
    "decision_not_decoded_yet_us": one_voucher_cold,
    "stack_of_5_with_rules_us": stack_with_rules,
    **{f"{name}_ms": _asking(query) for name, query in _QUERIES.items()},
}


def _ask(state: State, query: PageQuery) -> int:
    view = state.view
    stacking = find_stacking_rules(view)
    circumstances = Circumstances(view, stacking, NOW, _ORDER, None, None, "app", None)
    page = find_page(Trial(circumstances, query.scenario), query)
    assert page.rows
    return len(page.rows)


if __name__ == "__main__":
    typer.run(main)
