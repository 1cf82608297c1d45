"""Orders that are named again and again carry exactly what is redeemed on them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernel import tables
from tests.property.play import Play
from tests.property.worlds import STEPS, Step

PRICES = st.none() | st.lists(st.none() | st.integers(0, 800), max_size=3).map(tuple)


@settings(max_examples=100)
@given(STEPS, st.data())
def test_an_orders_discount_is_the_sum_of_what_is_redeemed_on_it(
    steps: list[Step], data: st.DataObject
) -> None:
    play = Play()
    amounts: set[str] = set()
    for number, step in enumerate(steps):
        named = step._replace(order=f"order-{number % 2}", after=min(step.after, 1))
        play.step(named._replace(prices=data.draw(PRICES)))
        for order in play.world.view.scan(tables.ORDERS):
            mine = [
                redemption
                for redemption in play.world.view.scan(tables.REDEMPTIONS)
                if redemption.order_id == order.id and redemption.status != "FAILED"
            ]
            live = [each for each in mine if each.rollback_id is None]
            assert order.discount_amount == sum(each.taken.order for each in live if each.taken)
            if order.amount is None:
                assert order.id not in amounts
                assert order.discount_amount == 0
            else:
                amounts.add(order.id)
                assert 0 <= order.discount_amount <= order.amount
            assert {entry.id for entry in order.redemptions} == {each.id for each in mine}
            marks = {entry.id: entry.rollback_id for entry in order.redemptions}
            assert marks == {each.id: each.rollback_id for each in mine}
            assert (order.status == "CANCELED") == (not live)
