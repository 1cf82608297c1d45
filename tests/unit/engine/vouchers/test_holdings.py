"""Which voucher of a campaign is a customer's, where it is asked for one."""

from engine.vouchers.holdings import find_held
from schemas.campaigns import CodeConfig, VoucherTemplate
from schemas.vouchers import DisableVoucher, Voucher
from tests.unit.engine.campaign_world import campaign, id_of, publish
from tests.unit.engine.program_world import customer_id, loyalty_program
from tests.unit.engine.world import World, amount, found

CODES = VoucherTemplate("DISCOUNT_VOUCHER", discount=amount(5), code_config=CodeConfig(length=12))


def held(world: World, name: str) -> Voucher | None:
    return find_held(world.view, customer_id(world, "ann"), id_of(world, name), world.now)


def test_of_several_it_is_the_first_that_works_else_the_first() -> None:
    world = World()
    campaign(world, 3, "Codes", voucher=CODES)
    loyalty_program(world)
    for _ in range(3):
        world.when(publish("Codes", "ann"))
    assert held(world, "Club") is None
    seen = []
    for _ in range(3):
        first = found(held(world, "Codes"))
        seen.append(first.id)
        world.when(DisableVoucher(first.code))
    assert len(set(seen)) == 3
    assert found(held(world, "Codes")).id == min(seen)
