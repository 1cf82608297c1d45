"""Vouchers of a campaign: how they are made, at once and by an action, and what ends that."""

import msgspec
import pytest
from msgspec import structs

from engine.campaigns.generation import VOUCHERS_MAX
from engine.codes.code import CHARSET
from engine.codes.generated import encode_vouchers, first_generated_voucher
from engine.kernel import tables
from engine.kernel.lookup import find_voucher
from schemas.actions import ActionStarted, GiveUpAction, RunChunk
from schemas.api import CustomerInput
from schemas.campaigns import (
    AddVouchers,
    CampaignCreated,
    CodeConfig,
    DeleteCampaign,
    VouchersGenerated,
    VoucherTemplate,
)
from schemas.publications import PublishVouchers
from schemas.vouchers import CreateVoucher, Gift, Voucher
from tests.unit.engine.campaigns.spring import (
    PLAIN,
    TEMPLATE,
    codes_of,
    create,
    finish,
    spring,
    update,
)
from tests.unit.engine.world import (
    DAY,
    NOON,
    World,
    found,
    gift_card,
    only,
    percent,
    redeem,
    refused,
    voucher,
)


def test_the_first_vouchers_are_there_at_once_and_the_rest_follow() -> None:
    world = World()
    record = create(world, 1234)
    at_once = only(record, VouchersGenerated)
    assert (at_once.campaign.vouchers_count, at_once.campaign.generating) == (500, 734)
    assert world.when(redeem(at_once.codes[0])).refusal is None
    action = finish(world, record)
    assert (action.type, action.total, action.done) == ("CAMPAIGN.VOUCHERS_GENERATE", 1234, 1234)
    after = spring(world)
    assert (after.vouchers_count, after.voucher_seq, after.generating) == (1234, 1234, 0)
    codes = codes_of(world, after)
    assert len(set(codes)) == len(codes) == 1234
    assert codes[:500] == list(at_once.codes)
    assert all(len(code) == 8 and set(code) <= set(CHARSET) for code in codes)


def test_a_voucher_says_its_campaign_and_nothing_of_its_dates() -> None:
    world = World()
    event = only(create(world, 2, start_date=NOON - DAY, metadata={"a": 1}), VouchersGenerated)
    made = found(find_voucher(world.view, event.codes[1]))
    assert made == Voucher(
        id=event.ids[1],
        code=event.codes[1],
        type="DISCOUNT_VOUCHER",
        created_at=NOON,
        discount=percent("10"),
        campaign="Spring",
        campaign_id=event.campaign.id,
        quantity=1,
        campaign_number=1,
    )
    assert find_voucher(world.view, event.ids[1]) == made


def test_vouchers_are_stored_as_if_each_had_been_encoded() -> None:
    template = voucher(metadata={"campaign_number": 0, "a": '"'}, campaign="S", campaign_id="c")
    event = VouchersGenerated(PLAIN, template, ("v_1", "v_2"), ('é"\\/%', "B"), 7)
    decoded = [tables.VOUCHERS.decode(each) for each in encode_vouchers(event)]
    assert decoded == [
        structs.replace(template, id="v_1", code='é"\\/%', campaign_number=7),
        structs.replace(template, id="v_2", code="B", campaign_number=8),
    ]
    assert first_generated_voucher(event) == decoded[0]
    world = World().given(CampaignCreated(PLAIN), event)
    assert world.view.get(tables.VOUCHER_CODES, 'é"\\/%') == "v_1"


def test_a_code_config_that_is_too_small_is_refused_by_number() -> None:
    config = CodeConfig(charset="ab", length=3)
    template = structs.replace(TEMPLATE, code_config=config)
    world = World()
    refusal = found(create(world, 9, voucher=template).refusal)
    assert refusal.key == "invalid_code_config"
    assert "8" in found(refusal.details) and "9" in found(refusal.details)
    assert create(world, 8, voucher=template).refusal is None
    assert len(codes_of(world, spring(world))) == 8
    assert refused(world.when(AddVouchers("Spring"))) == "invalid_code_config"
    assert refused(create(world, VOUCHERS_MAX + 1, name="Huge")) == "invalid_campaign"


def test_generation_ends_where_no_code_is_left() -> None:
    config = CodeConfig(charset="0123456789", length=3)
    world = World()
    world.given(*(voucher(f"{n:03d}") for n in range(400)))
    record = create(world, 900, voucher=structs.replace(TEMPLATE, code_config=config))
    action = finish(world, record)
    assert (action.done, action.failed) == (600, 300)
    assert action.failures[0].reason == "No free code was found"
    after = spring(world)
    assert (after.vouchers_count, after.generating) == (600, 0)


@pytest.mark.parametrize("force", [False, True])
def test_generation_ends_with_its_campaign(force: bool) -> None:
    world = World()
    record = create(world, 2000)
    world.when(DeleteCampaign("Spring", force))
    action = finish(world, record)
    assert (action.status, action.done, action.failed) == ("DONE", 500, 1500)
    assert action.failures[0].reason == "The campaign was deleted"


def test_a_campaign_does_not_wait_for_an_action_that_was_given_up() -> None:
    world = World()
    action = only(create(world, 2000), ActionStarted).action
    world.when(RunChunk(action.id, 0))
    assert spring(world).generating == 1000
    world.when(GiveUpAction(action.id, 1, "it cannot be done"))
    assert (spring(world).generating, spring(world).vouchers_count) == (0, 1000)


def test_vouchers_are_added_one_at_once_and_many_by_an_action() -> None:
    world = World()
    create(world)
    one = only(world.when(AddVouchers("Spring")), VouchersGenerated)
    assert (len(one.codes), one.campaign.vouchers_count) == (1, 1)
    fields = msgspec.Raw(b'{"metadata":{"a":1},"quantity":5,"additional_info":"x"}')
    config = CodeConfig(prefix="VIP-", length=4)
    record = world.when(AddVouchers("Spring", 700, fields=fields, code_config=config))
    assert spring(world).generating == 700
    assert finish(world, record).done == 700
    added = [found(find_voucher(world.view, code)) for code in codes_of(world, spring(world))[1:]]
    assert len(added) == 700
    for each in added:
        assert each.code.startswith("VIP-")
        assert (each.metadata, each.quantity, each.additional_info) == ({"a": 1}, 5, "x")


def test_vouchers_that_are_still_to_be_made_follow_an_update() -> None:
    world = World()
    create(world)
    plain = world.when(AddVouchers("Spring", 2))
    update(world, discount={"type": "PERCENT", "percent_off": "20"})
    own = msgspec.Raw(b'{"quantity":5}')
    kept = world.when(AddVouchers("Spring", 2, fields=own))
    update(world, discount={"type": "PERCENT", "percent_off": "30"})
    finish(world, plain)
    finish(world, kept)
    made = [found(find_voucher(world.view, code)) for code in codes_of(world, spring(world))]
    later = [percent(off) for off in ("30", "30", "20", "20")]
    assert [each.discount for each in made] == later


def test_a_campaign_never_has_more_vouchers_than_it_may() -> None:
    world = World()
    full = structs.replace(PLAIN, id="camp_full", type="AUTO_UPDATE", generating=VOUCHERS_MAX)
    world.given(CampaignCreated(full))
    assert refused(world.when(AddVouchers("Spring"))) == "invalid_campaign"
    assert refused(world.when(AddVouchers("Spring", code="MINE"))) == "invalid_campaign"
    own = structs.replace(voucher("OWN", percent("20")), campaign="Spring")
    assert refused(world.when(CreateVoucher(own))) == "invalid_campaign"
    given = PublishVouchers(customer=CustomerInput(source_id="alice"), campaign="Spring")
    assert refused(world.when(given)) == "invalid_campaign"


def test_a_specific_code_is_added_once() -> None:
    world = World()
    create(world)
    made = first_generated_voucher(
        only(world.when(AddVouchers("Spring", code="MINE")), VouchersGenerated)
    )
    assert find_voucher(world.view, "MINE") == made
    again = found(world.when(AddVouchers("Spring", code="MINE")).refusal)
    assert (again.status, again.key) == (409, "duplicate_found")
    assert spring(world).vouchers_count == 1
    assert refused(world.when(AddVouchers("None"))) == "not_found"


def test_a_voucher_with_its_own_terms_may_join_a_campaign() -> None:
    world = World()
    create(world)
    own = structs.replace(voucher("OWN", percent("20")), campaign="Spring")
    made = first_generated_voucher(only(world.when(CreateVoucher(own)), VouchersGenerated))
    assert (made.code, made.discount, made.campaign_id) == ("OWN", percent("20"), spring(world).id)
    card = structs.replace(gift_card("CARD"), campaign_id=spring(world).id)
    assert refused(world.when(CreateVoucher(card))) == "invalid_voucher"
    lost = structs.replace(own, code="LOST", campaign="Winter")
    assert refused(world.when(CreateVoucher(lost))) == "not_found"


def test_gift_cards_of_a_campaign_have_its_credits() -> None:
    world = World()
    template = VoucherTemplate("GIFT_VOUCHER", gift=Gift(500, 500))
    event = only(
        create(world, 2, campaign_type="GIFT_VOUCHERS", voucher=template), VouchersGenerated
    )
    assert world.when(redeem(event.codes[0], order=300)).refusal is None
    spent = found(find_voucher(world.view, event.codes[0]))
    assert found(spent.gift).balance == 200
    assert found(found(find_voucher(world.view, event.codes[1])).gift).balance == 500
