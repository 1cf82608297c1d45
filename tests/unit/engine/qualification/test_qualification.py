"""Qualifications: what is found by which key, in which order, page by page."""

import json
from typing import Any

import pytest
from msgspec import structs

from engine.kernel import tables
from engine.qualification import page
from engine.qualification.cursor import Cursor, parse_cursor
from engine.qualification.filters import FilterError, parse_filters
from engine.qualification.keys import ANYTHING, KEYS_MAX, bucket_of, keys_of
from engine.qualification.narrowing import narrow_definition
from engine.qualification.places import UNBOUND
from engine.rules import line_names
from engine.rules.names import CHOOSING, OF_LINE, PLAIN
from schemas.base import AMOUNT_MAX
from schemas.campaigns import CampaignCreated, CampaignDeleted
from schemas.collections import CollectionCreated, ProductCollection
from schemas.promotion_events import StackCreated
from schemas.promotions import PromotionStack
from schemas.rules import ApplicableItems, ItemEntry, ValidationRuleDeleted
from schemas.segments import Segment
from schemas.voucher_events import VoucherUpdated
from schemas.vouchers import LoyaltyCard
from tests.unit.engine.qualification_world import PROMOTION, Shop, campaign
from tests.unit.engine.rule_world import MUG, POSTER, SHIRT, customer, line, one, order, product
from tests.unit.engine.world import DAY, NOON, found, gift_card, loyalty_card, percent, voucher

ORDER = order(line(MUG, 2, 1000), metadata={"channel": "web"})
ANN = customer({"tier": "gold", "tags": ["a", "b"]})
CLOTHES = {"id": "pc_1", "type": "products_collection"}
#: Rules that the request meets, the kinds of their keys, and a request that does not meet them.
KEYED: list[tuple[dict[str, Any], str]] = [
    (one("order.items.any", {"$is": [product(MUG), product(SHIRT)]}), "item"),
    (one("order.items.every", {"$is": [product(MUG)]}), "item"),
    (one("product.id", {"$in": [product(MUG)]}), "item"),
    (one("order.items.any", {"$is": [CLOTHES]}), "collection"),
    (one("customer.segment", {"$is": [{"id": "seg_1"}]}), "segment"),
    (one("customer_segment", {"$in": ["seg_1"]}), "segment"),
    (one("order.amount", {"$more_than": [1999]}), "amount"),
    (one("order.total_amount", {"$greater_than_or_equal": [2000]}), "amount"),
    (one("order.metadata", {"$is": ["web"]}, property="channel"), "order_metadata"),
    (one("customer.metadata", {"$in": ["gold", 7]}, property="tier"), "customer_metadata"),
    (one("customer.metadata", {"$is": ["b"]}, property="tags"), "customer_metadata"),
    (one("redemption.metadata", {"$is": ["7"]}, property="till"), "redemption_metadata"),
    (one("order.items.count", {"$is": [1]}), "anything"),
    (one("order.amount", {"$less_than": [5000]}), "anything"),
    (one("customer.segment", {"$is_not": [{"id": "seg_2"}]}), "anything"),
]


def shop() -> Shop:
    """A shop with a segment that Ann is in, and a collection of mugs."""
    made = Shop()
    made.world.given(CollectionCreated(ProductCollection("pc_1", "Mugs", NOON, products=(MUG,))))
    fold = made.world.fold
    fold.begin()
    state = fold.view(made.world.project)
    state.put(tables.SEGMENTS, Segment("seg_1", "VIP", NOON), "seg_1")
    state.put(tables.SEGMENT_MEMBERS, "cust_1", "seg_1", "cust_1")
    made.world.store.write(fold.commit())
    return made


@pytest.mark.parametrize("number", range(len(KEYED)))
def test_who_meets_a_rule_finds_what_it_binds_by_its_key(number: int) -> None:
    definition, kind = KEYED[number]
    made = shop()
    made.rule("val_1", definition)
    made.tier("promo_1", "val_1")
    posting = found(made.world.view.get(tables.RULE_POSTINGS, "val_1"))
    assert {each.kind for each in posting.keys["all"]} == {kind}
    assert made.ids(made.trial(ORDER, ANN, metadata={"till": 7})) == ["promo_1"]
    if kind != "anything":
        other = order(line(POSTER, 1, 1000))
        trial = made.trial(other, customer({}))
        state = structs.replace(customer({}), id="cust_2")
        assert made.ids(trial if kind != "segment" else made.trial(other, state)) == []


def test_of_and_the_most_selective_keys_are_taken_and_of_or_all() -> None:
    amount = {"name": "order.amount", "conditions": {"$more_than": [100]}}
    item = {"name": "product.id", "conditions": {"$is": [product(MUG)]}}
    free = {"name": "order.items.count", "conditions": {"$more_than": [1]}}
    rules = {"1": amount, "2": item, "3": free}
    cases = {
        "1 and 2 and 3": {"item"},
        "1 and 3": {"amount"},
        "1 or 2": {"amount", "item"},
        "1 or 3": None,
        "not 2": None,
        "2 and not 1": {"item"},
        "4": None,
    }
    for logic, kinds in cases.items():
        keys = keys_of(_text(rules | {"logic": logic}))
        assert (keys if keys is None else {each.kind for each in keys}) == kinds, logic
    many = one("product.id", {"$is": [product(f"prod_{n}") for n in range(KEYS_MAX + 1)]})
    assert keys_of(_text(many)) is None


def _text(rules: dict[str, Any]) -> str:
    return json.dumps(rules)


def test_a_rule_that_changed_or_went_is_found_by_what_it_says_now() -> None:
    made = shop()
    made.rule("val_1", one("product.id", {"$is": [product(SHIRT)]}))
    made.tier("promo_1", "val_1")
    assert made.ids(made.trial(ORDER)) == []
    made.rule("val_1", one("order.amount", {"$more_than": [100]}))
    assert made.ids(made.trial(ORDER)) == ["promo_1"]
    assert made.world.view.get(tables.RULE_SUBJECTS, "all", "promotion_tier", "item", SHIRT) is None
    made.rule("val_1", one("order.amount", {"$more_than": [100_000]}))
    assert made.ids(made.trial(ORDER)) == []
    rule = found(made.world.view.get(tables.RULES, "val_1"))
    made.world.given(ValidationRuleDeleted(rule))
    assert made.ids(made.trial(ORDER)) == ["promo_1"]
    made.unassign("val_1", "promotion_tier", "promo_1")
    assert made.ids(made.trial(ORDER)) == ["promo_1"]
    assert made.world.view.get(tables.RULE_POSTINGS, "val_1") is None
    assert list(made.world.view.scan(tables.POSTED_RULES)) == []


def test_the_newest_come_first_whatever_binds_them() -> None:
    made = shop()
    made.rule("val_1", one("order.amount", {"$more_than": [100]}))
    made.rule("val_2", one("product.id", {"$is": [product(MUG)]}))
    made.tier("promo_a", "val_1", at=NOON - 5, hierarchy=1)
    made.tier("promo_b", at=NOON - 4, hierarchy=2)
    made.tier("promo_c", "val_2", at=NOON - 3, hierarchy=3)
    made.tier("promo_d", "val_1", at=NOON - 2, hierarchy=4)
    made.world.given(voucher("E", created_at=NOON - 1))
    made.world.given(CampaignCreated(campaign("camp_f", created_at=NOON - 6)))
    expected = ["v_E", "promo_d", "promo_c", "promo_b", "promo_a", "camp_f"]
    for limit in (1, 2, 4, 6):
        assert made.ids(made.trial(ORDER), limit=limit) == expected


def test_offers_of_one_time_are_paged_through_once_each() -> None:
    made = shop()
    made.rule("val_1", one("order.amount", {"$more_than": [100]}))
    for n in range(8):
        made.tier(f"promo_{n}", *(["val_1"] if n % 2 else []), hierarchy=n + 1)
    expected = sorted(f"promo_{n}" for n in range(8))
    assert made.ids(made.trial(ORDER), limit=3) == expected
    # a time without a number is after the first of it
    query = page.PageQuery(after=parse_cursor("2025-01-15T12:00:00.000Z"), limit=3)
    rows = page.find_page(made.trial(ORDER), query).rows
    assert [each.candidate.found.id for each in rows] == expected[1:]


def test_what_nobody_can_use_is_no_candidate() -> None:
    made = shop()
    made.tier("promo_off", active=False)
    made.world.given(
        voucher("OFF", active=False),
        voucher("USED", quantity=1, redeemed_quantity=1),
        voucher("HELD", holder_id="cust_2"),
        voucher("OVER", expiration_date=NOON - DAY),
        gift_card("EMPTY", 0),
        loyalty_card("NO_POINTS", 0),
        voucher("GOOD"),
    )
    bin = campaign("camp_bin")
    made.world.given(CampaignCreated(bin))
    deleted = structs.replace(bin, deleted_at=NOON)
    made.world.given(CampaignDeleted(deleted))
    assert made.ids(made.trial(ORDER)) == ["v_GOOD"]
    made.world.given(VoucherUpdated(voucher("OFF")))
    assert made.ids(made.trial(ORDER)) == ["v_GOOD", "v_OFF"]
    nobody = made.world.view.scan(tables.CANDIDATES, "voucher", UNBOUND)
    assert {each.partition("v_")[2] for each in nobody} == {"GOOD", "OFF", "OVER"}


def test_a_loyalty_card_that_has_points_suits_until_they_are_spent() -> None:
    made = shop()
    card = loyalty_card("POINTS", 100)
    made.world.given(card)
    assert made.ids(made.trial(ORDER)) == ["v_POINTS"]
    assert made.ids(made.trial(None)) == ["v_POINTS"]
    spent = structs.replace(card, loyalty_card=LoyaltyCard(points=100, balance=0))
    made.world.given(VoucherUpdated(spent))
    assert made.ids(made.trial(ORDER)) == []
    assert next(made.world.view.scan(tables.CANDIDATES, "voucher", UNBOUND), None) is None


def test_scenarios_ask_for_a_part_of_the_rules() -> None:
    made = shop()
    made.rule("val_cust", one("customer.segment", {"$is": [{"id": "seg_1"}]}))
    made.rule("val_other", one("customer.segment", {"$is": [{"id": "seg_2"}]}))
    made.rule("val_big", one("order.amount", {"$more_than": [100_000]}))
    made.rule("val_mug", one("product.id", {"$is": [product(MUG)]}))
    mugs = ApplicableItems(included=(ItemEntry(object="product", id=MUG),))
    made.rule("val_for_mugs", {}, applicable_to=mugs)
    for n, rule_id in enumerate(("val_cust", "val_other", "val_big", "val_mug", "val_for_mugs")):
        made.tier(f"promo_{n}_{rule_id}", rule_id, hierarchy=n + 1)
    made.tier("promo_free", hierarchy=9)

    def suiting(scenario: str, who: Any = ANN) -> set[str]:
        ids = made.ids(made.trial(ORDER, who, scenario))
        return {each.split("_val_")[-1].removeprefix("promo_") for each in ids}

    assert suiting("ALL") == {"cust", "mug", "for_mugs", "free"}
    assert suiting("AUDIENCE_ONLY") == {"cust", "big", "mug", "for_mugs", "free"}
    assert suiting("PRODUCTS", None) == {"mug", "for_mugs"}
    assert suiting("PRODUCTS_DISCOUNT", None) == {"for_mugs"}
    assert suiting("PRODUCTS_BY_CUSTOMER") == {"mug", "for_mugs"}
    assert suiting("CUSTOMER_WALLET") == set()
    posters = order(line(POSTER, 1, 500))
    assert made.ids(made.trial(posters, None, "PRODUCTS")) == []


def test_stacks_suit_as_a_whole() -> None:
    made = shop()
    made.rule("val_big", one("order.amount", {"$more_than": [100_000]}))
    made.tier("promo_1", hierarchy=1)
    made.tier("promo_2", hierarchy=2)
    made.tier("promo_3", "val_big", hierarchy=3)
    for stack_id, tiers in (
        ("stack_1", ("promo_1", "promo_2")),
        ("stack_2", ("promo_1", "promo_3")),
    ):
        made.world.given(StackCreated(PromotionStack(stack_id, PROMOTION, stack_id, NOON, tiers)))
    [suiting] = page.find_page(
        made.trial(ORDER, scenario="PROMOTION_STACKS"), page.PageQuery("PROMOTION_STACKS")
    ).rows
    assert suiting.candidate.found.id == "stack_1"
    assert suiting.taken == 200 + 180


def test_deals_are_compared_among_all_that_suit() -> None:
    made = shop()
    for n, off in enumerate(("5", "20", "10", "20")):
        made.tier(f"promo_{n}", at=NOON + n, hierarchy=n + 1, discount=percent(off))
    best = ["promo_3", "promo_1", "promo_2", "promo_0"]
    assert made.ids(made.trial(ORDER), sorting_rule="BEST_DEAL", limit=3) == best
    least = ["promo_0", "promo_2", "promo_3", "promo_1"]
    assert made.ids(made.trial(ORDER), sorting_rule="LEAST_DEAL", limit=1) == least
    with pytest.raises(page.UnknownCursor):
        made.ids(made.trial(ORDER), sorting_rule="BEST_DEAL", after=Cursor(NOON - 9, 1))


def test_filters_say_what_a_candidate_is() -> None:
    made = shop()
    made.tier("promo_1", category_id=None)
    made.world.given(voucher("A"), gift_card("CARD", 500))
    made.world.given(CampaignCreated(campaign("camp_1")))
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({"resource_type": _is("promotion_tier")}, {"promo_1"}),
        ({"resource_type": {"conditions": {"$not_in": ["voucher"]}}}, {"promo_1", "camp_1"}),
        ({"resource_id": _is("camp_1", "A", "promo_1")}, {"camp_1", "v_A", "promo_1"}),
        ({"code": _is("A", "CARD")}, {"v_A", "v_CARD"}),
        ({"campaign_id": _is(PROMOTION)}, {"promo_1"}),
        ({"campaign_id": _is("camp_1")}, {"camp_1"}),
        ({"campaign_type": _is("PROMOTION")}, {"promo_1"}),
        ({"voucher_type": _is("GIFT_VOUCHER")}, {"v_CARD"}),
        ({"holder_role": _is("OWNER")}, set()),
        ({"category_id": {"conditions": {"$is_unknown": [True]}}}, {"promo_1", "v_A", "v_CARD", "camp_1"}),
        ({"junction": "or", "code": _is("A"), "campaign_type": _is("PROMOTION")}, {"v_A", "promo_1"}),
        ({"code": _is("A"), "campaign_type": _is("PROMOTION")}, set()),
    ]  # fmt: skip
    for given, expected in cases:
        ids = made.ids(made.trial(ORDER), filters=parse_filters(given))
        assert set(ids) == expected, given
        assert len(ids) == len(expected)
    # null is how official clients say nothing
    unsaid = {"conditions": {"$is": None, "$in": ["A"], "$has_value": None}}
    assert parse_filters({"code": unsaid, "campaign_id": None}) == parse_filters({"code": _is("A")})
    wrongs: list[dict[str, Any]] = [
        {"color": _is("x")},
        {"code": {}},
        {"code": {"conditions": {"$like": ["x"]}}},
        {"code": {"conditions": {"$in": [1]}}},
        {"junction": "xor"},
    ]
    for wrong in wrongs:
        with pytest.raises(FilterError):
            parse_filters(wrong)


def _is(*values: str) -> dict[str, Any]:
    return {"conditions": {"$in": list(values)}}


@pytest.mark.parametrize("nth", [None, 1, 7, 999, 1000, 1998, 5000, 1_000_000])
def test_a_cursor_is_read_as_it_was_written(nth: int | None) -> None:
    cursor = Cursor(NOON + 123, nth)
    assert parse_cursor(cursor.text()) == cursor


def test_a_cursor_that_lost_what_clients_lose_goes_on() -> None:
    assert parse_cursor("2025-01-15T12:00:00Z") == Cursor(NOON)
    assert parse_cursor("2025-01-15T12:00:00.000007+00:00") == Cursor(NOON, 7)
    assert parse_cursor("2025-01-15T13:00:00.000+01:00") == Cursor(NOON)
    assert parse_cursor("soon") is None
    assert Cursor(NOON, 5000).text() == "2025-01-15T12:00:00.000999004001Z"


def test_buckets_sort_as_amounts_do() -> None:
    amounts = [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 1000, 1100, 1300, 10**9, AMOUNT_MAX]
    buckets = [bucket_of(each) for each in amounts]
    assert buckets == sorted(buckets)
    assert bucket_of(1000) != bucket_of(1200)


def test_names_of_items_are_those_of_the_rules() -> None:
    assert {name for name in CHOOSING if line_names.chooses_lines(name)} == set(CHOOSING)
    names = {*CHOOSING, *OF_LINE, *PLAIN}
    assert {name for name in names if line_names.is_of_items(name)} == {*CHOOSING, *OF_LINE}
    assert not any(line_names.chooses_lines(name) for name in {*OF_LINE, *PLAIN})


def test_a_narrowed_set_asks_for_nothing_else() -> None:
    amount = {"name": "order.amount", "conditions": {"$more_than": [100]}}
    who = {"name": "customer.metadata", "property": "a", "conditions": {"$is": [1]}}
    rules = {"1": amount, "2": who, "3": who}
    cases = {
        "1 and 2": "2",
        "1 or 2": None,
        "not (1 or 2)": "not 2",
        "not (1 and 2)": None,
        "(2 or 3) and 1": "2 or 3",
        "2 and (3 or not 2)": "2 and (3 or not 2)",
    }
    for logic, left in cases.items():
        less = json.loads(narrow_definition(_text(rules | {"logic": logic}), "customer"))
        assert less.get("logic") == left, logic
    assert ANYTHING.kind == "anything"
