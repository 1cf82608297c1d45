"""A limit holds to the last use when many want the same code at once."""

from tests.e2e.load import OFF, assert_all_agree, redeem_many
from tests.e2e.plain import Plain
from tests.e2e.shop import Shop
from tests.e2e.system import System
from tests.e2e.test_analytics import now

QUANTITY, REQUESTS = 250, 1000


async def test_of_a_thousand_exactly_as_many_succeed_as_may(
    system: System, shop: Shop, plain: Plain
) -> None:
    code = shop.discount(OFF, redemption={"quantity": QUANTITY}).code
    began = now()
    tally = await redeem_many(system, code, REQUESTS)
    assert tally.asked_again == {}
    assert len(tally.succeeded) == QUANTITY
    assert tally.keys == {"quantity_exceeded": REQUESTS - QUANTITY}
    await assert_all_agree(system, plain, code, tally, began)
