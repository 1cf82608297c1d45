"""Each stacking rule said once more, as a check of what became of a request's redeemables.

A law looks at the outcomes and at what was asked for, and knows nothing of how they were reached.
Source: the API contract, section 5, and docs/engine.md.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from engine.kernel import tables
from schemas.evaluations import Evaluation, Outcome
from schemas.stacking import StackingRules
from tests.property.shop import Asked


class Case(NamedTuple):
    """A redeemable with what the rules make of it, and its outcome."""

    place: int
    outcome: Outcome
    categories: tuple[str, ...]
    #: The lowest hierarchy of its categories, and its place among the tiers; None: no category.
    rank: tuple[int, int] | None
    exclusive: bool
    joint: bool

    @property
    def applied(self) -> bool:
        """Whether it applies."""
        return self.outcome.status == "APPLICABLE"

    @property
    def failed(self) -> bool:
        """Whether it was looked at and does not apply."""
        return self.outcome.status == "INAPPLICABLE"

    @property
    def skipped(self) -> str | None:
        """The rule that skipped it."""
        return self.outcome.skipped_by

    @property
    def regular(self) -> bool:
        """Neither exclusive nor joint."""
        return not self.exclusive and not self.joint


#: What is asked, the cases in the order of their application.
Law = Callable[[Asked, list[Case]], None]


def cases_of(asked: Asked, evaluation: Evaluation) -> list[Case]:
    """The cases in the order of their application."""
    found = [_case(asked, n, outcome) for n, outcome in enumerate(evaluation.outcomes)]
    sequence = evaluation.sequence or range(len(found))
    return [found[n] for n in sequence]


def sequence(asked: Asked, cases: list[Case]) -> None:
    """As requested, or by category and tier, and what has no category last.

    Too many exclusive ones come by category and tier in each other's places.
    """
    expected = sorted(cases, key=lambda case: case.place)
    exclusive = [case for case in expected if case.exclusive]
    if len(exclusive) > asked.rules.applicable_exclusive_redeemables_limit:
        exclusive.sort(key=lambda case: case.rank or (0, 0))
        expected = [exclusive.pop(0) if case.exclusive else case for case in expected]
    if asked.rules.redeemables_sorting_rule == "CATEGORY_HIERARCHY":
        expected = sorted(cases, key=lambda case: case.place)
        ranked = [case for case in expected if case.rank is not None]
        ranked.sort(key=lambda case: case.rank or (0, 0))
        expected = ranked + [case for case in expected if case.rank is None]
    assert [case.place for case in cases] == [case.place for case in expected]


def preceding_failure(asked: Asked, cases: list[Case]) -> None:
    """In mode ALL what follows the first failure is skipped for it, and nothing else is."""
    failed = [case.outcome.status == "INAPPLICABLE" for case in cases]
    first = failed.index(True) if True in failed else len(cases)
    if asked.rules.redeemables_application_mode == "PARTIAL":
        first = len(cases)
    for n, case in enumerate(cases):
        assert (case.skipped == "preceding_validation_failed") == (n > first)


def exclusion(_: Asked, cases: list[Case]) -> None:
    """Exclusive and regular ones never apply together; whoever is excluded is so by one that does.

    Where an exclusive one applies, no regular one is even looked at.
    """
    exclusive = any(case.applied and case.exclusive for case in cases)
    regular = any(case.applied and case.regular for case in cases)
    assert not (exclusive and regular)
    for case in cases:
        excluded = case.skipped == "exclusion_rules_not_met"
        if exclusive and case.regular:
            assert excluded or case.skipped == "preceding_validation_failed"
        if excluded:
            assert (case.regular and exclusive) or (case.exclusive and regular)


def applicable_limit(asked: Asked, cases: list[Case]) -> None:
    """No more apply than may, joint ones aside; who is skipped for it came when as many did."""
    limit = asked.rules.applicable_redeemables_limit
    applied = 0
    for case in cases:
        added_all_the_same = case.joint and not case.exclusive
        if case.skipped == "applicable_redeemables_limit_exceeded":
            assert applied >= limit
            assert not added_all_the_same
        elif not added_all_the_same and (_looked_at(case) or case.skipped in LATER[1:]):
            assert applied < limit
        applied += case.applied
    joint = sum(case.applied for case in cases if case.joint and not case.exclusive)
    assert applied <= limit + joint


def category_limits(asked: Asked, cases: list[Case]) -> None:
    """Of each category no more apply than its own limit, else the usual one, says."""
    rules = asked.rules
    usual = rules.applicable_redeemables_per_category_limit
    limits = {
        each: rules.applicable_redeemables_category_limits.get(each, usual)
        for case in cases
        for each in case.categories
    }
    _limit_holds(cases, limits, LATER[1], LATER[2:], lambda _: True)


def exclusive_limit(asked: Asked, cases: list[Case]) -> None:
    """No more exclusive ones apply than may."""
    limit = asked.rules.applicable_exclusive_redeemables_limit
    applied = 0
    for case in cases:
        if case.skipped == LATER[2]:
            assert case.exclusive
            assert applied == limit
        elif case.exclusive and (_looked_at(case) or case.skipped in LATER[3:]):
            assert applied < limit
        applied += case.applied and case.exclusive
    assert applied <= limit


def exclusive_category_limit(asked: Asked, cases: list[Case]) -> None:
    """Of each category no more exclusive ones apply than may."""
    limit = asked.rules.applicable_exclusive_redeemables_per_category_limit
    limits = {each: limit for case in cases for each in case.categories}
    _limit_holds(cases, limits, LATER[3], LATER[4:], lambda case: case.exclusive)


def no_effect(asked: Asked, cases: list[Case]) -> None:
    """What takes nothing applies, or is skipped for it, as the rule and its lists say."""
    rules = asked.rules
    for case in cases:
        if rules.redeemables_no_effect_rule == "REDEEM_ANYWAY":
            wanted = not set(case.categories) & set(rules.no_effect_skip_categories)
        else:
            wanted = bool(set(case.categories) & set(rules.no_effect_redeem_anyway_categories))
        taken = case.outcome.taken
        if taken is not None and not (taken.order or taken.items or taken.added):
            assert wanted
        if case.skipped == "no_effect":
            assert not wanted


def validity(asked: Asked, cases: list[Case]) -> None:
    """Valid is what applies in part, and in mode ALL without any failure."""
    failed = any(case.outcome.status == "INAPPLICABLE" for case in cases)
    valid = any(case.applied for case in cases)
    if asked.rules.redeemables_application_mode == "ALL":
        valid = valid and not failed
    shown = Evaluation(tuple(case.outcome for case in cases), stacking=asked.rules)
    assert shown.valid == valid


def explained(_: Asked, cases: list[Case]) -> None:
    """Whatever does not apply says which rule caused it; a skip says which stacking rule."""
    for case in cases:
        assert_explained(case.outcome)
        told = case.outcome.explanation
        if told is None:
            continue
        assert told["rule"] in StackingRules.__struct_fields__
        if "limit" in told:
            assert told["limit"] <= told["applied"]
        if "failed" in told:
            assert told["failed"]["id"] in {each.outcome.id for each in cases if each.failed}
        if "category_id" in told:
            assert told["category_id"] in case.categories


def assert_explained(outcome: Outcome) -> None:
    """Fails unless the outcome says what caused it, and nothing where it applies."""
    told = [outcome.explanation, outcome.refusal and outcome.refusal.explanation]
    expected = {"APPLICABLE": [False, False], "SKIPPED": [True, False]}
    assert [bool(each and each["rule"]) for each in told] == (
        expected.get(outcome.status, [False, True])
    ), outcome


LAWS: Final[tuple[Law, ...]] = (
    sequence,
    preceding_failure,
    exclusion,
    applicable_limit,
    category_limits,
    exclusive_limit,
    exclusive_category_limit,
    no_effect,
    validity,
    explained,
)
#: The reasons that are asked for after exclusion, in their order.
LATER: Final = (
    "applicable_redeemables_limit_exceeded",
    "applicable_redeemables_per_category_limit_exceeded",
    "applicable_exclusive_redeemables_limit_exceeded",
    "applicable_exclusive_redeemables_per_category_limit_exceeded",
    "no_effect",
)


def _looked_at(case: Case) -> bool:
    """Whether no rule skipped it before it was tried."""
    return case.skipped in (None, "no_effect")


def _limit_holds(
    cases: list[Case],
    limits: dict[str, int | None],
    reason: str,
    later: tuple[str, ...],
    counts: Callable[[Case], bool],
) -> None:
    applied = dict.fromkeys(limits, 0)
    for case in cases:
        full = any(_is_full(applied[each], limits[each]) for each in case.categories)
        if case.skipped == reason:
            assert full and counts(case)
        elif counts(case) and (_looked_at(case) or case.skipped in later):
            assert not full
        if case.applied and counts(case):
            for each in case.categories:
                applied[each] += 1
    assert all(not _is_full(applied[each] - 1, limit) for each, limit in limits.items())


def _is_full(count: int, limit: int | None) -> bool:
    return limit is not None and count >= limit


def _case(asked: Asked, place: int, outcome: Outcome) -> Case:
    state, rules = asked.state, asked.rules
    ids: list[str | None] = []
    tier = None
    if outcome.object == "promotion_tier":
        tier = state.get(tables.TIERS, outcome.id)
        assert tier is not None
        ids = [tier.category_id, _category(asked, tier.campaign_id)]
        [first, *_] = asked.body.redeemables
        if first.object == "promotion_stack":
            stack = state.get(tables.STACKS, first.id)
            assert stack is not None
            ids.append(stack.category_id)
    elif outcome.voucher is not None:
        ids = [outcome.voucher.category_id, _category(asked, outcome.voucher.campaign_id)]
    categories = tuple(dict.fromkeys(each for each in ids if each is not None))
    found = (state.get(tables.CATEGORIES, each) for each in categories)
    ranks = [each.hierarchy for each in found if each is not None]
    return Case(
        place,
        outcome,
        categories,
        (min(ranks), 0 if tier is None else tier.hierarchy) if ranks else None,
        bool(set(categories) & set(rules.exclusive_categories)),
        bool(set(categories) & set(rules.joint_categories)),
    )


def _category(asked: Asked, campaign_id: str | None) -> str | None:
    campaign = campaign_id and asked.state.get(tables.CAMPAIGNS, campaign_id)
    return campaign.category_id if campaign else None
