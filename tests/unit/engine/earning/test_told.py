"""What feeds, transactions and webhooks say of what rules gave, or did not."""

from engine.answers.activity import activity_entries
from engine.answers.hook_events import hook_events
from engine.answers.points_activity import EARNING_REFUSED
from engine.answers.transactions import transactions
from schemas.earning import PendingTerms
from tests.unit.engine.earning_world import become, card, fixed, order, program, rule
from tests.unit.engine.world import World


def test_every_rule_tells_what_it_gave_or_why_it_gave_nothing() -> None:
    world = World()
    program(world, "alice")
    given, off = rule(world, fixed(5), banner="Five"), rule(world, active=False)

    record = order(world)

    entries = {each.type: each for each in activity_entries(record)}
    refusal = entries[EARNING_REFUSED]
    assert refusal.data["earning_rules"] == [{"id": off.id, "reason": "active"}]
    assert (refusal.voucher_id, refusal.campaign_id) == (card(world).id, given.campaign_id)
    added = entries["customer.voucher.loyalty_card.points_added"].data["transaction"]
    rewarded = entries["customer.rewarded.loyalty_points"].data
    assert rewarded["balance"]["points"] == 5
    [transaction] = transactions(record)
    assert added == transaction.body
    assert transaction.body["type"] == "POINTS_ACCRUAL"
    named = {"id": given.id, "source": {"banner": "Five"}}
    assert transaction.body["details"]["earning_rule"] == named


def test_what_is_taken_back_names_the_transaction_that_gave_it() -> None:
    world = World()
    program(world, "alice")
    rule(world, fixed(5))
    [gave] = transactions(order(world))

    [took] = transactions(become(world, "CANCELED"))

    assert took.body["type"] == "POINTS_REMOVAL"
    assert took.body["related_transaction_id"] == gave.id
    assert took.body["details"]["balance"]["balance"] == 0


def test_webhooks_are_told_of_pending_points_by_the_names_of_the_contract() -> None:
    world = World()
    program(world, "alice")
    rule(world, fixed(5), pending_points=PendingTerms(3))

    pended = [each.name for each in hook_events(order(world))]
    canceled = [each.name for each in hook_events(become(world, "CANCELED"))]

    assert pended == ["voucher.loyalty_card.pending_points.aded"]
    assert canceled == ["voucher.loyalty_card.pending_points.canceled"]
