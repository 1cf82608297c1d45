"""Every stacking rule, row by row, and which of them is asked first."""

from typing import Any

import pytest

from engine.evaluation.offers import Offer
from engine.evaluation.stacking import Attempt, stack_offers
from schemas.api import Redeemable
from schemas.categories import Category
from schemas.evaluations import Outcome
from tests.unit.engine.stacking_world import evaluated, reasons, row, ruled, rules
from tests.unit.engine.world import NOON

#: The rules, what is asked for, and what becomes of each.
Row = tuple[dict[str, Any], str, str]

MODES: dict[str, Row] = {
    "all: a failure skips what follows": ({}, "A OFF C", "ok failed preceding"),
    "all: what does not exist is a failure": ({}, "NONE B", "failed preceding"),
    "partial: a failure skips nothing": (
        {"redeemables_application_mode": "PARTIAL"},
        "A OFF NONE C",
        "ok failed failed ok",
    ),
    "partial: what failed counts in no limit": (
        {"redeemables_application_mode": "PARTIAL", "applicable_redeemables_limit": 1},
        "OFF A B",
        "failed ok limit",
    ),
    "all: what is skipped is no failure": ({"applicable_redeemables_limit": 1}, "A B", "ok limit"),
}
LIMITS: dict[str, Row] = {
    "five apply where nothing is said": ({}, "A B C D E F", "ok ok ok ok ok limit"),
    "as many apply as the limit says": (
        {"applicable_redeemables_limit": 2},
        "A B C D",
        "ok ok limit limit",
    ),
    "one of a category": ({}, "A:gold B:gold C:silver", "ok category ok"),
    "two of a category": (
        {"applicable_redeemables_per_category_limit": 2},
        "A:gold B:gold C:gold",
        "ok ok category",
    ),
    "no limit of a category": (
        {"applicable_redeemables_per_category_limit": None},
        "A:gold B:gold C:gold",
        "ok ok ok",
    ),
    "what has no category meets no limit of one": ({}, "A B C", "ok ok ok"),
    "a category's own limit, wider": (
        {"applicable_redeemables_category_limits": {"gold": 2}},
        "A:gold B:gold C:gold D:silver E:silver",
        "ok ok category ok category",
    ),
    "a category's own limit, narrower": (
        {
            "applicable_redeemables_per_category_limit": 3,
            "applicable_redeemables_category_limits": {"gold": 1},
        },
        "A:gold B:gold C:silver D:silver",
        "ok category ok ok",
    ),
    "a category's own limit where there is none else": (
        {
            "applicable_redeemables_per_category_limit": None,
            "applicable_redeemables_category_limits": {"gold": 1},
        },
        "A:gold B:gold C:silver D:silver",
        "ok category ok ok",
    ),
    "one exclusive": ({}, "A:excl B:excl2", "ok exclusive"),
    "one exclusive, that of the highest hierarchy, whatever the order": (
        {},
        "A:excl2 B:excl",
        "exclusive ok",
    ),
    "as many exclusive ones as may apply do so by hierarchy": (
        {
            "applicable_exclusive_redeemables_limit": 2,
            "exclusive_categories": ("gold", "silver", "deal"),
        },
        "A:deal B:join C:gold D:silver",
        "exclusive ok ok ok",
    ),
    "two exclusive, one of a category": (
        {
            "applicable_exclusive_redeemables_limit": 2,
            "applicable_redeemables_per_category_limit": 5,
        },
        "A:excl B:excl C:excl2 D:excl2",
        "ok exclusive-category ok exclusive",
    ),
    "two exclusive of one category": (
        {
            "applicable_exclusive_redeemables_limit": 2,
            "applicable_exclusive_redeemables_per_category_limit": 2,
            "applicable_redeemables_per_category_limit": 5,
        },
        "A:excl B:excl C:excl2",
        "ok ok exclusive",
    ),
    "two exclusive of one category, and one of another": (
        {
            "applicable_exclusive_redeemables_limit": 5,
            "applicable_exclusive_redeemables_per_category_limit": 2,
            "applicable_redeemables_per_category_limit": None,
        },
        "A:excl B:excl C:excl D:excl2",
        "ok ok exclusive-category ok",
    ),
    "no limit of an exclusive category": (
        {
            "applicable_exclusive_redeemables_limit": 5,
            "applicable_exclusive_redeemables_per_category_limit": None,
            "applicable_redeemables_per_category_limit": None,
        },
        "A:excl B:excl C:excl",
        "ok ok ok",
    ),
    "an exclusive category meets the limit of all categories, too": (
        {"applicable_exclusive_redeemables_per_category_limit": 5},
        "A:excl B:excl",
        "ok category",
    ),
    "a joint one is added whatever applied before it": (
        {"applicable_redeemables_limit": 2},
        "A B C:join D",
        "ok ok ok limit",
    ),
    "a joint one takes room of regular ones": (
        {"applicable_redeemables_limit": 2},
        "A:join B C",
        "ok ok limit",
    ),
    "joint ones alone meet no limit of all": (
        {"applicable_redeemables_limit": 1, "applicable_redeemables_per_category_limit": 5},
        "A:join B:join2 C:join",
        "ok ok ok",
    ),
    "a joint one meets the limit of its category": (
        {"applicable_redeemables_limit": 1},
        "A:join B:join C:join2",
        "ok category ok",
    ),
    "what is exclusive, too, meets the limit of all": (
        {
            "applicable_redeemables_limit": 1,
            "applicable_exclusive_redeemables_limit": 5,
            "joint_categories": ("join", "excl2"),
        },
        "A:excl B:excl2",
        "ok limit",
    ),
    "joint ones are not counted as exclusive": (
        {"applicable_redeemables_per_category_limit": 5},
        "A:excl B:join C:join D:join2",
        "ok ok ok ok",
    ),
}
EXCLUSION: dict[str, Row] = {
    "an exclusive one leaves regular ones out, before and after it": (
        {},
        "A B:excl C:gold",
        "excluded ok excluded",
    ),
    "joint ones apply beside an exclusive one": (
        {},
        "A:join B:excl C D:join2",
        "ok ok excluded ok",
    ),
    "joint ones leave nobody out": ({}, "A:join B C:gold", "ok ok ok"),
    "exclusive ones go with each other": (
        {"applicable_exclusive_redeemables_limit": 2},
        "A:excl B:excl2 C",
        "ok ok excluded",
    ),
    "an exclusive one that fails leaves nobody out, but fails the request": (
        {},
        "A OFF:excl C",
        "ok failed preceding",
    ),
    "an exclusive one that fails leaves nobody out in mode partial": (
        {"redeemables_application_mode": "PARTIAL"},
        "A OFF:excl C",
        "ok failed ok",
    ),
    "of two exclusive ones it is enough that one applies": (
        {"redeemables_application_mode": "PARTIAL"},
        "A OFF:excl B:excl2",
        "excluded failed ok",
    ),
    "an exclusive one without effect leaves nobody out where such ones are skipped": (
        {"redeemables_no_effect_rule": "SKIP"},
        "A NIL:excl C",
        "ok no-effect ok",
    ),
    "an exclusive one without effect leaves regular ones out where it applies": (
        {},
        "A NIL:excl C",
        "excluded ok excluded",
    ),
    "nothing is exclusive where no category is": (
        {"exclusive_categories": ()},
        "A B:excl C",
        "ok ok ok",
    ),
}
NO_EFFECT: dict[str, Row] = {
    "what takes nothing applies": ({}, "NIL A", "ok ok"),
    "what takes nothing is skipped": (
        {"redeemables_no_effect_rule": "SKIP"},
        "NIL A",
        "no-effect ok",
    ),
    "a category that is skipped all the same": (
        {"no_effect_skip_categories": ("gold",)},
        "NIL1:gold NIL2:silver NIL3 A:deal",
        "no-effect ok ok ok",
    ),
    "a category that applies all the same": (
        {
            "redeemables_no_effect_rule": "SKIP",
            "no_effect_redeem_anyway_categories": ("gold",),
        },
        "NIL1:gold NIL2:silver NIL3",
        "ok no-effect no-effect",
    ),
    "the list of the other rule says nothing: applies": (
        {"no_effect_redeem_anyway_categories": ("gold",)},
        "NIL1:gold NIL2:silver",
        "ok ok",
    ),
    "the list of the other rule says nothing: skipped": (
        {"redeemables_no_effect_rule": "SKIP", "no_effect_skip_categories": ("gold",)},
        "NIL1:gold NIL2:silver A",
        "no-effect no-effect ok",
    ),
    "what is skipped for it counts in no limit and fails nothing": (
        {"redeemables_no_effect_rule": "SKIP", "applicable_redeemables_limit": 1},
        "NIL A B",
        "no-effect ok limit",
    ),
}
PRECEDENCE: dict[str, Row] = {
    "a failure before it goes before exclusion": (
        {},
        "OFF:excl A B:excl2",
        "failed preceding preceding",
    ),
    "exclusion goes before the limit": (
        {"applicable_redeemables_limit": 1},
        "A:excl B",
        "ok excluded",
    ),
    "the limit goes before that of the category": (
        {"applicable_redeemables_limit": 1},
        "A:gold B:gold",
        "ok limit",
    ),
    "the limit of the category goes before that of exclusive ones": (
        {},
        "A:excl B:excl",
        "ok category",
    ),
    "the limit of exclusive ones goes before that of their category": (
        {"applicable_redeemables_per_category_limit": 5},
        "A:excl B:excl",
        "ok exclusive",
    ),
    "a limit goes before what is wrong with it": (
        {"applicable_redeemables_limit": 1},
        "A OFF NONE",
        "ok limit limit",
    ),
    "what is wrong with it goes before having no effect": (
        {"redeemables_no_effect_rule": "SKIP", "redeemables_application_mode": "PARTIAL"},
        "NIL OFF A",
        "no-effect failed ok",
    ),
}


@pytest.mark.parametrize(
    "given", [pytest.param(each, id=name) for name, each in (MODES | LIMITS).items()]
)
def test_modes_and_limits(given: Row) -> None:
    _holds(given)


@pytest.mark.parametrize(
    "given",
    [pytest.param(each, id=name) for name, each in (EXCLUSION | NO_EFFECT | PRECEDENCE).items()],
)
def test_exclusion_no_effect_and_precedence(given: Row) -> None:
    _holds(given)


#: What is asked for, and how often the order is begun anew.
BEGUN: dict[str, tuple[str, int]] = {
    "none is exclusive": ("A OFF:join", 1),
    "none is regular": ("OFF:excl B:join", 1),
    "an exclusive one applies": ("A B:excl OFF:excl2", 1),
    "no exclusive one applies": ("A OFF:excl", 2),
}


@pytest.mark.parametrize("given", [pytest.param(each, id=name) for name, each in BEGUN.items()])
def test_offers_are_tried_anew_only_where_exclusive_ones_left_regular_ones_out(
    given: tuple[str, int],
) -> None:
    named, expected = given
    begun: list[Attempt] = []

    def begin() -> Attempt:
        begun.append(_attempt)
        return _attempt

    offers = [_offer(each) for each in named.split()]
    outcomes = stack_offers(offers, rules(redeemables_application_mode="PARTIAL"), begin)
    assert (len(outcomes), len(begun)) == (len(offers), expected)


def _attempt(offer: Offer) -> Outcome:
    fails = offer.asked.id.startswith("OFF")
    return Outcome("voucher", offer.asked.id, "INAPPLICABLE" if fails else "APPLICABLE")


def _offer(named: str) -> Offer:
    code, _, category = named.partition(":")
    categories = (Category(category, category, 1, NOON),) if category else ()
    return Offer(Redeemable("voucher", code), categories=categories)


def _holds(given: Row) -> None:
    fields, named, expected = given
    world = ruled(rules(**fields))
    assert reasons(evaluated(world, row(world, named))) == expected.split()


def test_exclusive_ones_that_may_all_apply_do_so_as_requested() -> None:
    world = ruled(rules(applicable_exclusive_redeemables_limit=2))
    assert evaluated(world, row(world, "A:excl2 B:excl")).sequence == ()
    world = ruled(rules())
    assert evaluated(world, row(world, "A:excl2 J:join B:excl")).sequence == (2, 1, 0)
