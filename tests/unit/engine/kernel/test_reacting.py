"""Which campaigns react: one entry, that is there while any does."""

from engine.evolve import fold_event
from engine.kernel import tables
from engine.kernel.reacting import (
    REACTING_MAX,
    drop_reacting,
    note_reacting,
    too_many_reacting,
)
from engine.kernel.state import State
from schemas.campaigns import Campaign, CampaignDeleted
from schemas.programs import Reacting
from tests.unit.engine.world import NOON, World


def reacting(state: State) -> Reacting | None:
    """The entry, where there is one."""
    return state.get(tables.REACTING, tables.THE_ONE)


def test_campaigns_are_noted_once_in_the_order_in_which_they_came() -> None:
    state = World().view.trial()
    for campaign_id in ("camp_b", "camp_a", "camp_b"):
        note_reacting(state, "earning", campaign_id, reacts=True)
    note_reacting(state, "tiers", "camp_a", reacts=True)
    assert reacting(state) == Reacting(earning=("camp_b", "camp_a"), tiers=("camp_a",))


def test_without_any_that_reacts_there_is_no_entry() -> None:
    state = World().view.trial()
    note_reacting(state, "joining", "camp_a", reacts=False)
    assert reacting(state) is None
    note_reacting(state, "joining", "camp_a", reacts=True)
    note_reacting(state, "joining", "camp_a", reacts=False)
    assert reacting(state) is None


def test_a_campaign_that_is_deleted_reacts_to_nothing() -> None:
    state = World().view.trial()
    for member in ("earning", "tiers", "giving"):
        note_reacting(state, member, "camp_a", reacts=True)
    note_reacting(state, "giving", "camp_b", reacts=True)
    gone = Campaign("camp_a", "A", "LOYALTY_PROGRAM", "STATIC", NOON, deleted_at=NOON)
    fold_event(state, CampaignDeleted(gone), NOON)
    assert reacting(state) == Reacting(giving=("camp_b",))
    drop_reacting(state, "camp_b")
    assert reacting(state) is None


def test_so_many_react_and_no_more() -> None:
    state = World().view.trial()
    for number in range(REACTING_MAX):
        assert too_many_reacting(state, "referring", f"camp_{number}") is None
        note_reacting(state, "referring", f"camp_{number}", reacts=True)
    refusal = too_many_reacting(state, "referring", "camp_more")
    assert refusal is not None
    assert refusal.key == "invalid_campaign"
    assert too_many_reacting(state, "referring", "camp_0") is None
    assert too_many_reacting(state, "giving", "camp_more") is None
