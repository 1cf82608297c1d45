"""A referral program whose both sides are rewarded, with the official client.

What the client cannot say or read is asked plainly: rewards of referrers, tiers and trees are our own.
"""

from typing import Any, NamedTuple
from uuid import uuid4

import pytest
import voucherify as sdk

from tests.e2e.plain import Plain
from tests.e2e.shop import Shop, refused, told
from tests.e2e.system import eventually

# the client says of nearly every method of loyalty that its endpoint is deprecated
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")

OFF = {"type": "PERCENT", "percent_off": 10}
CODES = {"type": "DISCOUNT_VOUCHER", "discount": OFF, "is_referral_code": True}
NOT_PERMITTED = (400, "referrer_not_permitted_to_redeem")


class Rewards(NamedTuple):
    """A club whose points referees get, and a campaign whose credits referrers do."""

    club: str
    cards: str

    def of(self, points: int, credits: int) -> dict[str, Any]:
        """What both sides are given."""
        return {
            "referee_reward": self._reward(self.club, "LOYALTY_CARD", points),
            "referrer_reward": self.credits(credits),
        }

    def credits(self, amount: int) -> dict[str, Any]:
        """Credits on a card."""
        return self._reward(self.cards, "GIFT_VOUCHER", amount)

    @staticmethod
    def _reward(campaign: str, kind: str, amount: int) -> dict[str, Any]:
        return {"related_object_parent": {"id": campaign}, "type": kind, "amount": amount}


@pytest.fixture
def rewards(shop: Shop) -> Rewards:
    """What can be given, new for each story."""
    card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0}}
    club = told(
        sdk.LoyaltiesApi(shop.vouchers.api_client).create_loyalty_program,
        sdk.LoyaltiesCreateCampaignRequestBody.from_dict(
            {"name": f"Club {uuid4()}", "type": "AUTO_UPDATE", "voucher": card}
        ),
    )
    gift = {"type": "GIFT_VOUCHER", "gift": {"amount": 0, "balance": 0}}
    cards = told(
        shop.campaigns.create_campaign,
        sdk.CampaignsCreateRequestBody.from_dict(
            {
                "name": f"Cards {uuid4()}",
                "campaign_type": "GIFT_VOUCHERS",
                "type": "AUTO_UPDATE",
                "voucher": gift,
            }
        ),
    )
    return Rewards(club.id, cards.id)


def test_both_sides_are_rewarded_once_the_referee_signs_up(
    shop: Shop, plain: Plain, rewards: Rewards
) -> None:
    event = f"signed_up_{uuid4().hex[:8]}"
    converting = {"conversion_event_type": "custom_event", "custom_event": {"name": event}}
    program = _program(plain, converting | rewards.of(points=50, credits=700))
    assert program["referral_program"]["custom_event"] == {"name": event}
    ann, ben = _name(), _name()
    code = _published(shop, program, ann)
    # a discount for who comes by it, before anybody counts
    redeemed = shop.redeem(code, customer={"source_id": ben})
    assert redeemed.order.total_amount == 9_000
    assert _roles(shop, code) == ["REFEREE", "REFERRER"]
    assert shop.customer(ben).referrals.total == 0
    assert (_points(shop, ben, rewards), _credits(shop, ann)) == (None, None)
    _tracked(shop, event, {"source_id": ben})
    assert (_points(shop, ben, rewards), _credits(shop, ann)) == (50, 700)
    (referral,) = shop.customer(ben).referrals.campaigns
    assert (referral.campaign_id, referral.referrer_id) == (program["id"], shop.customer(ann).id)
    assert referral.related_object_type == "event"
    loyalty = shop.customer(ann).loyalty
    assert loyalty.referred_customers == 1
    assert loyalty.campaigns[program["id"]]["referred_customers"] == 1
    (below,) = _tree(plain, program, ann)["referees"]
    assert (below["customer_id"], below["status"]) == (shop.customer(ben).id, "CONVERTED")
    assert (below["code"], below["related_object_id"]) == (code, referral.related_object_id)
    assert (below["referee_reward"]["amount"], below["referrer_reward"]["amount"]) == (50, 700)
    assert _tree(plain, program, ben)["referrer_id"] == shop.customer(ann).id
    # the same once more counts no more
    _tracked(shop, event, {"source_id": ben})
    assert (_points(shop, ben, rewards), _credits(shop, ann)) == (50, 700)
    referred = _activity(shop, ben, "customer.referred")
    assert (referred["campaign"]["id"], referred["custom_event"]["type"]) == (program["id"], event)
    assert _activity(shop, ann, "customer.rewarded")["balance"] == {"amount": 700}


def test_nobody_is_referred_by_the_own_code(shop: Shop, plain: Plain, rewards: Rewards) -> None:
    """Not as the same customer, nor with the e-mail address or the phone of the referrer."""
    program = _program(plain, rewards.of(points=50, credits=700))
    ann = _name()
    mail, phone = f"{ann}@example.com", f"+48 {uuid4().int % 10**9:09}"
    code = _published(shop, program, ann, email=mail, phone=phone)
    same: list[dict[str, Any]] = [
        {"source_id": ann},
        {"source_id": _name(), "email": mail.upper()},
        {"source_id": _name(), "phone": phone.replace("+", "00").replace(" ", "-")},
    ]
    for customer in same:
        assert shop.not_redeemed(code, customer=customer)[:2] == NOT_PERMITTED
        validated = shop.validate(code, customer=customer)
        (inapplicable,) = validated.redeemables
        assert (validated.valid, inapplicable.status) == (False, "INAPPLICABLE")
        assert inapplicable.result.error.key == NOT_PERMITTED[1]
        event = {"event": "came", "customer": customer, "referral": {"code": code}}
        body = sdk.EventsCreateRequestBody.from_dict(event)
        assert refused(shop.events.track_custom_event, body)[:2] == NOT_PERMITTED
        holder = sdk.ReferralsMembersHoldersCreateInBulkRequestBody.from_dict(
            {"holders": [customer]}
        )
        assert refused(_holders(shop).referrals_add_holders, code, holder)[:2] == NOT_PERMITTED
    assert _roles(shop, code) == ["REFERRER"]
    assert _credits(shop, ann) is None
    # who has neither is somebody else
    shop.redeem(code, customer={"source_id": _name(), "email": f"{_name()}@example.com"})
    assert _credits(shop, ann) == 700


def test_a_rollback_takes_the_referral_and_both_rewards_back(
    shop: Shop, plain: Plain, rewards: Rewards
) -> None:
    program = _program(plain, rewards.of(points=50, credits=700))
    tier = {"conversions": 2, "reward": rewards.credits(900), "banner": "Two friends"}
    made = plain.ask("POST", f"/v1/referrals/{program['id']}/tiers", json=tier)
    assert made.status_code == 200, made.text
    ann, ben, cid = _name(), _name(), _name()
    code = _published(shop, program, ann)
    shop.redeem(code, customer={"source_id": ben})
    assert (_points(shop, ben, rewards), _credits(shop, ann)) == (50, 700)
    second = shop.redeem(code, customer={"source_id": cid})
    assert (_points(shop, cid, rewards), _credits(shop, ann)) == (50, 1600)
    assert shop.customer(ann).loyalty.referred_customers == 2
    told(shop.redemptions.rollback_redemption, second.redemptions[0].id)
    assert (_points(shop, cid, rewards), _credits(shop, ann)) == (0, 700)
    assert shop.customer(ann).loyalty.referred_customers == 1
    assert shop.customer(cid).referrals.total == 0
    assert len(_tree(plain, program, ann)["referees"]) == 1
    # nothing was kept, so the customer can come again
    shop.redeem(code, customer={"source_id": cid})
    assert (_points(shop, cid, rewards), _credits(shop, ann)) == (50, 1600)


def test_holders_are_added_found_and_removed(shop: Shop, plain: Plain, rewards: Rewards) -> None:
    program = _program(plain, rewards.of(points=50, credits=700))
    code = _published(shop, program, _name())
    api, ben, cid = _holders(shop), _name(), _name()
    body = sdk.ReferralsMembersHoldersCreateInBulkRequestBody.from_dict(
        {"holders": [{"source_id": ben}, {"source_id": cid}], "metadata": {"by": "desk"}}
    )
    added = told(api.referrals_add_holders1, program["id"], code, body).holders
    assert [each.metadata for each in added] == [{"by": "desk"}] * 2
    assert refused(api.referrals_add_holders, code, body)[:2] == (
        409,
        "holder_assignement_duplication",
    )
    told(api.referrals_remove_holder, code, added[1].id)
    assert _roles(shop, code) == ["REFEREE", "REFERRER"]
    # a referee who was added counts once the code is redeemed, and stays then
    shop.redeem(code, customer={"source_id": ben})
    assert _points(shop, ben, rewards) == 50
    assert refused(api.referrals_remove_holder1, program["id"], code, added[0].id).status == 403


def test_the_client_makes_and_reads_a_program_without_an_amount(shop: Shop) -> None:
    """The client takes the amount of a reward, a number in the contract, for a text."""
    asked = {
        "name": f"Friends {uuid4()}",
        "campaign_type": "REFERRAL_PROGRAM",
        "type": "AUTO_UPDATE",
        "voucher": CODES,
        "referral_program": {"conversion_event_type": "redemption"},
    }
    body = sdk.CampaignsCreateRequestBody.from_dict(asked)
    made = told(shop.campaigns.create_campaign, body)
    assert made.campaign_type == "REFERRAL_PROGRAM"
    assert made.referral_program.conversion_event_type == "redemption"
    shown = told(shop.campaigns.get_campaign, made.id)
    assert (shown.name, shown.voucher.is_referral_code) == (asked["name"], True)


def _program(plain: Plain, referral_program: dict[str, Any]) -> dict[str, Any]:
    """A new program; the client cannot read the amounts, and does not know what referrers get."""
    asked = {
        "name": f"Friends {uuid4()}",
        "campaign_type": "REFERRAL_PROGRAM",
        "type": "AUTO_UPDATE",
        "voucher": CODES,
        "referral_program": referral_program,
    }
    made = plain.ask("POST", "/v1/campaigns", json=asked)
    assert made.status_code == 200, made.text
    return dict(made.json())


def _name() -> str:
    """A source id that nobody has."""
    return f"who-{uuid4().hex[:10]}"


def _published(shop: Shop, program: dict[str, Any], who: str, **known: str) -> str:
    """The code by which the customer refers."""
    asked = {
        "customer": {"source_id": who} | known,
        "campaign": {"name": program["name"], "count": 1},
    }
    body = sdk.PublicationsCreateRequestBody.from_dict(asked)
    return str(told(shop.publications.create_publication, None, body).voucher.code)


def _tracked(shop: Shop, event: str, customer: dict[str, str]) -> None:
    body = sdk.EventsCreateRequestBody.from_dict({"event": event, "customer": customer})
    told(shop.events.track_custom_event, body)


def _holders(shop: Shop) -> Any:
    return sdk.ReferralsApi(shop.vouchers.api_client)


def _roles(shop: Shop, code: str) -> list[str]:
    """Of those who hold the code."""
    listed = told(_holders(shop).referrals_code_holders1, code, limit=10)
    return sorted(each.holder_role for each in listed.data)


def _points(shop: Shop, who: str, rewards: Rewards) -> int | None:
    """What the customer has on the card of the club; None: it is no member."""
    program = shop.customer(who).loyalty.campaigns.get(rewards.club)
    return None if program is None else int(program["points"])


def _credits(shop: Shop, who: str) -> int | None:
    """What is left on the customer's gift card; None: it has none."""
    held = told(shop.customers.list_customer_redeemables, who, limit=10).data
    codes = [each.redeemable_id for each in held if each.voucher_type == "GIFT_VOUCHER"]
    return shop.state(codes[0])[1] if codes else None


def _tree(plain: Plain, program: dict[str, Any], who: str) -> dict[str, Any]:
    return dict(plain.get(f"/v1/referrals/{program['id']}/tree", customer=who))


def _activity(shop: Shop, who: str, kind: str) -> dict[str, Any]:
    """What the customer's feed says of the one thing of that kind that happened; it follows soon."""

    def listed() -> Any:
        return told(shop.customers.list_customer_activity, who, type=kind).data

    (found,) = eventually(listed)
    return dict(found.data["data"])
