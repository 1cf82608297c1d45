"""However large codes and vouchers are, what is done at once fits a record, and the memory."""

import msgspec
import pytest

from engine.campaigns.generation import CHUNK_VOUCHER_BYTES_MAX
from engine.codes.code import CODE_LENGTH_MAX
from engine.kernel import tables
from engine.kernel.state import encode
from schemas.actions import RunChunk
from schemas.campaigns import AddVouchers, CodeConfig, DeleteCampaign, VoucherTemplate
from schemas.topics import RECORD_BYTES_MAX
from tests.unit.engine.campaign_world import campaign, run_actions, vouchers
from tests.unit.engine.world import World, amount, found


def largest_record(world: World) -> int:
    """Does all that is open; the size of the largest record, sealed or not."""
    largest = 0
    while opened := next(world.view.scan(tables.OPEN_ACTIONS), None):
        action = found(world.view.get(tables.ACTIONS, opened.id))
        record = world.when(RunChunk(action.id, action.next_chunk))
        largest = max(largest, len(encode(record)))
    return largest


@pytest.mark.parametrize("character", ["a", "\N{GRINNING FACE}", "\x01"])
def test_codes_of_any_size_are_made_and_deleted_in_records_that_are_not_too_large(
    character: str,
) -> None:
    around = character * CODE_LENGTH_MAX
    config = CodeConfig(length=CODE_LENGTH_MAX, prefix=around, postfix=around, charset="01")
    template = VoucherTemplate("DISCOUNT_VOUCHER", amount(100), code_config=config)
    world = World()
    made = campaign(world, 1200, voucher=template)
    assert largest_record(world) < RECORD_BYTES_MAX // 2
    assert len(vouchers(world, made)) == 1200
    world.when(DeleteCampaign("Spring", force=True))
    assert largest_record(world) < RECORD_BYTES_MAX // 2
    assert [key for key in world.bytes if key.startswith(b"voucher")] == []


def test_large_vouchers_are_made_a_few_at_a_time() -> None:
    world = World()
    made = campaign(world, 0)
    said = msgspec.Raw(encode({"metadata": {"text": "x" * 300_000}}))
    world.when(AddVouchers("Spring", 30, fields=said))
    [opened] = world.view.scan(tables.OPEN_ACTIONS)
    world.when(RunChunk(opened.id, 0))
    assert len(vouchers(world, made)) == CHUNK_VOUCHER_BYTES_MAX // 300_500 == 27
    run_actions(world)
    assert len(vouchers(world, made)) == 30
