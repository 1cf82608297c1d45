"""What is deleted goes to the bin, where it keeps its code, until its entry is deleted."""

from typing import Any

import pytest
from msgspec import structs

from engine.kernel import tables
from schemas.actions import ActionProgressed, AsyncAction, GiveUpAction, RunChunk
from schemas.bin import BinEntry, BinEntryAdded, DeleteBinEntry
from schemas.campaigns import AddVouchers, DeleteCampaign
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded, RollBackRedemption
from schemas.voucher_events import VoucherDeleted
from schemas.vouchers import CreateVoucher, DeleteVoucher, EnableVoucher, Voucher
from tests.unit.engine.campaign_world import campaign, publish, run_actions, vouchers
from tests.unit.engine.world import World, found, gift_card, lock, only, redeem, refused, voucher


def create(made: Voucher, **rule: Any) -> CreateVoucher:
    """The creation of a voucher."""
    return CreateVoucher(voucher=structs.replace(made, id=""), **rule)


def entries(world: World) -> list[BinEntry]:
    """What is in the bin."""
    return list(world.view.scan(tables.BIN))


def stored(world: World, table: str) -> list[bytes]:
    """The keys of a table."""
    return [key for key in world.bytes if key.startswith(f"{table}/".encode())]


def test_a_deleted_voucher_is_in_the_bin_and_keeps_its_code() -> None:
    world = World().given(voucher())
    record = world.when(DeleteVoucher("TEN"))
    assert only(record, VoucherDeleted).force is False
    entry = only(record, BinEntryAdded).entry
    assert entries(world) == [entry]
    assert (entry.id[:4], entry.resource_type) == ("tbe_", "voucher")
    assert (entry.resource_id, entry.resource_name) == ("v_TEN", "TEN")
    assert (entry.created_at, entry.resource_parent_id) == (world.now, None)
    assert entry.deleted_by is not None
    assert entry.deleted_by.kind == "server"
    for named in ("TEN", "v_TEN"):
        assert refused(world.when(redeem(named))) == "not_found"
        assert refused(world.when(DeleteVoucher(named))) == "not_found"
        assert refused(world.when(EnableVoucher(named))) == "not_found"
    assert refused(world.when(create(voucher()))) == "duplicate_found"


def test_a_forced_deletion_frees_the_code_at_once() -> None:
    world = World().given(voucher())
    assert only(world.when(DeleteVoucher("TEN", force=True)), VoucherDeleted).force is True
    assert entries(world) == []
    assert world.when(create(voucher())).refusal is None


def test_a_deleted_entry_frees_the_code() -> None:
    world = World().given(voucher())
    entry = only(world.when(DeleteVoucher("TEN")), BinEntryAdded).entry
    assert world.when(DeleteBinEntry(entry.id)).refusal is None
    assert entries(world) == []
    assert world.when(create(voucher())).refusal is None
    gone = world.when(DeleteBinEntry(entry.id))
    assert refused(gone) == "not_found"
    assert gone.refusal is not None
    assert gone.refusal.resource_type == "bin_entry"


def test_an_entry_takes_nothing_from_a_later_voucher_of_the_same_code() -> None:
    world = World().given(voucher())
    entry = only(world.when(DeleteVoucher("TEN")), BinEntryAdded).entry
    world.given(structs.replace(voucher(), id="v_OTHER"))
    world.when(DeleteBinEntry(entry.id))
    assert world.when(redeem("TEN")).refusal is None


def test_a_deletion_of_before_the_bin_freed_the_code() -> None:
    world = World().given(voucher(), VoucherDeleted("v_TEN", "TEN"))
    assert world.when(create(voucher())).refusal is None


@pytest.mark.parametrize("force", [False, True])
def test_redemptions_of_a_deleted_gift_card_can_be_rolled_back(force: bool) -> None:
    world = World().given(gift_card("CARD", 500))
    redeemed = only(world.when(redeem("CARD", order=300)), RedemptionSucceeded)
    world.when(DeleteVoucher("CARD", force=force))
    record = world.when(RollBackRedemption(redemption_id=redeemed.redemption_ids[0]))
    rolled_back = only(record, RedemptionRolledBack)
    assert rolled_back.order is not None
    assert (rolled_back.order.status, rolled_back.order.discount_amount) == ("CANCELED", 0)
    assert rolled_back.rollbacks[0].voucher is None
    assert refused(world.when(redeem("CARD"))) == "not_found"


def test_a_rollback_gives_nothing_to_a_voucher_whose_campaign_was_just_deleted() -> None:
    world = World()
    code = vouchers(world, campaign(world, 1))[0].code
    redeemed = only(world.when(redeem(code, order=300)), RedemptionSucceeded)
    world.when(DeleteCampaign("Spring"))
    record = world.when(RollBackRedemption(redemption_id=redeemed.redemption_ids[0]))
    [rollback] = only(record, RedemptionRolledBack).rollbacks
    assert (rollback.voucher, rollback.code, rollback.discount) == (None, code, 100)
    run_actions(world)
    assert stored(world, "voucher") == []


def test_a_voucher_in_the_bin_leaves_its_sessions_and_its_holder() -> None:
    world = World().given(voucher("A"))
    world.when(lock("A", session="s"))
    world.when(publish(None, voucher="A"))
    world.when(DeleteVoucher("A"))
    assert world.session("s") is None
    assert list(world.view.scan(tables.HOLDINGS)) == []


def test_a_voucher_of_a_campaign_leaves_it_and_names_it() -> None:
    world = World()
    made = campaign(world, 3)
    gone = vouchers(world, made)[1]
    entry = only(world.when(DeleteVoucher(gone.code)), BinEntryAdded).entry
    assert entry.resource_parent_id == made.id
    after = found(world.view.get(tables.CAMPAIGNS, made.id))
    assert (after.vouchers_count, after.voucher_seq) == (2, 3)
    assert gone.id not in [each.id for each in vouchers(world, made)]


@pytest.mark.parametrize("count", [0, 3, 500])
def test_a_campaign_in_the_bin_keeps_its_codes(count: int) -> None:
    world = World()
    made = campaign(world, count)
    codes = [each.code for each in vouchers(world, made)]
    world.when(DeleteCampaign("Spring"))
    for code in codes[:2]:
        assert refused(world.when(redeem(code))) == "not_found"
    run_actions(world)
    assert [each.resource_type for each in entries(world)] == ["campaign"]
    assert list(world.view.scan(tables.VOUCHERS)) == []
    for code in codes[:2]:
        assert refused(world.when(redeem(code))) == "not_found"
        assert refused(world.when(create(voucher(code)))) == "duplicate_found"
    world.when(DeleteBinEntry(entries(world)[0].id))
    run_actions(world)
    for code in codes[:2]:
        assert world.when(create(voucher(code))).refusal is None
    for table in ("bin", "binned-code", "campaign-voucher", "campaign"):
        assert stored(world, table) == []
    assert campaign(world).id != made.id


def test_a_forced_deletion_of_a_campaign_frees_codes_and_name() -> None:
    world = World()
    made = campaign(world, 3)
    code = vouchers(world, made)[0].code
    world.when(DeleteCampaign("Spring", force=True))
    assert refused(world.when(redeem(code))) == "not_found"
    run_actions(world)
    assert entries(world) == []
    assert world.when(create(voucher(code))).refusal is None
    assert list(world.view.scan(tables.CAMPAIGN_VOUCHERS)) == []


def test_a_campaign_of_many_vouchers_is_emptied_chunk_by_chunk() -> None:
    world = World()
    made = campaign(world, 1200)
    run_actions(world)
    first = vouchers(world, made)
    world.when(DeleteVoucher(first[600].code))
    world.when(DeleteCampaign("Spring"))
    run_actions(world)
    assert list(world.view.scan(tables.VOUCHERS)) == []
    assert len(list(world.view.scan(tables.BINNED_CODES))) == 1199
    [done] = [
        each for each in world.view.scan(tables.ACTIONS) if each.type == "CAMPAIGN.VOUCHERS_DELETE"
    ]
    assert (done.done, done.status, done.next_chunk) == (1199, "DONE", 3)


def test_what_was_deleted_before_its_campaign_has_an_entry_of_its_own() -> None:
    world = World()
    made = campaign(world, 2)
    own = vouchers(world, made)[0]
    mine = only(world.when(DeleteVoucher(own.code)), BinEntryAdded).entry
    world.when(DeleteCampaign("Spring"))
    run_actions(world)
    [of_campaign] = [each for each in entries(world) if each.id != mine.id]
    world.when(DeleteBinEntry(of_campaign.id))
    run_actions(world)
    assert refused(world.when(create(voucher(own.code)))) == "duplicate_found"
    world.when(DeleteBinEntry(mine.id))
    assert world.when(create(voucher(own.code))).refusal is None


def test_an_entry_deleted_while_its_campaign_is_still_emptied_frees_everything() -> None:
    world = World()
    made = campaign(world, 500)
    codes = [each.code for each in vouchers(world, made)]
    world.when(DeleteCampaign("Spring"))
    world.when(DeleteBinEntry(entries(world)[0].id))
    run_actions(world)
    for table in ("voucher", "voucher-code", "binned-code"):
        assert stored(world, table) == []
    assert world.when(create(voucher(codes[0]))).refusal is None


def test_nothing_is_added_to_a_campaign_in_the_bin() -> None:
    world = World()
    campaign(world, 1)
    world.when(DeleteCampaign("Spring"))
    assert refused(world.when(AddVouchers("Spring"))) == "not_found"
    assert refused(world.when(publish())) == "not_found"


def given_up(world: World) -> AsyncAction:
    """Gives the one open action up."""
    [opened] = world.view.scan(tables.OPEN_ACTIONS)
    action = found(world.view.get(tables.ACTIONS, opened.id))
    world.when(GiveUpAction(action.id, action.next_chunk, "it cannot be done"))
    after = found(world.view.get(tables.ACTIONS, action.id))
    assert after.status == "FAILED"
    return after


@pytest.mark.parametrize("again", [False, True])
def test_a_deletion_for_good_that_was_given_up_goes_on_from_the_bin(again: bool) -> None:
    world = World()
    made = campaign(world, 1200)
    run_actions(world)
    codes = [each.code for each in vouchers(world, made)]
    world.when(DeleteCampaign("Spring", force=True))
    [opened] = world.view.scan(tables.OPEN_ACTIONS)
    world.when(RunChunk(opened.id, 0))
    given_up(world)
    [entry] = entries(world)
    assert (entry.resource_type, entry.resource_id) == ("campaign", made.id)
    assert world.when(create(voucher(codes[0]))).refusal is None
    assert refused(world.when(redeem(codes[600]))) == "not_found"
    assert refused(world.when(create(voucher(codes[600])))) == "duplicate_found"
    # the name is free all the while, and stays with whoever has it now
    other = campaign(world, 1)
    world.when(DeleteBinEntry(entry.id))
    if again:
        given_up(world)
        world.when(DeleteBinEntry(entries(world)[0].id))
    run_actions(world)
    assert world.when(create(voucher(codes[600]))).refusal is None
    assert entries(world) == []
    assert world.view.get(tables.CAMPAIGNS, made.id) is None
    assert world.view.get(tables.CAMPAIGN_NAMES, "Spring") == other.id
    assert list(world.view.scan(tables.CAMPAIGN_VOUCHERS, made.id)) == []


def test_a_campaign_whose_emptying_was_given_up_is_deleted_for_good_by_its_entry() -> None:
    world = World()
    made = campaign(world, 3)
    code = vouchers(world, made)[0].code
    world.when(DeleteCampaign("Spring"))
    given_up(world)
    [entry] = entries(world)
    world.when(DeleteBinEntry(entry.id))
    run_actions(world)
    assert world.when(create(voucher(code))).refusal is None
    for table in ("bin", "binned-code", "campaign-voucher", "campaign"):
        assert stored(world, table) == []


def test_vouchers_that_are_given_up_bring_no_deleted_campaign_back() -> None:
    world = World()
    made = campaign(world, 1200)
    world.when(DeleteCampaign("Spring"))
    [making] = [
        each
        for each in world.view.scan(tables.ACTIONS)
        if each.type == "CAMPAIGN.VOUCHERS_GENERATE"
    ]
    record = world.when(GiveUpAction(making.id, making.next_chunk, "it cannot be done"))
    assert [type(each) for each in record.events] == [ActionProgressed]
    assert found(world.view.get(tables.CAMPAIGNS, made.id)).deleted_at is not None
