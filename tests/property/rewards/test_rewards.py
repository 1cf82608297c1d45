"""Laws of rewards over random histories: what is given is paid for, and what is taken back is there again.

Points, stock and codes are conserved: what a card has and what its redemptions that stand cost is
what it began with; what is left of a product and what was redeemed of it is what there was; each
redemption that stands has a code of its own, and every other code that was given is switched off.
"""

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from engine.kernel import tables
from schemas.campaigns import AddVouchers, CampaignCreated
from schemas.records import Decided
from schemas.redemptions import RedemptionSucceeded, RollBackRedemption
from schemas.rewards import RewardCampaign
from schemas.vouchers import Voucher
from tests.unit.engine.rewards.reward_world import (
    RewardWorld,
    buying,
    campaign,
    code_reward,
    mug,
)
from tests.unit.engine.world import found, redeem

POINTS = 1000
STOCK = 4
CODES = 3
#: What each reward costs.
COSTS = {"rew_mug": 150, "rew_codes": 100, "rew_gifts": 200}
MEMBERS = ("ann", "ben", "cem")

Step = tuple[str, int, str]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["redeem", "redeem", "redeem", "roll back", "use", "roll back use"]),
        st.integers(0, 20),
        st.sampled_from(sorted(COSTS)),
    ),
    max_size=40,
)


class Play:
    """Three members of a program that offers a product, a few codes, and gift cards without end."""

    def __init__(self) -> None:
        self.world = RewardWorld(POINTS)
        self.world.given(CampaignCreated(campaign("codes", type="STATIC")))
        self.world.given(CampaignCreated(campaign("gifts", "GIFT_VOUCHERS")))
        for _ in range(CODES):
            self.world.when(AddVouchers("codes"))
        gifts = RewardCampaign("camp_gifts", "GIFT_VOUCHERS", 50)
        for reward in (
            mug(STOCK),
            code_reward("codes"),
            structs.replace(code_reward("gifts"), campaign=gifts),
        ):
            self.world.offer(reward, COSTS[reward.id])
        self.cards = [self.world.join(who) for who in MEMBERS]
        #: The redemptions that stand: of whom, for what, and the code that was given.
        self.standing: dict[str, tuple[Voucher, str, Voucher | None]] = {}
        self.taken_back: list[Voucher] = []
        #: The redemptions of codes, by the code.
        self.uses: dict[str, str] = {}

    def step(self, kind: str, number: int, reward: str) -> None:
        """One request, whatever comes of it."""
        if kind == "redeem":
            self._redeem(self.cards[number % len(self.cards)], reward)
        elif kind == "roll back" and self.standing:
            self._roll_back(sorted(self.standing)[number % len(self.standing)])
        elif kind == "use":
            self._use(number)
        elif kind == "roll back use" and self.uses:
            code = sorted(self.uses)[number % len(self.uses)]
            self.world.when(RollBackRedemption(self.uses.pop(code)))

    def note(self, card: Voucher, reward: str, record: Decided) -> None:
        """What a redemption gave, if it gave anything."""
        for event in record.events:
            if isinstance(event, RedemptionSucceeded):
                got = found(event.evaluation.outcomes[0].reward).voucher
                self.standing[event.redemption_ids[0]] = (card, reward, got)

    def _redeem(self, card: Voucher, reward: str) -> None:
        self.note(card, reward, self.world.when(buying(card, reward)))

    def _roll_back(self, redemption_id: str) -> None:
        _, _, got = self.standing[redemption_id]
        record = self.world.when(RollBackRedemption(redemption_id))
        used = got is not None and got.code in self.uses
        assert (record.refusal is not None) is used
        if not used:
            del self.standing[redemption_id]
            if got is not None:
                self.taken_back.append(got)

    def _use(self, number: int) -> None:
        given_out = [got for _, _, got in self.standing.values() if got is not None]
        free = [each for each in given_out if each.code not in self.uses]
        if free:
            code = free[number % len(free)].code
            record = self.world.when(redeem(code, order=100))
            for event in record.events:
                if isinstance(event, RedemptionSucceeded):
                    self.uses[code] = event.redemption_ids[0]

    def check(self) -> None:
        """Nothing was made, and nothing is lost."""
        spent = {card.id: 0 for card in self.cards}
        redeemed = dict.fromkeys(COSTS, 0)
        for card, reward, _ in self.standing.values():
            spent[card.id] += COSTS[reward]
            redeemed[reward] += 1
        for card in self.cards:
            assert self.world.balance(card) == POINTS - spent[card.id] >= 0
            assert self.world.card(card).redeemed_points == spent[card.id]
        for reward, count in redeemed.items():
            assert self.world.reward(reward).redeemed == count
        assert self.world.reward("rew_mug").stock == STOCK - redeemed["rew_mug"] >= 0
        given_out = [got for _, _, got in self.standing.values() if got is not None]
        assert len({each.id for each in given_out}) == len(given_out)
        assert all(self.world.card(each).active for each in given_out)
        assert not any(self.world.card(each).active for each in self.taken_back)
        gone = sum(each.campaign == "codes" for each in (*given_out, *self.taken_back))
        assert gone <= CODES


@given(steps=STEPS)
def test_points_stock_and_codes_are_conserved(steps: list[Step]) -> None:
    play = Play()
    for step in steps:
        play.step(*step)
        play.check()


@given(asked=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(sorted(COSTS))), max_size=30))
def test_requests_that_arrive_together_share_what_there_is(asked: list[tuple[int, str]]) -> None:
    """They were all sent before any was decided: first come, first served, and nobody below zero."""
    play = Play()
    sent = [
        (number, reward, play.world.command(buying(play.cards[number], reward), n=100 + place))
        for place, (number, reward) in enumerate(asked)
    ]
    served = dict.fromkeys(COSTS, 0)
    for number, reward, command in sent:
        before = play.world.balance(play.cards[number])
        record = play.world.decided(command)
        play.note(play.cards[number], reward, record)
        room = {"rew_mug": STOCK, "rew_codes": CODES, "rew_gifts": len(asked)}[reward]
        possible = before >= COSTS[reward] and served[reward] < room
        assert (record.refusal is None) is possible
        served[reward] += possible
        play.check()
    codes = play.world.view.scan(tables.VOUCHERS)
    given_codes = sum(each.campaign == "codes" and each.published > 0 for each in codes)
    assert given_codes == served["rew_codes"]
