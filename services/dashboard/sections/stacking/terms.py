"""The members of stacking rules: their words, their defaults, how a form gives them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from starlette.datastructures import FormData

from services.dashboard.parts.numbers import read_whole
from services.dashboard.sections.rules.form_text import text_of

LIMIT_MAX: Final = 30


class Choice(NamedTuple):
    """A member with a few values."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]


class Limit(NamedTuple):
    """A member that is a number from 1 to 30."""

    name: str
    label: str
    hint: str = ""


class Lists(NamedTuple):
    """Two lists of categories, of which one category stands in one at most."""

    name: str
    label: str
    #: What it is in neither, then in each: words, and the member that lists it.
    neither: str
    options: tuple[tuple[str, str], ...]


MODE: Final = Choice(
    "redeemables_application_mode",
    "Application",
    (
        ("ALL", "All or none: one that does not apply fails the rest"),
        ("PARTIAL", "Partial: what applies is used"),
    ),
)
SORTING: Final = Choice(
    "redeemables_sorting_rule",
    "Order",
    (("REQUESTED_ORDER", "As requested"), ("CATEGORY_HIERARCHY", "By the order of categories")),
)
CALCULATION: Final = Choice(
    "discount_calculation_mode",
    "Discounts are worked out from",
    (("DISCOUNTED_AMOUNT", "What is left to pay"), ("INITIAL_AMOUNT", "The initial amount")),
)
PRODUCTS: Final = Choice(
    "redeemables_products_application_mode",
    "Discounts of the same product",
    (("STACK", "Stack"), ("ONCE", "Apply once")),
)
NO_EFFECT: Final = Choice(
    "redeemables_no_effect_rule",
    "What has no effect",
    (("REDEEM_ANYWAY", "Is redeemed anyway"), ("SKIP", "Is skipped")),
)
ROLLBACK: Final = Choice(
    "redeemables_rollback_order_mode",
    "Rolling back",
    (("WITH_ORDER", "Takes the order back, too"), ("WITHOUT_ORDER", "Leaves the order as it is")),
)
CHOICES: Final = (MODE, SORTING, CALCULATION, PRODUCTS, NO_EFFECT, ROLLBACK)
LIMITS: Final = (
    Limit("redeemables_limit", "Redeemables in a request"),
    Limit(
        "applicable_redeemables_limit", "Of these, that apply", "Not above the limit of a request"
    ),
    Limit("applicable_redeemables_per_category_limit", "That apply, of one category"),
    Limit("applicable_exclusive_redeemables_limit", "Exclusive ones that apply"),
    Limit("applicable_exclusive_redeemables_per_category_limit", "Exclusive ones, of one category"),
)
OWN_LIMITS: Final = "applicable_redeemables_category_limits"
LISTS: Final = (
    Lists(
        "stacking",
        "Goes together",
        "With others",
        (("exclusive_categories", "Exclusive"), ("joint_categories", "Joint")),
    ),
    Lists(
        "calculation",
        "Worked out from",
        "As set above",
        (
            ("discounted_amount_mode_categories", "What is left"),
            ("initial_amount_mode_categories", "Initial amount"),
        ),
    ),
    Lists(
        "no_effect",
        "Without effect",
        "As set above",
        (
            ("no_effect_redeem_anyway_categories", "Redeemed"),
            ("no_effect_skip_categories", "Skipped"),
        ),
    ),
)
#: What holds where a project has no rules of its own. Source: docs/engine.md, the contract.
DEFAULTS: Final[Mapping[str, Any]] = {
    "redeemables_limit": 30,
    "applicable_redeemables_limit": 5,
    "applicable_redeemables_per_category_limit": 1,
    "applicable_exclusive_redeemables_limit": 1,
    "applicable_exclusive_redeemables_per_category_limit": 1,
    OWN_LIMITS: {},
    **{choice.name: choice.options[0][0] for choice in CHOICES},
    **{member: [] for lists in LISTS for member, _ in lists.options},
}
Terms = Mapping[str, Any]
Categories = Sequence[Mapping[str, Any]]


def terms_of(body: Mapping[str, Any] | None) -> dict[str, Any]:
    """The members of rules, with the default of each that is not said."""
    said = body or {}
    return {name: said.get(name, default) for name, default in DEFAULTS.items()}


def read_terms(form: FormData, before: Terms, categories: Categories) -> dict[str, Any]:
    """What the form says; lists keep their order, and categories that no row shows."""
    terms = dict(before)
    for choice in CHOICES:
        value = text_of(form, choice.name)
        if value in dict(choice.options):
            terms[choice.name] = value
    for limit in LIMITS:
        text = text_of(form, limit.name)
        terms[limit.name] = _limit(text) if text else before.get(limit.name)
    own = dict(before[OWN_LIMITS])
    for category in categories:
        if text := text_of(form, f"limit-{category['id']}"):
            own[category["id"]] = _limit(text)
        else:
            own.pop(category["id"], None)
    terms[OWN_LIMITS] = own
    for lists in LISTS:
        terms |= _read_lists(form, lists, before, categories)
    return terms


def _limit(text: str) -> Any:
    limit = read_whole(text)
    return text if limit is None else limit


def _read_lists(
    form: FormData, lists: Lists, before: Terms, categories: Categories
) -> dict[str, list[str]]:
    said = {str(each["id"]): text_of(form, f"{lists.name}-{each['id']}") for each in categories}
    found: dict[str, list[str]] = {}
    for member, _ in lists.options:
        kept = [each for each in before[member] if said.get(each, member) == member]
        added = [each for each, where in said.items() if where == member and each not in kept]
        found[member] = kept + added
    return found


def place_of(terms: Terms, lists: Lists, category: str) -> str:
    """Which of the two lists names the category; empty: neither."""
    return next((member for member, _ in lists.options if category in terms[member]), "")


class Change(NamedTuple):
    """A member in words, as it is and as it would be."""

    label: str
    before: str
    after: str


def changes_between(before: Terms, after: Terms, categories: Categories) -> list[Change]:
    """What saving would change."""
    found = []
    for choice in CHOICES:
        words = dict(choice.options)
        was, now = (str(words.get(each[choice.name], "")) for each in (before, after))
        found.append(Change(choice.label, was, now))
    for limit in LIMITS:
        was, now = (_said(each[limit.name]) for each in (before, after))
        found.append(Change(limit.label, was, now))
    for category in categories:
        name = str(category.get("name") or category["id"])
        was, now = (_said(each[OWN_LIMITS].get(category["id"])) for each in (before, after))
        found.append(Change(f"{name}: that apply", was, now))
        for lists in LISTS:
            words = {"": lists.neither} | dict(lists.options)
            was, now = (words[place_of(each, lists, category["id"])] for each in (before, after))
            found.append(Change(f"{name}: {lists.label.lower()}", was, now))
    return [each for each in found if each.before != each.after]


def _said(limit: Any) -> str:
    return "no limit of its own" if limit is None else str(limit)
