"""Entries, the draw and its prizes: each outcome, and the draw repeated by the documented steps."""

from hashlib import sha256
from typing import Any

import pytest

from engine.kernel import tables
from engine.kernel.state import encode
from schemas.campaigns import AddVouchers, Campaign, CreateCampaign, DeleteCampaign
from schemas.customers import DeleteCustomer
from schemas.giveaway_terms import ALTERNATES_MAX, WINNERS_MAX, GiveawayTerms
from schemas.giveaways import (
    DrawGiveaway,
    EntryRepeated,
    GiveawayDrawn,
    GiveawayEntered,
    HandOutPrizes,
    PrizesHandedOut,
    RefuseWinner,
    WinnerRefused,
)
from schemas.prize_terms import Prize
from schemas.prizes import CustomerRewarded, RewardTakenBack, RewardWithheld
from schemas.programs import Reacting
from schemas.topics import RECORD_BYTES_MAX
from tests.unit.engine.campaign_world import campaign
from tests.unit.engine.giveaway_world import (
    CLOSES,
    CODES,
    SEED,
    draw,
    drawn,
    enter,
    entries,
    giveaway,
)
from tests.unit.engine.program_world import card_of, credits, credits_of, customer_id, gift_campaign
from tests.unit.engine.world import World, found, only, refused


def repeated_draw(seed: str, ids: list[str], places: int) -> list[str]:
    """The documented steps, written down a second time."""
    pool, counter = sorted(ids), 0
    result: list[str] = []
    while pool and len(result) < places:
        count = len(pool)
        while True:
            digest = sha256((seed + "/" + str(counter)).encode("ascii")).hexdigest()
            counter += 1
            number = int(digest[:16], 16)
            if number < (2**64 // count) * count:
                break
        chosen = number % count
        result.append(pool[chosen])
        # the first of those left takes the place of the one that was drawn
        pool[chosen] = pool[0]
        pool.pop(0)
    return result


def test_a_customer_has_one_entry_and_is_answered_with_it_again() -> None:
    world = World()
    giveaway(world)
    first = only(enter(world, "ann"), GiveawayEntered).entry
    again = only(enter(world, "ann", metadata={"a": 1}), EntryRepeated).entry
    assert again == first
    assert entries(world) == ["ann"]


def test_each_event_counts_where_the_giveaway_says_so() -> None:
    world = World()
    giveaway(world, terms={"each_event": True})
    assert refused(enter(world, "ann")) == "invalid_payload"
    for source_id in ("a", "b", "a"):
        assert enter(world, "ann", source_id=source_id).refusal is None
    assert entries(world) == ["ann", "ann"]
    giveaway(world, "Other")
    assert refused(enter(world, "ann", "Other", source_id="a")) == "invalid_payload"


def test_a_giveaway_takes_entries_until_it_closes() -> None:
    world = World()
    giveaway(world)
    world.now = CLOSES
    assert enter(world, "ann").refusal is None
    world.now = CLOSES + 1
    assert refused(enter(world, "bob")) == "giveaway_closed"


def test_who_takes_part_in_nothing() -> None:
    world = World()
    giveaway(world, start_date=CLOSES - 10)
    campaign(world)
    assert refused(enter(world, "ann")) == "campaign_not_active"
    assert refused(enter(world, "ann", "Spring")) == "not_found"
    assert refused(enter(world, "ann", "None")) == "not_found"


def test_a_draw_is_what_the_documented_steps_give() -> None:
    world = World()
    made = giveaway(world, terms={"winners": 3, "alternates": 2})
    for number in range(20):
        enter(world, f"customer {number}")
    record = draw(world)
    told = only(record, GiveawayDrawn).draw
    ids = [each.id for each in world.view.scan(tables.GIVEAWAY_ENTRIES, made.id)]
    assert [each.entry_id for each in told.drawn] == repeated_draw(SEED, ids, 5)
    assert [each.status for each in told.drawn] == ["WINNER"] * 3 + ["ALTERNATE"] * 2
    assert (
        told.entries_digest == sha256("".join(f"{e}\n" for e in sorted(ids)).encode()).hexdigest()
    )
    assert sha256(told.seed.encode()).hexdigest() == told.commitment


def test_winners_are_given_codes_in_the_record_of_the_draw() -> None:
    world = World()
    made = giveaway(world, terms={"winners": 2})
    for who in ("ann", "bob", "cid"):
        enter(world, who)
    record = draw(world)
    rewarded = [each for each in record.events if isinstance(each, CustomerRewarded)]
    assert {each.occasion.side for each in rewarded} == {"WINNER"}
    winners = [each for each in drawn(world, made).drawn if each.status == "WINNER"]
    for each in winners:
        assert each.given is not None
        holder = found(world.view.get(tables.VOUCHERS, each.given.voucher_id)).holder_id
        assert holder == each.customer_id
    assert only(record, PrizesHandedOut).draw == drawn(world, made)


def test_a_prize_may_be_credits() -> None:
    world = World()
    gift_campaign(world)
    giveaway(world, terms={"prize": credits(2500)}, voucher=None)
    enter(world, "ann")
    assert draw(world).refusal is None
    assert credits_of(world, "ann") == 2500


def test_a_draw_waits_for_the_closing_date_and_happens_once() -> None:
    world = World()
    made = giveaway(world)
    enter(world, "ann")
    world.now = CLOSES
    assert refused(world.when(DrawGiveaway("Lottery", SEED))) == "giveaway_not_closed"
    assert refused(draw(world, seed="f" * 64)) == "invalid_payload"
    assert draw(world).refusal is None
    again = draw(world)
    assert refused(again) == "giveaway_drawn"
    assert again.refusal is not None and again.refusal.resource_id == made.id


def test_nothing_is_drawn_of_no_entries() -> None:
    world = World()
    giveaway(world)
    assert refused(draw(world)) == "invalid_campaign"


def test_the_seed_is_in_no_record_and_no_state_before_the_draw() -> None:
    world = World()
    giveaway(world)
    enter(world, "ann")
    stored = b"".join([*world.bytes, *world.bytes.values()])
    assert SEED.encode() not in stored
    draw(world)
    assert SEED.encode() in b"".join(world.bytes.values())


def test_a_refused_winner_gives_place_and_prize_to_the_next() -> None:
    world = World()
    made = giveaway(world, terms={"winners": 1, "alternates": 1})
    for who in ("ann", "bob", "cid"):
        enter(world, who)
    draw(world)
    first, second = drawn(world, made).drawn
    record = world.when(RefuseWinner("Lottery", first.entry_id, "under age"))
    assert only(record, WinnerRefused).entry_id == first.entry_id
    taken = only(record, RewardTakenBack)
    assert taken.voucher is not None and not taken.voucher.active
    after = drawn(world, made).drawn
    assert [each.status for each in after] == ["REFUSED", "WINNER", "ALTERNATE"]
    assert after[0].reason == "under age" and after[0].given is not None
    assert after[0].given.taken_back
    assert after[1].entry_id == second.entry_id and after[1].given is not None
    ids = [each.id for each in world.view.scan(tables.GIVEAWAY_ENTRIES, made.id)]
    assert [each.entry_id for each in after] == repeated_draw(SEED, ids, 3)


def test_only_a_winner_can_be_refused() -> None:
    world = World()
    made = giveaway(world, terms={"alternates": 1})
    enter(world, "ann")
    enter(world, "bob")
    assert refused(world.when(RefuseWinner("Lottery", "gve_1"))) == "giveaway_not_drawn"
    draw(world)
    winner, alternate = drawn(world, made).drawn
    assert refused(world.when(RefuseWinner("Lottery", alternate.entry_id))) == "not_found"
    assert world.when(RefuseWinner("Lottery", winner.entry_id)).refusal is None
    assert refused(world.when(RefuseWinner("Lottery", winner.entry_id))) == "not_found"


def test_a_customer_who_is_gone_is_passed_over() -> None:
    world = World()
    made = giveaway(world, terms={"winners": 1, "alternates": 1})
    for who in ("ann", "bob"):
        enter(world, who)
    ids = [each.id for each in world.view.scan(tables.GIVEAWAY_ENTRIES, made.id)]
    first = repeated_draw(SEED, ids, 1)[0]
    entry = found(world.view.get(tables.GIVEAWAY_ENTRIES, made.id, first))
    assert world.when(DeleteCustomer(entry.customer_id)).refusal is None
    draw(world)
    assert [each.status for each in drawn(world, made).drawn] == ["GONE", "WINNER"]


def _leave(world: World, made: Campaign, *places: int) -> None:
    """Those who will be drawn for these places are gone."""
    ids = [each.id for each in world.view.scan(tables.GIVEAWAY_ENTRIES, made.id)]
    will_be = repeated_draw(SEED, ids, max(places))
    for place in places:
        entry = found(world.view.get(tables.GIVEAWAY_ENTRIES, made.id, will_be[place - 1]))
        assert world.when(DeleteCustomer(entry.customer_id)).refusal is None


@pytest.mark.parametrize(
    ("terms", "gone", "statuses"),
    [
        ({}, (1,), ["GONE", "WINNER"]),
        ({"alternates": 1}, (1, 2), ["GONE", "GONE", "WINNER", "ALTERNATE"]),
        ({"winners": 2}, (2,), ["WINNER", "GONE", "WINNER"]),
        ({"winners": 2}, (1, 2, 3, 4), ["GONE"] * 4 + ["WINNER"]),
    ],
)
def test_others_are_drawn_for_whom_is_gone_as_long_as_there_are_any(
    terms: dict[str, int], gone: tuple[int, ...], statuses: list[str]
) -> None:
    world = World()
    made = giveaway(world, terms=terms)
    for who in ("ann", "bob", "cid", "dan", "eve"):
        enter(world, who)
    _leave(world, made, *gone)
    draw(world)
    places = drawn(world, made).drawn
    assert [each.status for each in places] == statuses
    ids = [each.id for each in world.view.scan(tables.GIVEAWAY_ENTRIES, made.id)]
    assert [each.entry_id for each in places] == repeated_draw(SEED, ids, len(statuses))


def test_the_next_who_is_not_gone_steps_in_for_a_winner_who_is_refused() -> None:
    world = World()
    made = giveaway(world)
    for who in ("ann", "bob", "cid", "dan"):
        enter(world, who)
    _leave(world, made, 2, 3)
    draw(world)
    [winner] = drawn(world, made).drawn
    assert world.when(RefuseWinner("Lottery", winner.entry_id)).refusal is None
    places = drawn(world, made).drawn
    assert [each.status for each in places] == ["REFUSED", "GONE", "GONE", "WINNER"]
    assert places[-1].given is not None


def test_a_prize_that_cannot_be_given_is_given_when_it_can_be() -> None:
    world = World()
    made = giveaway(world, type="STATIC")
    enter(world, "ann")
    record = draw(world)
    assert only(record, RewardWithheld).refusal.key == "no_voucher_suitable_for_publication"
    [winner] = drawn(world, made).drawn
    assert winner.given is None and winner.withheld == "no_voucher_suitable_for_publication"
    world.when(AddVouchers(made.id))
    asked = world.when(HandOutPrizes("Lottery"))
    assert only(asked, CustomerRewarded).given.customer_id == customer_id(world, "ann")
    [winner] = drawn(world, made).drawn
    assert winner.given is not None and winner.withheld is None
    again = world.when(HandOutPrizes("Lottery"))
    assert not any(isinstance(each, CustomerRewarded) for each in again.events)
    assert card_of(world, "ann", "Lottery").holder_id == customer_id(world, "ann")


def test_there_is_room_for_all_entries_where_more_win_than_take_part() -> None:
    world = World()
    made = giveaway(world, terms={"winners": 5})
    enter(world, "ann")
    draw(world)
    [only_one] = drawn(world, made).drawn
    assert only_one.status == "WINNER"


def test_a_deleted_giveaway_reacts_no_more() -> None:
    world = World()
    made = giveaway(world)
    reacting = world.view.get(tables.REACTING, tables.THE_ONE)
    assert reacting == Reacting(giving=(made.id,))
    world.when(DeleteCampaign(made.id))
    assert world.view.get(tables.REACTING, tables.THE_ONE) is None
    assert refused(enter(world, "ann")) == "not_found"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"giveaway": None}, "giveaway"),
        ({"terms": {"winners": 0}}, "winners"),
        ({"terms": {"winners": 101}}, "winners"),
        ({"terms": {"alternates": 101}}, "alternates"),
        ({"terms": {"entry_type": "custom_event"}}, "custom_event"),
        ({"terms": {"custom_event": "played"}}, "custom_event"),
        ({"terms": {"commitment": ""}}, "commitment"),
        ({"terms": {"closes_at": 10**18}}, "closes_at"),
        ({"voucher": None}, "prize"),
        ({"terms": {"prize": Prize("GIFT_VOUCHER", "Spring", amount=5)}}, "GIFT_VOUCHERS"),
        ({"terms": {"prize": Prize("CAMPAIGN", "Spring", amount=5)}}, "amount"),
    ],
)
def test_what_a_giveaway_says_of_itself_has_to_make_sense(
    fields: dict[str, Any], said: str
) -> None:
    world = World()
    campaign(world)
    given = {"closes_at": CLOSES, "nonce": "n", "commitment": "c"} | fields.pop("terms", {})
    terms = {"giveaway": GiveawayTerms(**given), "voucher": CODES} | fields
    made = Campaign("", "Lottery", "GIVEAWAY", "STATIC", 0, **terms)
    record = world.when(CreateCampaign(made))
    assert record.refusal is not None and record.refusal.key == "invalid_payload"
    assert said in (record.refusal.details or "")


def test_prizes_that_find_no_place_in_a_record_are_given_when_they_are_asked_for() -> None:
    world = World()
    terms = {"winners": WINNERS_MAX, "alternates": ALTERNATES_MAX}
    told = {f"text_{number}": "x" * 500 for number in range(8)}
    made = giveaway(world, terms=terms, metadata=told)
    for number in range(WINNERS_MAX):
        enter(world, f"member_{number}")
    records = [draw(world)]
    while len(records) < 9 and not all(each.given for each in drawn(world, made).drawn):
        records.append(world.when(HandOutPrizes("Lottery")))
    assert all(each.given for each in drawn(world, made).drawn)
    assert len(records) > 1
    assert max(len(encode(each)) for each in records) < RECORD_BYTES_MAX
    assert len({found(each.given).code for each in drawn(world, made).drawn}) == WINNERS_MAX
