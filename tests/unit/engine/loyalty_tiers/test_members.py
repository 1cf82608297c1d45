"""Members through what else moves them: redemptions, new and deleted tiers, a zone, the end of a card."""

from decimal import Decimal

import msgspec

from engine.answers.activity import activity_entries
from engine.answers.hook_events import hook_events
from engine.answers.transactions import transactions
from engine.kernel import tables
from engine.kernel.calendar import parse_iso
from engine.loyalty_tiers.find import tier_of
from engine.loyalty_tiers.members import CHANGES, MOVES_MAX, CardChange
from schemas.actions import ActionStarted
from schemas.api import Redeemable, RewardChoice
from schemas.balances import AdjustBalance
from schemas.campaigns import (
    AddVouchers,
    Campaign,
    CardTemplate,
    CreateCampaign,
    DeleteCampaign,
    UpdateCampaign,
    VoucherTemplate,
)
from schemas.expiry import ExpireDue
from schemas.loyalty_tiers import (
    CreateLoyaltyTiers,
    DeleteLoyaltyTier,
    LoyaltyTierDeleted,
    NewLoyaltyTier,
    PointsRange,
    StandingChanged,
    TierDowngraded,
    TierJoined,
    TierLeft,
    TiersExpiration,
    UpdateLoyaltyTier,
)
from schemas.prize_terms import Prize
from schemas.prizes import GivenPrize, Occasion, RewardTakenBack
from schemas.projects import SetTimeZone
from schemas.publications import PublicationSucceeded, PublishVouchers
from schemas.redemptions import RedemptionSucceeded, RollBackRedemption
from schemas.rewards import (
    AssignReward,
    CreateReward,
    NewRewardAssignment,
    Reward,
    RewardCampaign,
)
from schemas.vouchers import DeleteVoucher
from tests.unit.engine.loyalty_tiers.club import Club, moves
from tests.unit.engine.world import DAY, customer, found, loyalty_card, only, redeem

MONTHLY = TiersExpiration("POINTS_IN_PERIOD", "IMMEDIATE", "END_OF_PERIOD", "MONTH")
JANUARY = parse_iso("2025-01-10T12:00:00.000Z")
FEBRUARY = parse_iso("2025-02-01T00:00:00.000Z")


def _name(club: Club) -> str | None:
    tier = tier_of(club.world.view, club.card)
    return None if tier is None else tier.name


def _dues(club: Club) -> list[tables.Due]:
    dues = club.world.view.scan(tables.DUE)
    return [each for each in dues if each.kind == tables.DUE_LOYALTY_TIER]


def _update(club: Club, name: str, changes: bytes) -> None:
    club.do(UpdateLoyaltyTier("Club", club.tier(name).id, msgspec.Raw(changes)))
    club.run()


def test_who_pays_with_points_falls_and_a_rollback_lifts_again() -> None:
    club = Club(points=500)
    reward = Reward(id="", name="R", created_at=0, exchange_ratio=Decimal(1))
    club.do(CreateReward(reward))
    [made] = club.world.view.scan(tables.REWARDS)
    club.do(AssignReward("Club", NewRewardAssignment(made.id)))
    choice = RewardChoice(made.id, 10)
    paid = club.do(redeem(Redeemable("voucher", club.card, reward=choice), order=5000))
    assert [move[1:3] for move in moves(paid)] == [("downgraded", "Silver")]
    # what follows answers nothing
    assert isinstance(paid.events[-1], TierDowngraded)
    assert paid.effects
    redemption_id = only(paid, RedemptionSucceeded).redemption_ids[0]

    back = club.do(RollBackRedemption(redemption_id))

    assert [move[1:3] for move in moves(back)] == [("upgraded", "Gold")]


def test_points_that_are_collected_are_noted_without_a_move() -> None:
    club = Club(MONTHLY, at=JANUARY)
    record = club.add(10)
    assert only(record, StandingChanged).standing.collected == {24300: 10}
    assert activity_entries(record)[1:] == []
    assert [each.name for each in hook_events(record)] == [
        "voucher.loyalty_card.points_aded", "voucher.loyalty_card.transaction.created",
    ]  # fmt: skip
    assert len(transactions(record)) == 1


def test_months_that_are_long_over_are_forgotten() -> None:
    club = Club(MONTHLY, at=JANUARY)
    for years in range(4):
        club.go_to(JANUARY + years * 366 * DAY)
        club.add(10)
    assert list(found(club.standing()).collected) == [24312, 24324, 24336]


def test_a_member_who_holds_no_card_of_the_program_is_nobody() -> None:
    club = Club()
    club.do(AddVouchers("Club", 1))
    cards = [each for each in club.world.view.scan(tables.VOUCHERS) if each.holder_id is None]
    record = club.do(AdjustBalance(cards[0].id, 500))
    assert moves(record) == []
    assert tier_of(club.world.view, cards[0].id, club.world.now) is None


def test_a_feed_says_which_tier_was_reached() -> None:
    club = Club(MONTHLY, at=JANUARY)
    record = club.add(500)
    entry = activity_entries(record)[-1]
    assert (entry.type, entry.campaign_type) == (
        "customer.loyalty.tier.upgraded",
        "LOYALTY_PROGRAM",
    )
    assert entry.data["loyalty_tier_from"]["name"] == "Basic"
    assert (
        entry.data["loyalty_tier_to"]["expiration"]["expiration_date"] == "2025-01-31T23:59:59.999Z"
    )
    assert entry.data["campaign"]["name"] == "Club"


def test_new_tiers_find_who_is_in_them_already() -> None:
    club = Club(ladder={}, points=150)
    assert club.told == []
    assert tier_of(club.world.view, club.card, club.world.now) is None

    club.add_tiers({"Silver": (100, 499)})

    assert [move[1:3] for move in club.told] == [("joined", "Silver")]


def test_who_asks_before_the_action_comes_finds_the_new_tier() -> None:
    club = Club(ladder={}, points=150)
    tier = NewLoyaltyTier("Silver", PointsRange(100))
    club.do(CreateLoyaltyTiers("Club", (tier,)))
    assert tier_of(club.world.view, club.card) is None
    assert found(tier_of(club.world.view, club.card, club.world.now)).name == "Silver"


def test_other_points_of_a_tier_move_its_members() -> None:
    club = Club(points=150)
    _update(club, "Silver", b'{"points": {"from": 200, "to": 499}}')
    assert [move[1:3] for move in club.told[1:]] == [("left", "Silver")]
    _update(club, "Basic", b'{"points": {"to": 199}}')
    assert [move[1:3] for move in club.told[2:]] == [("joined", "Basic")]


def test_an_update_of_something_else_looks_at_nobody() -> None:
    club = Club()
    record = club.do(
        UpdateLoyaltyTier("Club", club.tier("Silver").id, msgspec.Raw(b'{"name": "S"}'))
    )
    assert not any(isinstance(each, ActionStarted) for each in record.events)


def test_members_of_a_deleted_tier_come_to_another_or_leave() -> None:
    club = Club(points=150)
    silver = club.tier("Silver")
    record = club.do(DeleteLoyaltyTier("Club", silver.id))
    assert only(record, LoyaltyTierDeleted).tier.deleted_at is not None
    assert _name(club) is None
    club.run()
    assert [move[1:3] for move in club.told[1:]] == [("left", "Silver")]
    assert club.world.view.get(tables.LOYALTY_TIERS, silver.campaign_id, silver.id) is None


def test_a_deleted_tier_that_lasts_is_lost_all_the_same() -> None:
    rules = TiersExpiration("BALANCE", "IMMEDIATE", "CUSTOM", extend="P1Y")
    club = Club(rules, points=500)
    club.add(-400)
    assert _name(club) == "Gold"
    club.do(DeleteLoyaltyTier("Club", club.tier("Gold").id))
    club.run()
    assert [move[1:3] for move in club.told[1:]] == [("downgraded", "Silver")]


def test_a_program_without_tiers_reacts_no_more() -> None:
    club = Club()
    for name in ("Basic", "Silver", "Gold"):
        assert found(club.world.view.get(tables.REACTING, tables.THE_ONE)).tiers
        club.do(DeleteLoyaltyTier("Club", club.tier(name).id))
        club.run()
    assert club.world.view.get(tables.REACTING, tables.THE_ONE) is None


def test_another_policy_counts_at_once_where_it_is_asked_for() -> None:
    club = Club(points=500)
    rules = b'{"loyalty_tiers_expiration": {"qualification_type": "POINTS_IN_PERIOD",'
    rules += (
        b'"start": "IMMEDIATE", "expiration": "END_OF_PERIOD", "qualification_period": "YEAR"}}'
    )
    club.do(UpdateCampaign("Club", msgspec.Raw(rules)))
    club.run()
    assert _name(club) == "Gold"
    club.do(UpdateCampaign("Club", msgspec.Raw(rules), recalculate_tiers=True))
    club.run()
    assert _name(club) == "Basic"


def test_a_zone_that_is_changed_moves_the_end_with_the_next_look() -> None:
    club = Club(MONTHLY, at=JANUARY)
    club.add(100)
    club.do(SetTimeZone("Europe/Warsaw", 2))
    club.go_to(FEBRUARY, sweeps=False)
    tier = tier_of(club.world.view, club.card, FEBRUARY - 1)
    assert found(tier).name == "Basic"
    club.do(ExpireDue())
    assert [move[1:3] for move in club.told[2:]] == [("downgraded", "Basic")]


def test_a_sweep_moves_so_many_and_the_next_one_the_others() -> None:
    club = Club(MONTHLY, at=JANUARY)
    cards = [club.join(f"c{n}") for n in range(MOVES_MAX + 10)]
    for card in cards:
        club.do(AdjustBalance(card, 100))
    club.world.now = FEBRUARY
    first, second, third = (club.do(ExpireDue()) for _ in range(3))
    told = [
        len([e for e in each.events if isinstance(e, TierDowngraded)])
        for each in (first, second, third)
    ]
    assert told == [MOVES_MAX, 10, 0]


def test_the_end_of_a_card_ends_how_its_holder_stands() -> None:
    club = Club(MONTHLY, at=JANUARY)
    club.add(100)
    assert [each.at for each in _dues(club)] == [FEBRUARY]
    club.do(DeleteVoucher(club.card))
    assert club.standing() is None
    assert _dues(club) == []


def test_members_of_a_deleted_program_move_no_more_and_keep_no_sweep_busy() -> None:
    club = Club(MONTHLY, at=JANUARY)
    club.add(100)
    program = club.program
    club.do(DeleteCampaign("Club"))
    club.world.now = FEBRUARY
    record = club.do(ExpireDue())
    assert only(record, StandingChanged).standing.next_at is None
    assert club.do(ExpireDue()).events == ()
    assert tier_of(club.world.view, club.card, FEBRUARY) is None
    assert program.id


def test_a_tier_is_left_and_joined_by_the_same_card_of_one_record() -> None:
    club = Club(ladder={"A": (10, 20)})
    assert [type(each) for each in club.add(10).events if isinstance(each, TierJoined)] == [
        TierJoined
    ]
    assert [type(each) for each in club.add(20).events if isinstance(each, TierLeft)] == [TierLeft]
    assert [type(each) for each in club.add(-15).events if isinstance(each, TierJoined)] == [
        TierJoined
    ]


def test_a_tier_that_lasts_ends_by_another_policy_where_it_is_asked_for() -> None:
    rules = TiersExpiration("BALANCE", "IMMEDIATE", "CUSTOM", extend="P1M")
    club = Club(rules, at=JANUARY, ladder={"Silver": (100, None)})
    club.add(100)
    club.go_to(FEBRUARY)
    changed = b'{"loyalty_tiers_expiration": {"qualification_type": "BALANCE", "extend": "P2M",'
    changed += b'"start": "IMMEDIATE", "expiration": "CUSTOM"}}'
    club.do(UpdateCampaign("Club", msgspec.Raw(changed), recalculate_tiers=True))
    club.run()
    assert [move[1:] for move in club.told] == [
        ("joined", "Silver", "2025-02-10T11:59:59.999Z"),
        ("expiration changed", "Silver", "2025-03-10T11:59:59.999Z"),
    ]


def test_what_a_rollback_takes_of_a_card_was_not_collected() -> None:
    club = Club(MONTHLY, at=JANUARY)
    card = VoucherTemplate("LOYALTY_CARD", loyalty_card=CardTemplate(1000))
    other = Campaign("", "Other", "LOYALTY_PROGRAM", "AUTO_UPDATE", 0, card, join_once=True)
    club.do(CreateCampaign(other, 0))
    published = club.do(PublishVouchers(customer("alice"), campaign="Other"))
    pays = only(published, PublicationSucceeded).vouchers[0]
    given = RewardCampaign(club.program.id, "LOYALTY_PROGRAM", 100)
    club.do(CreateReward(Reward("", "Points", 0, type="CAMPAIGN", campaign=given)))
    [reward] = club.world.view.scan(tables.REWARDS)
    club.do(AssignReward("Other", NewRewardAssignment(reward.id, 100, priced=True)))
    for _ in range(5):
        asked = Redeemable("voucher", pays.code, reward=RewardChoice(reward.id))
        [redemption_id] = only(club.do(redeem(asked)), RedemptionSucceeded).redemption_ids
        assert _name(club) == "Silver"
        club.do(RollBackRedemption(redemption_id))
        assert _name(club) == "Basic"
    assert sum(found(club.standing()).collected.values()) == 0


def test_a_card_that_was_given_as_a_prize_and_used_has_collected_no_less_for_it() -> None:
    card = loyalty_card("A", 10)
    prize = Prize("CAMPAIGN", "camp_1")
    given = GivenPrize(prize, "cust_1", card.id, card.code, JANUARY, taken_back=True, missing=1)
    told = RewardTakenBack(Occasion("REFEREE", "camp_2", "ref_1"), given, card)
    assert list(CHANGES[RewardTakenBack](told)) == [CardChange(card)]
