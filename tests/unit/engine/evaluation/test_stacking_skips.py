"""Each stacking rule's own skip: what clients are told of it, and which rule is told to have done it."""

from typing import Any, NamedTuple

import pytest

from engine.answers.answer import render_answer
from engine.evaluation.body import validation_body
from engine.evaluation.outcomes import fail_all
from schemas.api import OrderInput, Redeemable
from schemas.assignments import AssignRule
from schemas.errors import refuse
from schemas.evaluations import Evaluation
from schemas.projects import KeyKind
from schemas.rules import ValidationRuleCreated
from tests.contract.shapes import assert_shape
from tests.unit.engine.rule_world import one, rule
from tests.unit.engine.stacking_world import evaluated, row, ruled, rules
from tests.unit.engine.world import redeem

PARTIAL = {"redeemables_application_mode": "PARTIAL"}
HIERARCHY = {"redeemables_sorting_rule": "CATEGORY_HIERARCHY"}
SKIP = {"redeemables_no_effect_rule": "SKIP"}
MANY = {"applicable_redeemables_per_category_limit": None}
#: Key → message. Source: the API contract, section 5.
MESSAGES = {
    "applicable_redeemables_limit_exceeded": "Applicable redeemables limit exceeded",
    "applicable_redeemables_per_category_limit_exceeded": (
        "Applicable redeemables limit per category exceeded"
    ),
    "applicable_exclusive_redeemables_limit_exceeded": (
        "Applicable exclusive redeemables limit exceeded"
    ),
    "applicable_exclusive_redeemables_per_category_limit_exceeded": (
        "Applicable exclusive redeemables limit per category exceeded"
    ),
    "exclusion_rules_not_met": "Redeemable cannot be applied due to exclusion rules",
    "preceding_validation_failed": (
        "Redeemable cannot be applied due to preceding validation failure"
    ),
    "no_effect": "Redeemable cannot be applied due to no effect",
}
LIMIT, CATEGORY, EXCLUSIVE, EXCLUSIVE_CATEGORY, EXCLUDED, PRECEDING, NO_EFFECT = MESSAGES


def one_of(code: str) -> dict[str, str]:
    """A voucher as it is named."""
    return {"object": "voucher", "id": code}


class Row(NamedTuple):
    """Rules, what is asked for, and who is skipped for what."""

    rules: dict[str, Any]
    asked: str
    skipped: str
    key: str
    told: dict[str, Any]


ROWS: dict[str, Row] = {
    "mode ALL": Row(
        {},
        "A OFF B",
        "B",
        PRECEDING,
        {"rule": "redeemables_application_mode", "mode": "ALL", "failed": one_of("OFF")},
    ),
    "mode ALL, in the order of the hierarchy": Row(
        HIERARCHY,
        "A OFF:gold",
        "A",
        PRECEDING,
        {"rule": "redeemables_application_mode", "mode": "ALL", "failed": one_of("OFF")},
    ),
    "the default limit of what applies": Row(
        {},
        "A B C D E F",
        "F",
        LIMIT,
        {"rule": "applicable_redeemables_limit", "limit": 5, "applied": 5},
    ),
    "a limit of what applies": Row(
        PARTIAL | {"applicable_redeemables_limit": 1},
        "OFF A B",
        "B",
        LIMIT,
        {"rule": "applicable_redeemables_limit", "limit": 1, "applied": 1},
    ),
    "the limit of categories": Row(
        {"applicable_redeemables_per_category_limit": 2},
        "A:gold B:gold C:gold",
        "C",
        CATEGORY,
        {
            "rule": "applicable_redeemables_per_category_limit",
            "limit": 2,
            "applied": 2,
            "category_id": "gold",
        },
    ),
    "a category's own limit": Row(
        MANY | {"applicable_redeemables_category_limits": {"gold": 1}},
        "A:silver B:silver C:gold D:gold",
        "D",
        CATEGORY,
        {
            "rule": "applicable_redeemables_category_limits",
            "limit": 1,
            "applied": 1,
            "category_id": "gold",
        },
    ),
    "the limit of exclusive ones": Row(
        {},
        "A:excl B:excl2",
        "B",
        EXCLUSIVE,
        {"rule": "applicable_exclusive_redeemables_limit", "limit": 1, "applied": 1},
    ),
    "the limit of exclusive ones of a category": Row(
        MANY | {"applicable_exclusive_redeemables_limit": 3},
        "A:excl2 B:excl C:excl",
        "C",
        EXCLUSIVE_CATEGORY,
        {
            "rule": "applicable_exclusive_redeemables_per_category_limit",
            "limit": 1,
            "applied": 1,
            "category_id": "excl",
        },
    ),
    "a regular one beside exclusive ones, of which the first that applies is told": Row(
        PARTIAL | {"applicable_exclusive_redeemables_limit": 2},
        "A J:join OFF:excl E:excl2 F:excl",
        "A",
        EXCLUDED,
        {"rule": "exclusive_categories", "applied": one_of("F")},
    ),
    "without effect": Row(
        SKIP,
        "A NIL",
        "NIL",
        NO_EFFECT,
        {"rule": "redeemables_no_effect_rule", "no_effect_rule": "SKIP"},
    ),
    "without effect, of a category that the other list does not name": Row(
        SKIP | {"no_effect_redeem_anyway_categories": ("gold",)},
        "NIL1:gold NIL2:silver",
        "NIL2",
        NO_EFFECT,
        {"rule": "redeemables_no_effect_rule", "no_effect_rule": "SKIP"},
    ),
    "without effect, of a category that is to be skipped": Row(
        {"no_effect_skip_categories": ("gold", "silver")},
        "NIL1:deal NIL2:silver",
        "NIL2",
        NO_EFFECT,
        {"rule": "no_effect_skip_categories", "category_id": "silver"},
    ),
}


@pytest.mark.parametrize("given", [pytest.param(each, id=name) for name, each in ROWS.items()])
def test_a_skip_tells_the_rule_that_caused_it(given: Row) -> None:
    world = ruled(rules(**given.rules))
    evaluation = evaluated(world, row(world, given.asked))
    skipped = [each.id for each in evaluation.outcomes if each.status == "SKIPPED"]
    assert skipped == [given.skipped]
    for kind, told in (("server", given.told), ("client", None)):
        (shown,) = _body(evaluation, kind)["skipped_redeemables"]
        assert_shape(shown, "ValidationsRedeemableSkipped")
        assert shown["result"]["details"] == {"key": given.key, "message": MESSAGES[given.key]}
        assert shown["result"].get("explanation") == told


def test_every_key_has_its_row() -> None:
    assert {each.key for each in ROWS.values()} == MESSAGES.keys()


@pytest.mark.parametrize("kind", ["server", "client"])
def test_a_redemption_tells_what_it_skipped(kind: KeyKind) -> None:
    world = ruled(rules(applicable_redeemables_limit=1))
    status, body = render_answer(world.when(redeem(*row(world, "A B"))), kind)
    assert status == 200 and body is not None
    (shown,) = body["skipped_redeemables"]
    told = {"rule": "applicable_redeemables_limit", "limit": 1, "applied": 1}
    assert shown["result"].get("explanation") == (told if kind == "server" else None)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            (Redeemable("voucher", "A"), Redeemable("voucher", "v_A"), Redeemable("voucher", "B")),
            {"rule": "duplicated_redeemables", "object": "voucher", "id": "v_A"},
        ),
        (
            (Redeemable("voucher", "A"), Redeemable("promotion_stack", "stack_1")),
            {"rule": "promotion_stack_alone", "redeemables": 2},
        ),
        (
            tuple(Redeemable("voucher", str(n)) for n in range(31)),
            {"rule": "redeemables_limit", "limit": 30, "redeemables": 31},
        ),
    ],
)
def test_what_is_wrong_with_the_whole_is_told_of_the_first_and_named_by_the_others(
    asked: tuple[Redeemable, ...], told: dict[str, Any]
) -> None:
    world = ruled()
    row(world, "A B")
    first, *others = evaluated(world, asked).outcomes
    assert first.refusal is not None and first.refusal.explanation == told
    failed = {"object": first.object, "id": first.id}
    assert others
    for each in others:
        assert each.skipped_by == PRECEDING
        assert each.explanation == {"rule": told["rule"], "failed": failed}


def test_a_refusal_that_names_no_rule_is_told_by_its_key() -> None:
    asked = (Redeemable("voucher", "A"), Redeemable("voucher", "B"))
    for explanation in (None, {"limit": 5}):
        refusal = refuse("invalid_payload", explanation=explanation)
        _, second = fail_all(asked, refusal).outcomes
        assert second.explanation == {"rule": "invalid_payload", "failed": one_of("A")}


def test_an_exclusive_one_that_stays_out_tells_its_own_category() -> None:
    """The joint one fails alone, so E is not asked; with what the regular one takes it applies."""
    world = ruled(rules(**MANY))
    asked = row(world, "A J:join E:excl")
    world.given(ValidationRuleCreated(rule(one("order.total_amount", {"$less_than": [10000]}))))
    world.when(AssignRule("val_1", "v_J", "voucher"))
    *_, last = evaluated(world, asked, order=OrderInput(amount=10000)).outcomes
    assert last.skipped_by == EXCLUDED
    assert last.explanation == {"rule": "exclusive_categories", "category_id": "excl"}


def _body(evaluation: Evaluation, kind: Any) -> dict[str, Any]:
    return validation_body("valid_1", evaluation, kind)
