"""Publications: a voucher to one customer only, the next free ones of a campaign in their order."""

from typing import Any

import pytest
from msgspec import structs

from engine.campaigns import free
from engine.kernel import tables
from schemas.api import CustomerInput
from schemas.campaigns import (
    Campaign,
    DisableCampaign,
    EnableCampaign,
    VouchersGenerated,
    VoucherTemplate,
)
from schemas.customers import CustomerCreated, CustomerDeleted
from schemas.publications import (
    COUNT_MAX,
    Holding,
    PublicationFailed,
    PublicationRepeated,
    PublicationSucceeded,
    PublishVouchers,
)
from schemas.records import Decided
from schemas.voucher_events import VoucherUpdated
from schemas.vouchers import DeleteVoucher, DisableVoucher, EnableVoucher, Gift
from tests.unit.engine.campaign_world import campaign, publish, vouchers
from tests.unit.engine.world import MINUTE, World, found, gift_card, only, redeem, refused, voucher


def codes(record: Decided) -> list[str]:
    """The codes that a publication gave."""
    assert record.refusal is None, record.refusal
    return list(only(record, PublicationSucceeded).publication.codes)


def failed(record: Decided) -> PublicationFailed:
    """The failed publication of a refused record, which answers with it."""
    event = only(record, PublicationFailed)
    assert event.refusal == record.refusal
    assert event.publication.failure_code == event.refusal.key
    return event


def stored(world: World, made: Campaign) -> Campaign:
    """The campaign as it is now."""
    return found(world.view.get(tables.CAMPAIGNS, made.id))


def test_a_campaign_gives_its_vouchers_in_their_order_each_once() -> None:
    world = World()
    made = campaign(world, 3)
    expected = [each.code for each in vouchers(world, made)]
    given = [codes(world.when(publish(who=who))) for who in ("ann", "bob", "ann")]
    assert given == [[code] for code in expected]
    assert stored(world, made).next_free == 3
    refusal = failed(world.when(publish(who="eve"))).refusal
    assert refusal.key == "no_voucher_suitable_for_publication"
    assert refusal.resource_type == "publication"


def test_a_publication_says_who_got_what() -> None:
    world = World()
    made = campaign(world, 1)
    record = world.when(
        publish(
            source_id="mail-7", channel="mail", tracking_id="track_1", metadata={"list": "spring"}
        )
    )
    customer = only(record, CustomerCreated).customer
    event = only(record, PublicationSucceeded)
    publication = event.publication
    [voucher] = vouchers(world, made)
    assert event.vouchers == (voucher,)
    assert (publication.id[:4], len(publication.id)) == ("pub_", 36)
    assert (publication.customer_id, publication.created_at) == (customer.id, world.now)
    assert (publication.voucher_ids, publication.codes) == ((voucher.id,), (voucher.code,))
    assert (publication.campaign_id, publication.campaign) == (made.id, "Spring")
    assert (publication.source_id, publication.channel) == ("mail-7", "mail")
    assert (publication.tracking_id, publication.metadata) == ("track_1", {"list": "spring"})
    assert publication.discount == voucher.discount
    assert world.view.get(tables.PUBLICATIONS, publication.id) == publication
    assert (voucher.holder_id, voucher.published) == (customer.id, 1)
    assert voucher.published_at == world.now
    holdings = list(world.view.scan(tables.HOLDINGS, customer.id))
    assert holdings == [Holding(voucher.id, publication.id, made.id)]


def test_several_vouchers_are_given_together_or_not_at_all() -> None:
    world = World()
    made = campaign(world, 5)
    assert len(codes(world.when(publish(count=3)))) == 3
    refusal = failed(world.when(publish(count=3))).refusal
    assert refusal.details == "Campaign Spring has 2 free vouchers, 3 are wanted"
    assert len(codes(world.when(publish(count=2)))) == 2
    assert all(each.published == 1 for each in vouchers(world, made))


def test_no_more_than_fifty_at_once() -> None:
    world = World()
    campaign(world, 60)
    record = world.when(publish(count=COUNT_MAX + 1))
    assert (refused(record), record.events) == ("too_many_vouchers_requested", ())
    assert len(codes(world.when(publish(count=COUNT_MAX)))) == COUNT_MAX


def test_a_campaign_that_updates_itself_makes_what_is_missing() -> None:
    world = World()
    made = campaign(world, 1, type="AUTO_UPDATE")
    [first] = vouchers(world, made)
    record = world.when(publish(count=3))
    given = codes(record)
    assert given[0] == first.code
    assert only(record, VouchersGenerated).codes == tuple(given[1:])
    after = stored(world, made)
    assert (after.vouchers_count, after.voucher_seq, after.next_free) == (3, 3, 3)
    assert [each.code for each in vouchers(world, made)] == given
    assert {each.published for each in vouchers(world, made)} == {1}
    assert codes(world.when(publish(who="bob")))[0] not in given
    assert world.when(redeem(given[2])).refusal is None


def test_who_may_join_once_gets_the_same_again() -> None:
    world = World()
    campaign(world, 3)
    first = only(world.when(publish(join_once=True)), PublicationSucceeded)
    again = only(world.when(publish(join_once=True), after=MINUTE), PublicationRepeated)
    assert again.publication == first.publication
    assert again.vouchers == first.vouchers
    assert codes(world.when(publish())) != list(first.publication.codes)
    assert codes(world.when(publish(who="bob", join_once=True)))


def test_a_campaign_itself_may_let_customers_join_once() -> None:
    world = World()
    campaign(world, 3, join_once=True)
    first = codes(world.when(publish()))
    assert list(only(world.when(publish()), PublicationRepeated).publication.codes) == first


def test_a_code_that_is_gone_is_not_given_again() -> None:
    world = World()
    campaign(world, 3)
    [first] = codes(world.when(publish(join_once=True)))
    world.when(DeleteVoucher(first))
    assert codes(world.when(publish(join_once=True))) != [first]


def test_a_voucher_is_given_by_its_code_to_one_customer() -> None:
    world = World().given(gift_card("CARD", 500))
    event = only(world.when(publish(None, voucher="CARD")), PublicationSucceeded)
    assert (event.campaign, event.publication.campaign_id) == (None, None)
    assert event.publication.gift == Gift(500, 500)
    other = failed(world.when(publish(None, "bob", voucher="v_CARD")))
    assert other.refusal.key == "voucher_already_published"
    assert other.publication.codes == ("CARD",)
    again = only(world.when(publish(None, voucher="CARD")), PublicationSucceeded)
    assert again.vouchers == event.vouchers
    assert again.publication.id != event.publication.id
    same = world.when(publish(None, voucher="CARD", join_once=True))
    assert only(same, PublicationRepeated).publication == again.publication


def test_a_campaign_passes_over_what_was_given_by_code() -> None:
    world = World()
    made = campaign(world, 2)
    first, second = (each.code for each in vouchers(world, made))
    assert codes(world.when(publish(None, voucher=first))) == [first]
    assert codes(world.when(publish(who="bob"))) == [second]


def test_a_campaign_passes_over_what_cannot_be_used() -> None:
    world = World()
    template = VoucherTemplate(type="DISCOUNT_VOUCHER", discount=voucher().discount, quantity=1)
    made = campaign(world, 5, voucher=template)
    off, deleted, over, used, good = vouchers(world, made)
    world.when(DisableVoucher(off.code))
    world.when(DeleteVoucher(deleted.code))
    world.given(VoucherUpdated(structs.replace(over, expiration_date=world.now - 1)))
    world.when(redeem(used.code))
    assert codes(world.when(publish())) == [good.code]
    assert stored(world, made).next_free == 5
    world.when(EnableVoucher(off.code))
    assert refused(world.when(publish())) == "no_voucher_suitable_for_publication"
    assert codes(world.when(publish(None, voucher=off.code))) == [off.code]


def test_a_search_goes_on_where_the_last_one_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free, "SEARCH_MAX", 2)
    world = World()
    made = campaign(world, 5)
    for each in vouchers(world, made)[:4]:
        world.when(DeleteVoucher(each.code))
    for next_free in (2, 4):
        event = failed(world.when(publish()))
        assert found(event.campaign).next_free == next_free
        assert stored(world, made).next_free == next_free
    assert len(codes(world.when(publish()))) == 1


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"active": False}, "voucher_disabled"),
        ({"expiration_date": 1}, "voucher_expired"),
        ({"quantity": 2, "redeemed_quantity": 2}, "quantity_exceeded"),
    ],
)
def test_a_voucher_that_cannot_be_used_is_not_given(changes: dict[str, Any], key: str) -> None:
    world = World().given(voucher("A", **changes))
    event = failed(world.when(publish(None, voucher="A")))
    assert event.refusal.key == key
    assert event.publication.customer_id
    assert world.view.get(tables.PUBLICATIONS, event.publication.id) is None
    assert world.voucher("A").holder_id is None


def test_a_campaign_that_is_off_or_over_gives_nothing() -> None:
    world = World()
    made = campaign(world, 2, expiration_date=world.now + MINUTE)
    code = vouchers(world, made)[0].code
    world.when(DisableCampaign("Spring"))
    for asked in (publish(), publish(None, voucher=code)):
        assert failed(world.when(asked)).refusal.key == "campaign_not_active"
    world.when(EnableCampaign("Spring"))
    assert codes(world.when(publish()))
    assert failed(world.when(publish(), after=MINUTE + 1)).refusal.key == "campaign_not_active"


def test_a_repeated_source_id_is_answered_with_the_same_publication() -> None:
    world = World()
    made = campaign(world, 3)
    first = only(world.when(publish(source_id="mail-7")), PublicationSucceeded)
    again = only(world.when(publish(source_id="mail-7")), PublicationRepeated)
    assert (again.publication, again.vouchers) == (first.publication, first.vouchers)
    world.when(DeleteVoucher(first.publication.codes[0]))
    gone = only(world.when(publish(source_id="mail-7")), PublicationRepeated)
    assert (gone.publication, gone.vouchers) == (first.publication, ())
    free = vouchers(world, made)[0].code
    for other in (publish(who="bob"), publish(None, voucher=free)):
        record = world.when(structs.replace(other, source_id="mail-7"))
        assert (refused(record), record.events) == ("duplicate_source_id", ())


def test_a_publication_with_a_source_id_is_of_one_voucher() -> None:
    world = World()
    campaign(world, 3)
    asked = publish(source_id="mail-7", count=2)
    assert refused(world.when(asked)) == "too_many_vouchers_requested"


def test_nobody_is_given_a_second_code_where_all_join_once() -> None:
    world = World()
    made = campaign(world, 3, join_once=True)
    first, second, _ = (each.code for each in vouchers(world, made))
    assert codes(world.when(publish())) == [first]
    event = failed(world.when(publish(None, voucher=second)))
    assert event.refusal.key == "voucher_cannot_be_published"
    assert codes(world.when(publish(None, voucher=first))) == [first]
    assert codes(world.when(publish(None, "bob", voucher=second))) == [second]


def test_a_failed_publication_leaves_its_source_id_free() -> None:
    world = World().given(voucher("A", active=False))
    assert refused(world.when(publish(None, voucher="A", source_id="s"))) == "voucher_disabled"
    world.when(EnableVoucher("A"))
    assert codes(world.when(publish(None, voucher="A", source_id="s"))) == ["A"]


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        (publish("None"), "not_found"),
        (publish(None, voucher="NONE"), "not_found"),
        (publish(None), "missing_vouchers"),
        (publish("Spring", voucher="A"), "invalid_payload"),
        (PublishVouchers(CustomerInput(), campaign="Spring"), "invalid_customer"),
        (PublishVouchers(CustomerInput(id="cust_none"), campaign="Spring"), "not_found"),
    ],
)
def test_what_cannot_be_understood_is_refused_and_not_recorded(
    asked: PublishVouchers, key: str
) -> None:
    world = World().given(voucher("A"))
    campaign(world, 1)
    record = world.when(asked)
    assert (refused(record), record.events) == (key, ())


def test_a_customer_in_the_bin_is_given_nothing() -> None:
    world = World()
    campaign(world, 2)
    customer = only(world.when(publish()), CustomerCreated).customer
    world.given(CustomerDeleted(structs.replace(customer, deleted_at=world.now)))
    assert refused(world.when(publish())) == "not_found"
