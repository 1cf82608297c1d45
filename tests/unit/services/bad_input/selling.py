"""What is bad about vouchers, campaigns, promotions, and publications, the bin and balances."""

from typing import Any, Final

from tests.unit.services.bad_input.asking import Ask, Before, Rows, delete, get, post, put, shown
from tests.unit.services.strange import AMOUNT, TERMS


def _off(**discount: Any) -> dict[str, Any]:
    return {"discount": discount}


def _worth(**more: Any) -> dict[str, Any]:
    return TERMS | more


BACKWARDS: Final = {"start_date": "2024-02-01", "expiration_date": "2024-01-01"}
VOUCHERS: Final[Rows] = {
    "a body that is no JSON object, or has a member of the wrong type or out of bounds": (
        *post("vouchers", [], 5, _worth(metadata=[1]), _worth(active="yes"), _worth(code="A" * 513)),
        *post("vouchers", *(_worth(redemption={"quantity": each}) for each in (-1, True, 10**9 + 1))),
        *post("vouchers", _worth(start_date="soon"), _worth(validity_day_of_week=[7])),
    ),
    "a discount without its value, with an effect or a member of another type, or with a formula that cannot be read (the details name the member and the place)": post(
        "vouchers", _off(type="AMOUNT"), _off(type="FIXED", amount_off=1), _off(type="UNIT", unit_off=1),
        _off(type="AMOUNT", amount_off=1, effect="ADD_NEW_ITEMS"),
        _off(type="AMOUNT", amount_off=1, amount_off_formula="1 +"),
    ),
    "a gift beside a discount; neither of them, nor a loyalty card, where no campaign is named": post(
        "vouchers", _worth(gift={"amount": 5}), {"metadata": {}}, {"type": "GIFT_VOUCHER"}
    ),
    "a code that is . or ..": (
        *post("vouchers", _off(type="AMOUNT", amount_off=5) | {"code": "."},
              _off(type="AMOUNT", amount_off=5) | {"code": ".."}),
        *post("vouchers/%2E%2E", _off(type="AMOUNT", amount_off=5)),
    ),
    "a percentage below 0 or above 100, an amount below 0 or above 10¹⁵": post(
        "vouchers", *(_off(type="PERCENT", percent_off=each) for each in (-0.1, 100.1)),
        *(_off(type="AMOUNT", amount_off=each) for each in (-1, 10**15 + 1)),
        {"gift": {"amount": -1}},
    ),
    "a duration that is not ISO 8601, hours that are not HH:MM, a percentage with more than 10 decimals": post(
        "vouchers", _worth(validity_timeframe={"duration": "1h", "interval": "P1D"}),
        _worth(validity_hours={"daily": [
            {"start_time": "8", "expiration_time": "12:00", "days_of_week": [1]}]}),
        _off(type="PERCENT", percent_off=0.12345678901),
    ),
    "an expiration date before the start date": post("vouchers", _worth(**BACKWARDS)),
    "a code that exists, be it in the bin": post("vouchers/A", TERMS) + post("vouchers/GONE", TERMS),
    "a rule for codes that leaves no free code": post(
        "vouchers", _worth(code_config={"pattern": "AB"})
    ),
    "no code in the query": (Ask("GET", "/client/v1/validate"), Ask("POST", "/client/v1/redeem", {})),
    "an unknown campaign, category or set of rules": post(
        "vouchers", _worth(campaign="None"), _worth(category="None"), _worth(category_id="cat_none"),
        _worth(validation_rules=["val_none"]),
    ),
    "a voucher that is not of its campaign's kind; an update that gives a voucher what its type does not have": (
        *post("vouchers", {"campaign": "Spring", "gift": {"amount": 5}}),
        *put("vouchers/A", {"gift": {"amount": 5, "balance": 5}}),
    ),
    "changing id, code, campaign or campaign_id, or setting the discount or gift that it has to null": put(
        "vouchers/A", {"id": "v_none"}, {"code": "OTHER"}, {"campaign": "Spring"},
        {"campaign_id": "<campaign>"}, {"discount": None},
    ),
    "an unknown code or id": (
        *get("vouchers/none"), *put("vouchers/none", {}), *delete("vouchers/none"),
        *post("vouchers/none/enable", None),
    ),
}  # fmt: skip
BEFORE_VOUCHERS: Final[Before] = (
    ("gone", Ask("POST", "/v1/vouchers/GONE", TERMS)),
    ("deleted", Ask("DELETE", "/v1/vouchers/GONE")),
)
TIER: Final = {"name": "T", "action": {"discount": AMOUNT}}
PROMOTIONS: Final[Rows] = {
    "a member of the wrong type; a tier without name; a stack without tiers, with more than 30 or with one twice": (
        *post("promotions/Sale/tiers", {}, {"name": 5}, TIER | {"metadata": [1]}),
        *post("promotions/Sale/stacks", {"name": "S"}, {"name": "S", "tiers": {"ids": ["x"] * 31}},
              {"name": "S", "tiers": {"ids": ["<tier>", "<tier>"]}}),
    ),
    "a hierarchy that is not 1 to 20,000, or that two new tiers share": (
        *post("promotions/Sale/tiers", *(TIER | {"hierarchy": each} for each in (0, 20_001, "1"))),
        *post("campaigns", {"name": "Two", "campaign_type": "PROMOTION", "promotion": {
            "tiers": [TIER | {"hierarchy": 1}, TIER | {"hierarchy": 1}]}}),
    ),
    "a hierarchy that would move more than 500 tiers": post(
        "promotions/Full/tiers", TIER | {"hierarchy": 1}
    ),
    "a PROMOTION with voucher or vouchers_count; promotion in another campaign": post(
        "campaigns", {"name": "N", "campaign_type": "PROMOTION", "voucher": TERMS},
        {"name": "N", "campaign_type": "PROMOTION", "vouchers_count": 5},
        {"name": "N", "voucher": TERMS, "promotion": {"tiers": [TIER]}},
    ),
    "tiers, stacks or vouchers for a campaign of another type": (
        *post("promotions/Spring/tiers", TIER),
        *post("promotions/Spring/stacks", {"name": "S", "tiers": {"ids": ["<tier>"]}}),
        *post("campaigns/Sale/vouchers", {}),
        *post("campaigns/Sale/vouchers/X", {}),
    ),
    "more than 20,000 tiers or 1,000 stacks": shown(
        "tests/unit/engine/campaigns/test_tiers.py::test_a_promotion_has_so_many_tiers_at_most",
        "tests/unit/engine/campaigns/test_promotions.py::test_a_promotion_has_so_many_stacks_at_most",
    ),
    "an expiration date before the start date": post("promotions/Sale/tiers", TIER | BACKWARDS),
    "an unknown campaign, tier, stack, category or set of rules; a tier of another promotion in a stack": (
        *post("promotions/none/tiers", TIER),
        *get("promotions/none/tiers", "promotions/tiers/none", "promotions/Sale/stacks/none"),
        *post("promotions/Sale/tiers", TIER | {"category": "none"},
              TIER | {"validation_rules": ["none"]}),
        *post("promotions/Sale/stacks", {"name": "S", "tiers": {"ids": ["none"]}}),
    ),
}  # fmt: skip


BEFORE_PROMOTIONS: Final[Before] = (
    ("full", Ask("POST", "/v1/campaigns", {
        "name": "Full", "campaign_type": "PROMOTION", "promotion": {"tiers": [TIER] * 500}})),
    ("last", Ask("POST", "/v1/promotions/Full/tiers", TIER)),
)  # fmt: skip


def _campaign(**more: Any) -> dict[str, Any]:
    return {"name": "N", "voucher": TERMS} | more


CAMPAIGNS: Final[Rows] = {
    "a member of the wrong type or out of bounds; no name, no voucher, both or neither of discount and gift": post(
        "campaigns", {"voucher": TERMS}, {"name": "N"}, _campaign(name=5), _campaign(metadata=[1]),
        _campaign(vouchers_count=20_000_001), _campaign(voucher=_worth(code_config={"length": 129})),
        _campaign(start_date="soon"),
        _campaign(voucher={"type": "DISCOUNT_VOUCHER"}),
        _campaign(voucher=_worth(gift={"amount": 5})),
    ),
    "a campaign_type that does not fit the voucher": post(
        "campaigns", _campaign(campaign_type="GIFT_VOUCHERS")
    ),
    "a name that exists, be it in the bin": post(
        "campaigns", _campaign(name="Spring"), _campaign(name="Gone")
    ),
    "a duration, hours or percentage that makes no sense; a gift for discounts, a discount for gift cards; more than 20,000,000 vouchers in all": (
        *post("campaigns", _campaign(validity_timeframe={"duration": "1h", "interval": "P1D"}),
              _campaign(activity_duration_after_publishing="soon"),
              _campaign(voucher={"discount": {"type": "PERCENT", "percent_off": 0.12345678901}})),
        *put("campaigns/Spring", {"gift": {"amount": 5}}),
        *post("campaigns/Full/vouchers", {"vouchers_count": 19_999_999}),
    ),
    "an expiration date before the start date": post("campaigns", _campaign(**BACKWARDS)),
    "a code_config without a random character, with more than 256 different ones, or with too few codes for the count": post(
        "campaigns", *(_campaign(voucher=_worth(code_config=each)) for each in (
            {"pattern": "AB"}, {"charset": "".join(map(chr, range(500, 757)))})),
        _campaign(voucher=_worth(code_config={"length": 1, "charset": "AB"}), vouchers_count=3),
    ),
    "changing id, name, campaign_type, active, use_voucher_metadata_schema or anything in voucher": put(
        "campaigns/Spring", {"id": "camp_none"}, {"name": "Other"}, {"campaign_type": "PROMOTION"},
        {"active": False}, {"use_voucher_metadata_schema": False}, {"voucher": _worth(redemption={"quantity": 6})},
    ),
    "an unknown campaign, category, set of rules or area": (
        *get("campaigns/none"), *put("campaigns/none", {}), *delete("campaigns/none"),
        *post("campaigns", _campaign(category="None"), _campaign(validation_rules=["none"]),
              _campaign(access_settings={"assign": {"areas_ids": ["none"]}})),
    ),
    "a code that exists, be it in the bin": post("campaigns/Spring/vouchers/A", {}) + post(
        "campaigns/Spring/vouchers/GONE", {}
    ),
    "a code for several vouchers, or beside a code_config; a bare body that is no whole number above 0": (
        *post("campaigns/Spring/vouchers", {"code": "B", "vouchers_count": 2}, 0, -1, 1.5, "x"),
        *post("campaigns/Spring/vouchers", {"code": "B", "code_config": {"length": 9}}),
    ),
    "a vouchers_count in the query that is no number from 1 to 20,000,000": post(
        "campaigns/Spring/vouchers?vouchers_count=0", {}
    ) + post("campaigns/Spring/vouchers?vouchers_count=20000001", {}),
    "a summary whose start_date is after its end_date": shown(
        "tests/unit/services/analytics/measures/test_campaign_summary.py::test_a_period_that_is_none_is_refused"
    ),
}  # fmt: skip
BEFORE_CAMPAIGNS: Final[Before] = (
    *BEFORE_VOUCHERS,
    ("closed", Ask("POST", "/v1/campaigns", _campaign(name="Gone"))),
    ("binned", Ask("DELETE", "/v1/campaigns/Gone")),
    ("full", Ask("POST", "/v1/campaigns", _campaign(name="Full", vouchers_count=2))),
)
ANN: Final = {"source_id": "ann"}


def _given(**more: Any) -> dict[str, Any]:
    return {"customer": ANN} | more


PUBLICATIONS: Final[Rows] = {
    "a publication without customer, or with a member of the wrong type; a count below 1; voucher and campaign together": post(
        "publications", {"voucher": "A"}, _given(voucher=5), _given(voucher="A", metadata=[1]),
        _given(campaign={"name": "Spring", "count": 0}),
        _given(voucher="A", campaign={"name": "Spring"}),
    ),
    "neither a voucher nor a campaign": post("publications", _given()),
    "a customer of whom nothing is said": post("publications", {"voucher": "A", "customer": {}}),
    "an unknown voucher, campaign or customer id": post(
        "publications", _given(voucher="none"), _given(campaign={"name": "none"}),
        {"voucher": "A", "customer": {"id": "cust_none"}},
    ),
    "a count above 50, or above 1 with a source_id": post(
        "publications", _given(campaign={"name": "Spring", "count": 51}),
        _given(campaign={"name": "Spring", "count": 2}, source_id="p2"),
    ),
    "the source_id of another publication": post("publications", {
        "voucher": "B", "customer": {"source_id": "ben"}, "source_id": "p1"}),
    "a voucher that another customer has": post(
        "publications", {"voucher": "B", "customer": {"source_id": "ben"}}
    ),
    "another code of a campaign that the customer may join once": post(
        "publications", _given(voucher="ONCE2")
    ),
    "a voucher that is disabled, over or used up": post(
        "publications", _given(voucher="OFF"), _given(voucher="OVER"), _given(voucher="USED")
    ),
    "a campaign that is disabled or over": post(
        "publications", _given(campaign={"name": "Off"}), _given(campaign={"name": "Over"})
    ),
    "more vouchers than a campaign has free": post(
        "publications", _given(campaign={"name": "Static"})
    ),
    "a join_once that is no boolean; any other query parameter": post(
        "publications?join_once=maybe", _given(voucher="A")
    ) + post("publications?odd=1", _given(voucher="A")),
    "an unknown entry of the bin": delete("trash-bin/none"),
    "an amount of a balance that is 0, no integer, or beyond 10¹⁵": post(
        "vouchers/CARD/balance", *({"amount": each} for each in (0, 1.5, "5", 10**15 + 1))
    ),
    "a balance below 0 after it, or more loaded than 10¹⁵": post(
        "vouchers/CARD/balance", {"amount": -501}, {"amount": 10**15}
    ),
    "the balance of what is no card": post("vouchers/A/balance", {"amount": 5}),
}  # fmt: skip
BEFORE_PUBLICATIONS: Final[Before] = (
    ("b", Ask("POST", "/v1/vouchers/B", TERMS)),
    ("ben", Ask("POST", "/v1/customers", {"source_id": "ben"})),
    ("p1", Ask("POST", "/v1/publications", _given(voucher="B", source_id="p1"))),
    ("club", Ask("POST", "/v1/campaigns", _campaign(name="Club", join_once=True))),
    ("once1", Ask("POST", "/v1/campaigns/Club/vouchers/ONCE1", {})),
    ("once2", Ask("POST", "/v1/campaigns/Club/vouchers/ONCE2", {})),
    ("p2", Ask("POST", "/v1/publications", _given(voucher="ONCE1"))),
    ("off", Ask("POST", "/v1/vouchers/OFF", _worth(active=False))),
    ("over", Ask("POST", "/v1/vouchers/OVER", _worth(expiration_date="2020-01-01"))),
    ("used", Ask("POST", "/v1/vouchers/USED", _worth(redemption={"quantity": 0}))),
    ("static", Ask("POST", "/v1/campaigns", _campaign(name="Static"))),
    ("quiet", Ask("POST", "/v1/campaigns", _campaign(name="Off"))),
    ("disabled", Ask("POST", "/v1/campaigns/Off/disable")),
    ("past", Ask("POST", "/v1/campaigns", _campaign(name="Over", expiration_date="2020-01-01"))),
)
