"""The form of stacking rules, what saving would change, and what a stack would do."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import (
    Node,
    a,
    aside,
    button,
    dd,
    del_,
    div,
    dl,
    dt,
    form,
    fragment,
    h2,
    ins,
    li,
    option,
    p,
    section,
    select,
    small,
    span,
    table,
    tbody,
    td,
    th,
    thead,
    tr,
    ul,
)
from htpy import input as input_

from services.dashboard.parts.facts import badge
from services.dashboard.parts.forms import (
    error_list,
    field_choice,
    field_lookup,
    field_text,
    folded,
    group,
    idempotency,
)
from services.dashboard.parts.show import Show
from services.dashboard.sections.rules.cart import cart_fields, try_button
from services.dashboard.sections.stacking.terms import (
    CALCULATION,
    LIMIT_MAX,
    LIMITS,
    LISTS,
    MODE,
    NO_EFFECT,
    OWN_LIMITS,
    PRODUCTS,
    ROLLBACK,
    SORTING,
    Categories,
    Change,
    Choice,
    Lists,
    Terms,
    place_of,
)

PATH: Final = "/stacking-rules"
TRY: Final = "/stacking-rules/try-out"


def stacking_form(
    terms: Terms,
    categories: Categories,
    *,
    can_write: bool,
    errors: Mapping[str, str] | None = None,
    review: Node = None,
    key: str | None = None,
) -> Node:
    """The whole form. `review`: what saving would change, before it is done."""
    return form(
        "#builder.builder",
        {"hx-post": PATH, "hx-target": "#stacking", "hx-swap": "outerMorph"},
        method="post",
        action=PATH,
        novalidate=True,
        data_guard=True,
    )[
        idempotency(key),
        terms_view(terms, categories, can_write=can_write, errors=errors, review=review),
        aside[_sample_view()],
    ]


def terms_view(
    terms: Terms,
    categories: Categories,
    *,
    can_write: bool,
    errors: Mapping[str, str] | None = None,
    review: Node = None,
) -> Node:
    """The fields, and what is said of them."""
    return div("#stacking.stack")[
        error_list(errors) if errors else None,
        review,
        group(
            "How redeemables are applied",
            _choice(MODE, terms),
            _choice(SORTING, terms),
            folded(
                "More",
                *(_choice(each, terms) for each in (NO_EFFECT, PRODUCTS, ROLLBACK)),
            ),
        ),
        group(
            "Limits",
            div(".grid2")[
                (_limit(each.name, each.label, each.hint, terms, errors) for each in LIMITS)
            ],
            hint=f"Each is a number from 1 to {LIMIT_MAX}.",
        ),
        group("How discounts are worked out", _choice(CALCULATION, terms)),
        group(
            "Categories",
            _categories_view(terms, categories),
            hint="Exclusive ones apply alone, or with joint ones; others apply with each other.",
        ),
        can_write
        and div(".acts-bar.sticky")[
            button(".btn.primary")["Review and save"],
            span(".muted", data_unsaved=True)["Unsaved changes"],
        ],
    ]


def _choice(choice: Choice, terms: Terms) -> Node:
    return field_choice(choice.name, choice.label, choice.options, terms[choice.name])


def _limit(
    name: str, label: str, hint: str, terms: Terms, errors: Mapping[str, str] | None
) -> Node:
    return field_text(
        name,
        label,
        terms[name],
        hint=hint,
        errors=errors,
        kind="number",
        min="1",
        max=str(LIMIT_MAX),
    )


def _categories_view(terms: Terms, categories: Categories) -> Node:
    if not categories:
        return p(".muted")[
            "There is no category yet. ", a(".link", href="/categories")["Make one"], "."
        ]
    return div(".scroll")[
        table(".lines", aria_label="Categories")[
            thead[
                tr[
                    th(scope="col")["Category"],
                    (th(scope="col")[each.label] for each in LISTS),
                    th(scope="col")["That apply"],
                ]
            ],
            tbody[(_category_row(terms, each) for each in categories)],
        ]
    ]


def _category_row(terms: Terms, category: Mapping[str, Any]) -> Node:
    key, name = str(category["id"]), str(category.get("name") or category["id"])
    return tr[
        th(scope="row")[name],
        (td[_list_select(terms, each, key, name)] for each in LISTS),
        td[
            input_(
                ".input.short",
                id=f"limit-{key}",
                name=f"limit-{key}",
                type="number",
                min="1",
                max=str(LIMIT_MAX),
                value=str(terms[OWN_LIMITS].get(key, "")),
                placeholder="–",  # noqa: RUF001
                aria_label=f"{name}: that apply",
            )
        ],
    ]


def _list_select(terms: Terms, lists: Lists, key: str, name: str) -> Node:
    current = place_of(terms, lists, key)
    return select(
        ".input",
        id=f"{lists.name}-{key}",
        name=f"{lists.name}-{key}",
        aria_label=f"{name}: {lists.label.lower()}",
    )[
        option(value="", selected=not current)[lists.neither],
        (option(value=member, selected=member == current)[word] for member, word in lists.options),
    ]


def review_view(changes: Sequence[Change], terms: Terms) -> Node:
    """What saving would change, and the button that does it."""
    if not changes:
        return div(".notice.info", role="status")[div["Nothing would change."]]
    return section("#review.card.pad.stack", aria_labelledby="review-title", tabindex="-1")[
        h2("#review-title")["This changes"],
        dl(".diff")[
            (
                fragment[dt[each.label], dd[del_[each.before], " → ", ins[each.after]]]
                for each in changes
            )
        ],
        p(".muted")["It holds from the next request on. What was redeemed stays as it is."],
        input_(type="hidden", name="reviewed", value=written(terms)),
        div(".row")[button(".btn.primary", name="apply", value="1")["Apply the changes"]],
    ]


def written(terms: Terms) -> str:
    """Terms as a text that two equal ones have alike."""
    return json.dumps(terms, sort_keys=True)


def _sample_view() -> Node:
    return section(".card.pad.try", aria_labelledby="try-title")[
        h2("#try-title")["Try a stack"],
        p(".muted")["With the rules as they stand in the form. Nothing is recorded."],
        field_lookup("try_vouchers", "Vouchers", "voucher", is_multiple=True),
        field_lookup("try_tiers", "Promotion tiers", "promotion-tier", is_multiple=True),
        cart_fields(),
        try_button(TRY),
    ]


def stack_view(body: Mapping[str, Any], names: Mapping[str, str], show: Show) -> Node:
    """What each redeemable of a stack would do, in the order in which they apply."""
    rows = [
        *sorted(body.get("redeemables") or (), key=_left_to_pay, reverse=True),
        *(body.get("inapplicable_redeemables") or ()),
        *(body.get("skipped_redeemables") or ()),
    ]
    seen: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in rows:
        seen.setdefault((row["object"], row["id"]), row)
    order = body.get("order") or {}
    discount = order.get("total_discount_amount")
    return fragment[
        ul(".stackview", aria_label="Each redeemable")[
            (_redeemable_view(each, names, show) for each in seen.values())
        ],
        discount is not None
        and p[
            "Off in all: ",
            span(".strong")[show.money(discount)],
            f", left to pay: {show.money(order.get('total_amount'))}",
        ],
    ]


def _left_to_pay(row: Mapping[str, Any]) -> int:
    """What is left once it was applied: what comes later leaves no more than what came before."""
    left = (row.get("order") or {}).get("total_amount")
    return left if isinstance(left, int) else 0


_BADGES: Final = {
    "APPLICABLE": ("Applies", "good"),
    "INAPPLICABLE": ("Does not apply", "bad"),
    "SKIPPED": ("Skipped", "warn"),
}


def _redeemable_view(row: Mapping[str, Any], names: Mapping[str, str], show: Show) -> Node:
    status = str(row.get("status"))
    word, kind = _BADGES.get(status, (status, "muted"))
    result = row.get("result") or {}
    details = result.get("details") or {}
    error = result.get("error") or {}
    why = details.get("message") or error.get("details") or error.get("message")
    order = row.get("order") or {}
    taken = order.get("total_applied_discount_amount", order.get("applied_discount_amount"))
    return li(class_={"skipped": status != "APPLICABLE"})[
        badge(word, kind),
        span[names.get(row["id"]) or row["id"]],
        span(".num")[show.money(taken)] if taken is not None else span,
        why and small[why],
    ]
