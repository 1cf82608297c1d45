"""Campaigns are created with vouchers, changed, switched, deleted; what binds their vouchers."""

from typing import Any

import msgspec
import pytest
from msgspec import structs

from engine.campaigns.generation import VOUCHERS_MAX
from engine.codes.code import CHARSET
from engine.codes.generated import encoded_vouchers, first_of
from engine.kernel import tables
from engine.kernel.lookup import find_campaign, find_voucher
from schemas.actions import ActionProgressed, ActionStarted, AsyncAction, GiveUpAction, RunChunk
from schemas.api import CustomerInput
from schemas.bin import BinEntryAdded
from schemas.campaigns import (
    AddVouchers,
    Campaign,
    CampaignCreated,
    CampaignDeleted,
    CampaignUpdated,
    CodeConfig,
    CreateCampaign,
    DeleteCampaign,
    DisableCampaign,
    EnableCampaign,
    UpdateCampaign,
    VouchersGenerated,
    VoucherTemplate,
)
from schemas.publications import Publish
from schemas.records import Decided
from schemas.voucher_events import VoucherUpdated
from schemas.vouchers import CreateVoucher, Gift, Voucher
from tests.unit.engine.world import (
    DAY,
    HOUR,
    MINUTE,
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

TEMPLATE = VoucherTemplate("DISCOUNT_VOUCHER", discount=percent("10"), quantity=1)
PLAIN = Campaign(
    id="",
    name="Spring",
    campaign_type="DISCOUNT_COUPONS",
    type="STATIC",
    created_at=0,
    voucher=TEMPLATE,
)


def create(world: World, count: int = 0, **fields: Any) -> Decided:
    """The creation of a campaign."""
    return world.when(CreateCampaign(structs.replace(PLAIN, **fields), count))


def spring(world: World) -> Campaign:
    """The campaign as it is."""
    return found(find_campaign(world.view, "Spring"))


def codes_of(world: World, campaign: Campaign) -> list[str]:
    """Its vouchers' codes in the order of their numbers."""
    ids = world.view.scan(tables.CAMPAIGN_VOUCHERS, campaign.id)
    return [found(world.view.get(tables.VOUCHERS, each)).code for each in ids]


def update(world: World, **changes: Any) -> Decided:
    """An update, a minute later."""
    raw = msgspec.Raw(msgspec.json.encode(changes))
    return world.when(UpdateCampaign("Spring", raw), after=MINUTE)


def finish(world: World, record: Decided) -> AsyncAction:
    """The action that a record started, after all its chunks."""
    action = only(record, ActionStarted).action
    while action.status not in ("DONE", "FAILED"):
        done = world.when(RunChunk(action.id, action.next_chunk))
        action = only(done, ActionProgressed).action
    return action


def test_a_campaign_is_found_by_id_and_by_name() -> None:
    world = World()
    made = only(create(world), CampaignCreated).campaign
    assert made.id.startswith("camp_") and len(made.id) == 29
    assert (made.created_at, made.vouchers_count, made.generating) == (NOON, 0, 0)
    assert find_campaign(world.view, made.id) == find_campaign(world.view, "Spring") == made
    assert find_campaign(world.view, "spring") is None


def test_a_name_is_taken_once() -> None:
    world = World()
    create(world)
    again = found(create(world).refusal)
    assert (again.status, again.key, again.resource_id) == (409, "duplicate_found", "Spring")
    assert again.details == "Duplicated campaign exists with id Spring"


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
    decoded = [tables.VOUCHERS.decode(each) for each in encoded_vouchers(event)]
    assert decoded == [
        structs.replace(template, id="v_1", code='é"\\/%', campaign_number=7),
        structs.replace(template, id="v_2", code="B", campaign_number=8),
    ]
    assert first_of(event) == decoded[0]
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
    given = Publish(customer=CustomerInput(source_id="alice"), campaign="Spring")
    assert refused(world.when(given)) == "invalid_campaign"


def test_a_specific_code_is_added_once() -> None:
    world = World()
    create(world)
    made = first_of(only(world.when(AddVouchers("Spring", code="MINE")), VouchersGenerated))
    assert find_voucher(world.view, "MINE") == made
    again = found(world.when(AddVouchers("Spring", code="MINE")).refusal)
    assert (again.status, again.key) == (409, "duplicate_found")
    assert spring(world).vouchers_count == 1
    assert refused(world.when(AddVouchers("None"))) == "not_found"


def test_a_voucher_with_its_own_terms_may_join_a_campaign() -> None:
    world = World()
    create(world)
    own = structs.replace(voucher("OWN", percent("20")), campaign="Spring")
    made = first_of(only(world.when(CreateVoucher(own)), VouchersGenerated))
    assert (made.code, made.discount, made.campaign_id) == ("OWN", percent("20"), spring(world).id)
    card = structs.replace(gift_card("CARD"), campaign_id=spring(world).id)
    assert refused(world.when(CreateVoucher(card))) == "invalid_voucher"
    lost = structs.replace(own, code="LOST", campaign="Winter")
    assert refused(world.when(CreateVoucher(lost))) == "not_found"


def test_an_update_sets_what_it_names_for_vouchers_made_later() -> None:
    world = World()
    code = only(create(world, 1, metadata={"a": 1, "b": 2}), VouchersGenerated).codes[0]
    changed = only(
        update(
            world,
            expiration_date=NOON + DAY,
            metadata={"c": 3},
            unset_metadata_fields=["a"],
            discount={"type": "PERCENT", "percent_off": "25"},
            name="Spring",
        ),
        CampaignUpdated,
    ).campaign
    assert (changed.metadata, changed.updated_at) == ({"b": 2, "c": 3}, NOON + MINUTE)
    assert changed.expiration_date == NOON + DAY
    later = first_of(only(world.when(AddVouchers("Spring")), VouchersGenerated))
    assert later.discount == percent("25")
    assert found(find_voucher(world.view, code)).discount == percent("10")
    cleared = only(update(world, expiration_date=None, metadata=None), CampaignUpdated).campaign
    assert (cleared.expiration_date, cleared.metadata) == (None, {})


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"name": "Summer"}, "invalid_payload"),
        ({"campaign_type": "GIFT_VOUCHERS"}, "invalid_payload"),
        ({"vouchers_count": 5}, "invalid_payload"),
        ({"gift": {"amount": 5, "balance": 5}}, "invalid_campaign"),
        ({"discount": {"type": "PERCENT", "percent_off": "101"}}, "invalid_campaign"),
        ({"start_date": NOON, "expiration_date": NOON - 1}, "invalid_expiration_date"),
        ({"activity_duration_after_publishing": "P"}, "invalid_campaign"),
        ({"validity_day_of_week": [7]}, "invalid_campaign"),
    ],
)
def test_an_update_that_makes_no_sense_changes_nothing(changes: dict[str, Any], key: str) -> None:
    world = World()
    create(world)
    before = spring(world)
    assert refused(update(world, **changes)) == key
    assert spring(world) == before


@pytest.mark.parametrize(
    ("fields", "key", "rule"),
    [
        ({"active": False}, "voucher_disabled", "active"),
        ({"start_date": NOON + 1}, "voucher_not_active", "start_date"),
        ({"expiration_date": NOON - 1}, "voucher_expired", "expiration_date"),
        ({"validity_day_of_week": (0, 1)}, "voucher_not_active_now", "validity_day_of_week"),
    ],
)
def test_a_campaigns_terms_bind_its_vouchers_at_once(
    fields: dict[str, Any], key: str, rule: str
) -> None:
    world = World()
    event = only(create(world, 1), VouchersGenerated)
    code = event.codes[0]
    free = spring(world)
    world.given(CampaignUpdated(structs.replace(free, **fields)))
    refusal = found(world.when(redeem(code)).refusal)
    assert (refusal.key, refusal.details) == (key, code)
    assert found(refusal.explanation)["rule"] == rule
    assert found(refusal.explanation)["campaign_id"] == free.id
    world.given(CampaignUpdated(free))
    assert world.when(redeem(code)).refusal is None


def test_switching_a_campaign_binds_until_it_is_switched_back() -> None:
    world = World()
    code = only(create(world, 1), VouchersGenerated).codes[0]
    world.when(DisableCampaign("Spring"))
    assert not spring(world).active
    assert refused(world.when(redeem(code))) == "voucher_disabled"
    world.when(EnableCampaign("Spring"))
    assert world.when(redeem(code)).refusal is None


def test_a_published_voucher_lasts_as_long_as_its_campaign_says() -> None:
    world = World()
    event = only(create(world, 1, activity_duration_after_publishing="P1D"), VouchersGenerated)
    made = first_of(event)
    published = structs.replace(made, published=1, published_at=NOON)
    world.given(VoucherUpdated(published))
    world.now = NOON + DAY + 1
    refusal = found(world.when(redeem(made.code)).refusal)
    assert refusal.key == "voucher_expired"
    assert found(refusal.explanation)["rule"] == "activity_duration"
    world.now = NOON + DAY
    assert world.when(redeem(made.code)).refusal is None


def test_a_deleted_campaign_and_its_vouchers_are_not_found_and_keep_their_names() -> None:
    world = World()
    code = only(create(world, 1), VouchersGenerated).codes[0]
    record = world.when(DeleteCampaign("Spring"), after=HOUR)
    assert only(record, CampaignDeleted).campaign.deleted_at == NOON + HOUR
    assert only(record, BinEntryAdded).entry.resource_name == "Spring"
    assert find_campaign(world.view, "Spring") is None
    assert refused(world.when(redeem(code))) == "not_found"
    assert refused(create(world)) == "duplicate_found"
    assert finish(world, record).done == 1
    assert refused(world.when(CreateVoucher(voucher(code)))) == "duplicate_found"


def test_a_campaign_deleted_for_good_frees_its_name_and_codes() -> None:
    world = World()
    code = only(create(world, 1), VouchersGenerated).codes[0]
    record = world.when(DeleteCampaign("Spring", force=True))
    assert refused(world.when(redeem(code))) == "not_found"
    finish(world, record)
    assert create(world).refusal is None
    assert world.when(CreateVoucher(voucher(code))).refusal is None


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
