"""Campaigns are created, changed, switched, deleted; what of them binds their vouchers."""

from typing import Any

import pytest
from msgspec import structs

from engine.codes.generated import first_generated_voucher
from engine.kernel.lookup import find_campaign, find_voucher
from schemas.bin import BinEntryAdded
from schemas.campaigns import (
    AddVouchers,
    CampaignCreated,
    CampaignDeleted,
    CampaignUpdated,
    DeleteCampaign,
    DisableCampaign,
    EnableCampaign,
    VouchersGenerated,
)
from schemas.voucher_events import VoucherUpdated
from schemas.vouchers import CreateVoucher
from tests.unit.engine.campaigns.spring import create, finish, spring, update
from tests.unit.engine.world import (
    DAY,
    HOUR,
    MINUTE,
    NOON,
    World,
    found,
    only,
    percent,
    redeem,
    refused,
    voucher,
)


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
    later = first_generated_voucher(only(world.when(AddVouchers("Spring")), VouchersGenerated))
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
    made = first_generated_voucher(event)
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
