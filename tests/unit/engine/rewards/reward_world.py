"""A program whose members pay with points: cards, rewards of each kind, and who offers them."""

from typing import Any

from msgspec import structs

from engine.kernel import tables
from schemas.api import OrderInput, Redeemable, RewardChoice
from schemas.campaigns import (
    Campaign,
    CampaignCreated,
    CampaignType,
    CardTemplate,
    VoucherTemplate,
)
from schemas.errors import Refusal
from schemas.products import Product, ProductCreated
from schemas.publications import PublicationSucceeded, PublishVouchers
from schemas.records import Decided
from schemas.redemptions import RedeemStack, RedemptionSucceeded
from schemas.rewards import (
    AssignReward,
    NewRewardAssignment,
    Reward,
    RewardAssigned,
    RewardAssignment,
    RewardCampaign,
    RewardCreated,
    RewardProduct,
    RewardTaken,
)
from schemas.vouchers import Gift, Voucher
from tests.unit.engine.world import NOON, World, customer, found, only, percent

PROGRAM = "camp_program"


def campaign(
    name: str,
    kind: CampaignType = "DISCOUNT_COUPONS",
    *,
    points: int = 0,
    **more: Any,
) -> Campaign:
    """A campaign whose id is `camp_NAME`, of codes that are made when they are needed."""
    templates = {
        "LOYALTY_PROGRAM": VoucherTemplate("LOYALTY_CARD", loyalty_card=CardTemplate(points)),
        "GIFT_VOUCHERS": VoucherTemplate("GIFT_VOUCHER", gift=Gift(500, 500)),
        "DISCOUNT_COUPONS": VoucherTemplate("DISCOUNT_VOUCHER", discount=percent("10"), quantity=1),
    }
    given: dict[str, Any] = {
        "id": f"camp_{name}",
        "name": name,
        "campaign_type": kind,
        "type": "AUTO_UPDATE",
        "created_at": NOON,
        "voucher": templates.get(kind),
        "join_once": kind == "LOYALTY_PROGRAM",
    }
    return Campaign(**(given | more))


def code_reward(name: str, *, balance: int | None = None) -> Reward:
    """A reward `rew_NAME`: a code of the campaign of that name, whose type is looked up."""
    return Reward(
        f"rew_{name}",
        name,
        NOON,
        type="CAMPAIGN",
        campaign=RewardCampaign(f"camp_{name}", balance=balance),
    )


def mug(stock: int | None = None) -> Reward:
    """A reward `rew_mug`: a mug, of which there are so many."""
    product = RewardProduct("prod_mug")
    return Reward("rew_mug", "Mug", NOON, type="MATERIAL", product=product, stock=stock)


class RewardWorld(World):
    """A program of cards with points, and whatever is given beside it."""

    def __init__(self, points: int = 1000) -> None:
        super().__init__()
        self.given(CampaignCreated(campaign("program", "LOYALTY_PROGRAM", points=points)))
        self.given(ProductCreated(Product("prod_mug", NOON, name="Mug")))

    def offer(self, reward: Reward, points: int | None, **more: Any) -> RewardAssignment:
        """The reward, which the program offers for so many points."""
        if self.view.get(tables.REWARDS, reward.id) is None:
            self.given(RewardCreated(reward))
        wanted = NewRewardAssignment(reward.id, points, priced=points is not None, **more)
        return only(self.when(AssignReward(PROGRAM, wanted)), RewardAssigned).assignment

    def join(self, who: str = "alice") -> Voucher:
        """The card of a member of the program."""
        record = self.when(PublishVouchers(customer(who), campaign=PROGRAM))
        return only(record, PublicationSucceeded).vouchers[0]

    def redeem(self, card: Voucher, reward: str, **more: Any) -> Decided:
        """Redeems the card for a reward."""
        return self.when(buying(card, reward, **more))

    def card(self, card: Voucher) -> Voucher:
        """The card, or any voucher, as it is now."""
        return found(self.view.get(tables.VOUCHERS, card.id))

    def balance(self, card: Voucher) -> int:
        """The points that are left on a card."""
        return found(self.card(card).loyalty_card).balance

    def reward(self, reward_id: str) -> Reward:
        """A reward as it is now."""
        return found(self.view.get(tables.REWARDS, reward_id))


def choice(card: Voucher, reward: str, points: int | None = None, **more: Any) -> Redeemable:
    """A card that is to pay for a reward."""
    return Redeemable("voucher", card.code, reward=RewardChoice(reward, points, **more))


def buying(
    card: Voucher, reward: str, *, points: int | None = None, order: int | None = None, **more: Any
) -> RedeemStack:
    """A redemption of a card for a reward."""
    asked = choice(card, reward, points)
    given = None if order is None else OrderInput(amount=order)
    return RedeemStack((asked,), given, **more)


def taken(record: Decided) -> RewardTaken:
    """What the one card of a redemption was redeemed for."""
    (outcome,) = only(record, RedemptionSucceeded).evaluation.outcomes
    return found(outcome.reward)


def key_of(record: Decided) -> str | None:
    """Why it was refused."""
    return None if record.refusal is None else record.refusal.key


def codes(world: RewardWorld, points: int = 300, **more: Any) -> str:
    """A reward: a code of a campaign of coupons."""
    world.given(CampaignCreated(campaign("codes", **more)))
    world.offer(code_reward("codes"), points)
    return "rew_codes"


def explained(refusal: Refusal | None) -> dict[str, Any]:
    return found(found(refusal).explanation)


def other_program(world: RewardWorld, **card: Any) -> None:
    """A reward `rew_other`: 200 points of a program whose cards begin with 50; `card`: of its cards."""
    made = campaign("other", "LOYALTY_PROGRAM")
    template = VoucherTemplate("LOYALTY_CARD", loyalty_card=CardTemplate(50, **card))
    world.given(CampaignCreated(structs.replace(made, voucher=template)))
    reward = code_reward("other")
    given = RewardCampaign("camp_other", "LOYALTY_PROGRAM", 200)
    world.offer(structs.replace(reward, campaign=given), 300)


def gift_reward(balance: int) -> Reward:
    given = RewardCampaign("camp_gifts", "GIFT_VOUCHERS", balance)
    return structs.replace(code_reward("gifts"), campaign=given)
