"""Referral programs, and campaigns whose cards and codes they give."""

from typing import Any

from engine.kernel import tables
from schemas.campaigns import Campaign, CardTemplate, CodeConfig, VoucherTemplate
from schemas.prize_terms import Prize
from schemas.publications import PublicationSucceeded
from schemas.records import Decided
from schemas.referral_programs import ReferralProgram
from schemas.referrals import Referral
from schemas.vouchers import Gift, Voucher
from tests.unit.engine.campaign_world import campaign, id_of, publish
from tests.unit.engine.world import World, amount, customer, found, only, redeem

CODES = VoucherTemplate(
    type="DISCOUNT_VOUCHER", discount=amount(100), code_config=CodeConfig(length=12)
)
REFERRAL_CODES = VoucherTemplate(
    type="DISCOUNT_VOUCHER",
    discount=amount(500),
    code_config=CodeConfig(length=12),
    is_referral_code=True,
)
GIFTS = VoucherTemplate(
    type="GIFT_VOUCHER", gift=Gift(amount=0, balance=0), code_config=CodeConfig(length=12)
)


def gift_campaign(world: World, name: str = "Gifts", **fields: Any) -> Campaign:
    """A campaign of empty gift cards that makes one for whoever has none."""
    return campaign(
        world,
        0,
        name,
        **({"type": "AUTO_UPDATE", "voucher": GIFTS, "campaign_type": "GIFT_VOUCHERS"} | fields),
    )


def code_campaign(world: World, name: str = "Thanks", **fields: Any) -> Campaign:
    """A campaign of codes that makes one more whenever none is free."""
    return campaign(world, 0, name, **({"type": "AUTO_UPDATE", "voucher": CODES} | fields))


def loyalty_program(world: World, name: str = "Club", **card: Any) -> Campaign:
    """A loyalty program that makes a card for whoever has none; `card` says when points expire."""
    template = VoucherTemplate(
        type="LOYALTY_CARD",
        loyalty_card=CardTemplate(0, **card),
        code_config=CodeConfig(length=12),
    )
    return campaign(
        world,
        0,
        name,
        type="AUTO_UPDATE",
        campaign_type="LOYALTY_PROGRAM",
        voucher=template,
        join_once=True,
    )


def points(count: int, name: str = "Club") -> Prize:
    """Points on a card of that program."""
    return Prize("LOYALTY_CARD", name, amount=count)


def credits(cents: int, name: str = "Gifts") -> Prize:
    """Credits on a gift card of that campaign."""
    return Prize("GIFT_VOUCHER", name, amount=cents)


def code_of(name: str = "Thanks") -> Prize:
    """A code of that campaign."""
    return Prize("CAMPAIGN", name)


def referral_program(
    world: World, name: str = "Friends", *, voucher: VoucherTemplate = REFERRAL_CODES, **terms: Any
) -> Campaign:
    """A referral program that converts by redemption unless `terms` say otherwise."""
    return campaign(
        world,
        0,
        name,
        type="AUTO_UPDATE",
        campaign_type="REFERRAL_PROGRAM",
        voucher=voucher,
        referral_program=ReferralProgram(**terms),
    )


def referrer_code(world: World, who: str = "ann", name: str = "Friends") -> Voucher:
    """The code of a referrer, published now."""
    record = world.when(publish(name, who))
    return only(record, PublicationSucceeded).vouchers[0]


def refer(world: World, code: str, who: str = "bob", **fields: Any) -> Decided:
    """Somebody redeems a code."""
    record = world.when(redeem(code, customer=customer(who), **fields))
    assert record.refusal is None, record.refusal
    return record


def customer_id(world: World, source_id: str) -> str:
    """The id of the customer that the shop calls so."""
    return found(world.view.get(tables.CUSTOMER_SOURCES, tables.source_key(source_id)))


def referral(world: World, who: str = "bob", name: str = "Friends") -> Referral:
    """The customer as a referee of the program."""
    key = customer_id(world, who), id_of(world, name)
    return found(world.view.get(tables.REFERRALS, *key))


def card_of(world: World, who: str, name: str = "Gifts") -> Voucher:
    """The card of a campaign that the customer holds, which is the only one."""
    holdings = world.view.scan(tables.HOLDINGS, customer_id(world, who), id_of(world, name))
    [holding] = holdings
    return found(world.view.get(tables.VOUCHERS, holding.voucher_id))


def credits_of(world: World, who: str, name: str = "Gifts") -> int:
    """How many credits are on the customer's only gift card of the campaign."""
    return found(card_of(world, who, name).gift).balance
