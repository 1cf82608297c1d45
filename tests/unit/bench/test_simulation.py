"""The history that simulations are measured over."""

from bench.simulation import History, make_bound_draft, make_history, measure
from schemas.topics import LEDGER


async def test_a_history_is_folded_and_asked_again() -> None:
    folded, simulated, matched = await measure(30)
    assert folded > 0
    assert simulated > 0
    assert 0 < matched < 30


async def test_its_draft_is_bound_by_a_rule_of_its_own() -> None:
    history = await make_history(0)
    assert isinstance(history, History)
    draft = make_bound_draft(history.state().trial())
    (rule,) = draft.rules
    assert draft.tiers[0].rule_ids == (rule.id,)
    assert history.log.end_now(LEDGER, 0) > 200
