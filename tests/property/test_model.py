"""Random commands decide as a small plain model says, and no limit is ever exceeded."""

from hypothesis import given, settings

from engine.kernel import tables
from schemas.evaluations import Evaluation
from schemas.records import Decided
from schemas.redemptions import RedemptionFailed, RedemptionSucceeded
from schemas.sessions import SessionLocked, SessionRefused
from tests.property.model import Model
from tests.property.play import Play
from tests.property.stacking_laws import assert_explained
from tests.property.worlds import STEPS, VOUCHERS, Step
from tests.unit.engine.world import MINUTE, World


@settings(max_examples=150)
@given(STEPS)
def test_the_engine_decides_as_the_model_says(steps: list[Step]) -> None:
    play, model = _beginning()
    for step in steps:
        _both(play, model, step)
        _compare_counters(play.world, model)
        _limits_hold(play.world, model)


@settings(max_examples=100)
@given(STEPS)
def test_rolling_everything_back_restores_the_counters(steps: list[Step]) -> None:
    play, model = _beginning()
    for step in steps:
        _both(play, model, step._replace(after=min(step.after, MINUTE)))
    for nth in range(len(play.redeemed)):
        _both(play, model, Step("roll_back_stack", 0, nth=nth))
    for code in model.vouchers:
        after, gift = play.world.voucher(code), VOUCHERS[code].gift
        assert (after.redeemed_quantity, after.redeemed_amount, after.gift) == (0, 0, gift)
    for order in play.world.view.scan(tables.ORDERS):
        assert (order.status, order.discount_amount) == ("CANCELED", 0)


def _beginning() -> tuple[Play, Model]:
    model = Model()
    for made in VOUCHERS.values():
        model.add(made)
    return Play(), model


def _both(play: Play, model: Model, step: Step) -> None:
    """Lets a step happen in both worlds and compares what they say of it."""
    now = play.world.now + step.after
    target = play.target(step)
    record = play.step(step)
    for event in record.events:
        if isinstance(event, RedemptionSucceeded | RedemptionFailed | SessionRefused):
            for outcome in event.evaluation.outcomes:
                assert_explained(outcome)
    key = None if record.refusal is None else record.refusal.key
    wanted = [(item.code, item.credits) for item in step.items]
    match step.kind:
        case "redeem":
            taken, expected = model.redeem(wanted, step.amount, step.key, now)
            assert (_taken(record), key) == (taken, expected)
            for event in record.events:
                if isinstance(event, RedemptionSucceeded):
                    model.keep(event.redemption_ids, event.parent_id, taken, now)
        case "lock":
            own = step.key or _locked_key(record)
            until = now + step.ttl_minutes * MINUTE
            taken, expected = model.lock(wanted, step.amount, own, until, now)
            assert _taken(record) == taken
            assert _refused_lock(record) == expected
        case "release":
            freed = model.release(step.items[0].code, step.key or "", now)
            assert key == (None if freed else "not_found")
        case "roll_back" | "roll_back_stack" if target in _known(play.world, model):
            stack = step.kind == "roll_back_stack"
            assert key == model.roll_back(target, stack=stack, now=now)
        case "roll_back" | "roll_back_stack":
            assert key == "not_found"
        case "enable" | "disable" if step.items[0].code in model.vouchers:
            model.vouchers[step.items[0].code]["active"] = step.kind == "enable"
        case "delete":
            assert key == (None if model.delete(step.items[0].code) else "not_found")
        case "limit":
            assert key == (None if model.limit(step.items[0].code, step.nth) else "not_found")


def _known(world: World, model: Model) -> set[str]:
    """The redemptions that no sweep has retired."""
    return {each.id for each in world.view.scan(tables.REDEMPTIONS)} & model.redemptions.keys()


def _taken(record: Decided) -> list[tuple[str, int]]:
    found: Evaluation | None = None
    for event in record.events:
        if isinstance(
            event, RedemptionSucceeded | RedemptionFailed | SessionLocked | SessionRefused
        ):
            found = event.evaluation
    assert found is not None
    return [
        (outcome.voucher.code, outcome.taken.order)
        for outcome in found.outcomes
        if outcome.voucher is not None and outcome.taken is not None
    ]


def _locked_key(record: Decided) -> str:
    event = record.events[-1]
    return event.session.key if isinstance(event, SessionLocked) else ""


def _refused_lock(record: Decided) -> str | None:
    event = record.events[-1]
    if not isinstance(event, SessionRefused):
        return None
    refusals = [each.refusal for each in event.evaluation.outcomes if each.refusal is not None]
    [refusal] = refusals
    return refusal.key


def _compare_counters(world: World, model: Model) -> None:
    for code, entry in model.vouchers.items():
        after = world.voucher(code)
        assert after.active == entry["active"]
        assert after.redeemed_quantity == entry["redeemed"]
        assert (after.gift.balance if after.gift else None) == entry["balance"]


def _limits_hold(world: World, model: Model) -> None:
    for code, entry in model.vouchers.items():
        after = world.voucher(code)
        holds = list(world.view.scan(tables.HOLDS, after.id))
        live = [hold for hold in holds if hold.expires_at > world.now]
        assert after.holds == len(holds)
        assert after.redeemed_quantity >= 0
        if entry["most"] is not None:
            assert after.redeemed_quantity + len(live) <= entry["most"]
        if after.gift is not None:
            assert after.gift.balance >= sum(hold.credits for hold in live) >= 0
            assert after.gift.balance + after.redeemed_amount == after.gift.amount
