"""What is bad about referral programs and giveaways."""

from typing import Any, Final

from tests.unit.services.bad_input.asking import Before, Rows, delete, get, post

OFF: Final = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 5}}
CODES: Final = OFF | {"is_referral_code": True}
CARD: Final = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0}}
PROGRAM: Final[dict[str, Any]] = {
    "name": "N",
    "campaign_type": "REFERRAL_PROGRAM",
    "voucher": CODES,
}
GIFTS: Final = {"name": "Cards", "voucher": {"gift": {"amount": 5}}}
CLOSES: Final = "2040-01-01T00:00:00.000Z"
GIVEAWAY: Final[dict[str, Any]] = {"name": "N", "campaign_type": "GIVEAWAY", "voucher": OFF}
WHO: Final = {"source_id": "ann"}


def _program(**terms: Any) -> dict[str, Any]:
    return PROGRAM | {"referral_program": terms}


def _reward(named: str | None = "Cards", kind: str = "GIFT_VOUCHER", **amount: Any) -> Any:
    parent = {} if named is None else {"related_object_parent": {"name": named}}
    return _program(referee_reward={"type": kind} | parent | amount)


def _giveaway(**terms: Any) -> dict[str, Any]:
    return GIVEAWAY | {"giveaway": {"closes_at": CLOSES} | terms}


REFERRING: Final[Rows] = {
    "a referral program without referral codes, or of loyalty cards; referral_program of another campaign; a conversion by an event or a segment that is not named, or by none that there is a kind of": post(
        "campaigns", PROGRAM | {"voucher": OFF}, PROGRAM | {"voucher": CARD},
        {"name": "N", "voucher": OFF, "referral_program": {}},
        _program(conversion_event_type="custom_event"), _program(conversion_event_type="segment"),
        _program(conversion_event_type="visit"), _program(custom_event={"name": "e"}),
    ),
    "a reward without its campaign, of a campaign of another kind, without an amount, or with one of a code": post(
        "campaigns", _reward(None, amount=5), _reward("Spring", amount=5),
        _reward(kind="LOYALTY_CARD", amount=5), _reward(), _reward(amount=0),
        _reward(kind="CAMPAIGN", amount=5), _reward(kind="MONEY", amount=5),
    ),
    "a reward, a segment or a schema of events that there is not": post(
        "campaigns", _reward("none", amount=5),
        _program(conversion_event_type="segment", segment={"id": "seg_none"}),
        _program(conversion_event_type="custom_event", custom_event={"id": "ces_none"}),
    ),
    "holders of what is no referral code, of a code that is not of the campaign; an unknown holder; a tier, a tree of what is no referral program, of an unknown customer": (
        *get("referrals/members/A/holders", "referrals/members/none/holders",
             "referrals/Spring/members/FRIEND/holders", "referrals/Spring/tiers",
             "referrals/Friends/tiers/none", "referrals/Spring/tree?customer=ann",
             "referrals/Friends/tree?customer=nobody"),
        *post("referrals/members/A/holders", {"holders": [WHO]}),
        *delete("referrals/members/FRIEND/holders/rh_none", "referrals/Friends/tiers/none"),
    ),
    "no holders, or more than 20; a holder who says nothing; a tier without conversions or a reward": (
        *post("referrals/members/FRIEND/holders", {}, {"holders": []}, {"holders": [WHO] * 21},
              {"holders": 5}, {"holders": [{}]}),
        *post("referrals/Friends/tiers", {}, {"conversions": 2}, {"conversions": 0}),
    ),
    "a tree without a customer, or deeper than 5; holders in another order": get(
        "referrals/Friends/tree", "referrals/Friends/tree?customer=ann&depth=6",
        "referrals/members/FRIEND/holders?order=code",
    ),
    "a code that nobody holds, for holders and in an event": (
        *post("referrals/members/FREE/holders", {"holders": [WHO]}),
        *post("events", {"event": "e", "customer": WHO, "referral": {"code": "FREE"}}),
    ),
    "in an event, an unknown code": post(
        "events", {"event": "e", "customer": WHO, "referral": {"code": "none"}}
    ),
    "a giveaway without terms, without a closing date, with 0 or 101 winners, with a custom event and none by it, without codes and a prize; giveaway of another campaign": post(
        "campaigns", GIVEAWAY, GIVEAWAY | {"giveaway": {}}, _giveaway(winners=0),
        _giveaway(winners=101), _giveaway(alternates=101), _giveaway(entry_type="custom_event"),
        _giveaway(custom_event={"name": "e"}), _giveaway() | {"voucher": None},
        _giveaway() | {"campaign_type": "DISCOUNT_COUPONS"},
    ),
    "entries, winners, draw and proof of what is no giveaway": (
        *get("giveaways/Spring/entries", "giveaways/none/winners", "giveaways/Spring/proof"),
        *post("giveaways/Spring/draw", {}), *post("giveaways/Spring/entries", {"customer": WHO}),
    ),
    "an entry without a customer, or with a source_id where a customer has one entry": post(
        "giveaways/Lottery/entries", {}, {"customer": 5}, {"customer": WHO, "source_id": "o"}
    ),
    "a draw before the closing date": post("giveaways/Lottery/draw", {}),
    "winners before the draw, or one to be refused; prizes to be handed out": (
        *get("giveaways/Lottery/winners"), *post("giveaways/Lottery/winners/gve_1/refuse", {}),
        *post("giveaways/Lottery/prizes", {}),
    ),
}  # fmt: skip
BEFORE: Final[Before] = (
    ("cards", post("campaigns", GIFTS)[0]),
    ("friends", post("campaigns", PROGRAM | {"name": "Friends"})[0]),
    ("free", post("campaigns/Friends/vouchers/FREE", {})[0]),
    ("friend", post("campaigns/Friends/vouchers/FRIEND", {})[0]),
    ("ann", post("publications", {"voucher": "FRIEND", "customer": {"source_id": "ref"}})[0]),
    ("lottery", post("campaigns", _giveaway() | {"name": "Lottery"})[0]),
)
