"""What referral programs and their tiers may say of themselves."""

from typing import Any

import msgspec
import pytest
from msgspec import structs

from engine.kernel import tables
from schemas.campaigns import Campaign, CreateCampaign, UpdateCampaign
from schemas.prize_terms import Prize
from schemas.programs import Reacting
from schemas.referral_programs import ReferralProgram
from schemas.referrals import (
    REFERRAL_TIERS_MAX,
    CreateReferralTier,
    DeleteReferralTier,
    ReferralTier,
    ReferralTierCreated,
    ReferralTierDeleted,
    ReferralTierUpdated,
    UpdateReferralTier,
)
from tests.unit.engine.campaign_world import campaign
from tests.unit.engine.program_world import (
    CODES,
    REFERRAL_CODES,
    code_campaign,
    code_of,
    credits,
    gift_campaign,
    referral_program,
)
from tests.unit.engine.world import World, found, only, refused


def test_a_program_knows_its_rewards_by_id_and_name_and_reacts() -> None:
    world = World()
    gifts = gift_campaign(world)
    made = referral_program(world, referee_reward=credits(5))
    assert made.referral_program is not None
    assert made.referral_program.referee_reward == Prize("GIFT_VOUCHER", gifts.id, "Gifts", 5)
    assert world.view.get(tables.REACTING, tables.THE_ONE) == Reacting(referring=(made.id,))


@pytest.mark.parametrize(
    ("terms", "key"),
    [
        ({"conversion_event_type": "custom_event"}, "invalid_payload"),
        ({"conversion_event_type": "segment"}, "invalid_payload"),
        ({"conversion_event_type": "segment", "segment_id": "seg_1"}, "not_found"),
        ({"conversion_event_type": "custom_event", "custom_event_id": "ces_1"}, "not_found"),
        ({"custom_event": "e"}, "invalid_payload"),
        ({"segment_id": "seg_1"}, "invalid_payload"),
        ({"referee_reward": Prize("GIFT_VOUCHER", "None", amount=1)}, "not_found"),
        ({"referee_reward": Prize("GIFT_VOUCHER", "Spring", amount=1)}, "invalid_payload"),
        ({"referee_reward": Prize("LOYALTY_CARD", "Gifts", amount=1)}, "invalid_payload"),
        ({"referrer_reward": Prize("GIFT_VOUCHER", "Gifts")}, "invalid_payload"),
        ({"referrer_reward": Prize("GIFT_VOUCHER", "Gifts", amount=0)}, "invalid_payload"),
        ({"referrer_reward": Prize("CAMPAIGN", "Spring", amount=1)}, "invalid_payload"),
    ],
)
def test_what_a_program_names_has_to_be_there(terms: dict[str, Any], key: str) -> None:
    world = World()
    gift_campaign(world)
    campaign(world)
    made = Campaign(
        "",
        "Friends",
        "REFERRAL_PROGRAM",
        "STATIC",
        0,
        voucher=REFERRAL_CODES,
        referral_program=ReferralProgram(**terms),
    )
    assert refused(world.when(CreateCampaign(made))) == key


def test_referral_codes_and_programs_belong_together() -> None:
    world = World()
    plain = Campaign("", "A", "DISCOUNT_COUPONS", "STATIC", 0, voucher=REFERRAL_CODES)
    assert refused(world.when(CreateCampaign(plain))) == "invalid_payload"
    program = Campaign("", "A", "REFERRAL_PROGRAM", "STATIC", 0, voucher=CODES)
    assert refused(world.when(CreateCampaign(program))) == "invalid_payload"
    with_program = structs.replace(plain, voucher=CODES, referral_program=ReferralProgram())
    assert refused(world.when(CreateCampaign(with_program))) == "invalid_payload"


def test_a_program_is_changed_as_it_is_made() -> None:
    world = World()
    gifts = gift_campaign(world)
    made = referral_program(world)
    after = msgspec.json.encode({"referral_program": {"referee_reward": credits(7)}})
    assert world.when(UpdateCampaign(made.id, msgspec.Raw(after))).refusal is None
    program = found(world.view.get(tables.CAMPAIGNS, made.id)).referral_program
    assert program is not None
    assert program.referee_reward == Prize("GIFT_VOUCHER", gifts.id, "Gifts", 7)
    wrong = msgspec.json.encode({"referral_program": {"referee_reward": credits(7, "None")}})
    assert refused(world.when(UpdateCampaign(made.id, msgspec.Raw(wrong)))) == "not_found"
    other = msgspec.json.encode({"referral_program": {}})
    assert refused(world.when(UpdateCampaign(gifts.id, msgspec.Raw(other)))) == "invalid_payload"


def tier(conversions: int, reward: Prize) -> ReferralTier:
    """A tier as it is asked for."""
    return ReferralTier("", "", conversions, reward, 0)


def test_a_tier_is_created_changed_and_deleted() -> None:
    world = World()
    gift_campaign(world)
    referral_program(world)
    made = only(
        world.when(CreateReferralTier("Friends", tier(2, credits(5)))), ReferralTierCreated
    ).tier
    assert made.id.startswith("rtier_")
    changes = msgspec.Raw(msgspec.json.encode({"conversions": 3, "banner": "Three friends"}))
    changed = world.when(UpdateReferralTier("Friends", made.id, changes))
    after = only(changed, ReferralTierUpdated).tier
    assert (after.conversions, after.banner, after.reward) == (3, "Three friends", made.reward)
    gone = world.when(DeleteReferralTier("Friends", made.id))
    assert only(gone, ReferralTierDeleted).tier == after
    assert refused(world.when(DeleteReferralTier("Friends", made.id))) == "not_found"
    assert refused(world.when(UpdateReferralTier("Friends", made.id, changes))) == "not_found"


def test_tiers_that_cannot_be() -> None:
    world = World()
    gift_campaign(world)
    code_campaign(world)
    referral_program(world)
    assert world.when(CreateReferralTier("Friends", tier(2, code_of()))).refusal is None
    cases = {
        "duplicate_found": tier(2, code_of()),
        "invalid_payload": tier(0, code_of()),
        "not_found": tier(3, code_of("None")),
    }
    for key, wrong in cases.items():
        assert refused(world.when(CreateReferralTier("Friends", wrong))) == key
    assert refused(world.when(CreateReferralTier("Gifts", tier(3, code_of())))) == "not_found"


def test_a_program_has_so_many_tiers_at_most() -> None:
    world = World()
    code_campaign(world)
    referral_program(world)
    for number in range(REFERRAL_TIERS_MAX):
        assert (
            world.when(CreateReferralTier("Friends", tier(number + 1, code_of()))).refusal is None
        )
    most = world.when(CreateReferralTier("Friends", tier(1000, code_of())))
    assert refused(most) == "invalid_campaign"
