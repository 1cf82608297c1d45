"""What a customer holds, page by page, and what anybody could redeem."""

from typing import Any

import msgspec
import pytest
from msgspec import structs

from engine.kernel import tables
from engine.kernel.ids import holding_id
from engine.kernel.overlay import ProjectState
from engine.publications.held import LOOKED_AT_MAX, HeldPage, HeldVoucher, held_count, held_page
from engine.qualification.vouchers import offered_vouchers, own_vouchers
from schemas.api import CustomerInput
from schemas.balances import AdjustBalance
from schemas.campaigns import DeleteCampaign
from schemas.publications import Publication, PublicationSucceeded, PublishVouchers
from schemas.redemptions import RedemptionSucceeded, RollBackStack
from schemas.voucher_events import VoucherCreated
from schemas.vouchers import (
    CreateVoucher,
    DeleteVoucher,
    DisableVoucher,
    EnableVoucher,
    UpdateVoucher,
)
from tests.unit.engine.campaign_world import campaign, publish, run_actions
from tests.unit.engine.world import HOUR, NOON, World, card, gift_card, only, redeem, voucher

WHO = "cust_1"


def holder(count: int, **fields: Any) -> World:
    """A customer who holds so many vouchers."""
    made = [voucher(f"V{n}", holder_id=WHO, **fields) for n in range(count)]
    publication = Publication("pub_1", NOON, WHO)
    events = (VoucherCreated(each) for each in made)
    return World().given(*events, PublicationSucceeded(publication, tuple(made)))


def page(world: World, limit: int = 10, code: str = "", **more: Any) -> HeldPage:
    """A page of those whose code begins with `code`."""

    def wanted(held: HeldVoucher) -> bool:
        return held.voucher.code.startswith(code)

    return held_page(world.view, WHO, world.now, wanted, limit, **more)


@pytest.mark.parametrize("descending", [False, True])
def test_what_a_customer_holds_is_read_page_by_page_in_the_order_of_the_ids(
    descending: bool,
) -> None:
    world = holder(25)
    ids = sorted((holding_id(WHO, f"v_V{n}") for n in range(25)), reverse=descending)
    found: list[str] = []
    sizes: list[int] = []
    after = None
    while not sizes or after is not None:
        read = page(world, after=after, descending=descending)
        found += [each.id for each in read.found]
        sizes.append(len(read.found))
        after = read.after
    assert (found, sizes) == (ids, [10, 10, 5])
    assert held_count(world.view, WHO) == 25


def test_a_last_page_that_is_full_is_the_end() -> None:
    assert page(holder(10)).after is None
    assert page(holder(0)) == HeldPage([], None)


def test_a_page_reads_no_more_than_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    world = holder(LOOKED_AT_MAX + 500)
    reads = 0
    get = ProjectState.get

    def counting(self: ProjectState, *key: Any) -> Any:
        nonlocal reads
        reads += 1
        return get(self, *key)

    monkeypatch.setattr(ProjectState, "get", counting)
    assert len(page(world).found) == 10
    assert reads <= 5 * 10


def test_a_filter_looks_only_so_far_and_says_where_it_stopped() -> None:
    world = holder(LOOKED_AT_MAX + 500)
    ids = sorted(holding_id(WHO, f"v_V{n}") for n in range(LOOKED_AT_MAX + 500))
    first = page(world, code="NONE")
    assert first == HeldPage([], ids[LOOKED_AT_MAX - 1])
    assert page(world, code="NONE", after=first.after) == HeldPage([], None)


def test_what_is_deleted_is_held_no_more_and_what_is_given_again_is_held_once() -> None:
    world = World().given(voucher("A"), voucher("B"))
    made = campaign(world, 2)
    for code in ("A", "A", "B"):
        world.when(publish(None, voucher=code))
    world.when(publish())
    [owner] = [each.id for each in world.view.scan(tables.CUSTOMERS)]
    assert held_count(world.view, owner) == 3
    world.when(DeleteVoucher("A"))
    assert held_count(world.view, owner) == 2
    world.when(DeleteCampaign(made.id))
    left = held_page(world.view, owner, world.now, lambda _: True, 10)
    assert [each.voucher.code for each in left.found] == ["B"]
    run_actions(world)
    assert held_count(world.view, owner) == 1
    world.when(DeleteVoucher("B", force=True))
    left_over = [key for key in world.bytes if key.startswith((b"held", b"holding"))]
    assert left_over == []


def offered(world: World, *, newest_first: bool = True) -> list[str]:
    found = offered_vouchers(world.view, world.now, newest_first=newest_first)
    return [each.code for each in found if each is not None]


def test_anybody_is_offered_what_is_of_no_campaign_and_nobody_s_newest_first() -> None:
    world = World()
    campaign(world, 3)
    for code in "ABC":
        world.when(CreateVoucher(structs.replace(voucher(code), id="")), after=HOUR)
    assert offered(world) == ["C", "B", "A"]
    assert offered(world, newest_first=False) == ["A", "B", "C"]
    world.when(PublishVouchers(CustomerInput(source_id="ann"), voucher="B"))
    assert offered(world) == ["C", "A"]
    [owner] = [each.id for each in world.view.scan(tables.CUSTOMERS)]
    assert [each and each.code for each in own_vouchers(world.view, owner, world.now)] == ["B"]
    for code in "ABC":
        world.when(DeleteVoucher(code))
    assert list(world.view.scan(tables.OFFERED)) == []


def test_what_is_off_used_up_or_over_is_not_offered_until_it_is_again() -> None:
    world = World().given(voucher("ONE", quantity=1), gift_card("CARD", 100), voucher("OFF"))
    assert set(offered(world)) == {"ONE", "CARD", "OFF"}
    world.when(DisableVoucher("OFF"))
    spent = world.when(redeem("ONE", card(credits=100)))
    assert offered(world) == []
    assert list(world.view.scan(tables.OFFERED)) == []
    world.when(RollBackStack(only(spent, RedemptionSucceeded).parent_id or ""))
    world.when(EnableVoucher("OFF"))
    assert set(offered(world)) == {"ONE", "CARD", "OFF"}
    world.when(AdjustBalance("CARD", -100))
    over = msgspec.Raw(b'{"expiration_date":%d}' % (world.now + HOUR))
    world.when(UpdateVoucher("OFF", over))
    assert set(offered(world)) == {"ONE", "OFF"}
    world.now += 2 * HOUR
    assert offered(world) == ["ONE"]
