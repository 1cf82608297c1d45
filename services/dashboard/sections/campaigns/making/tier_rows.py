"""The tiers in the form of a new promotion: each gives what a single code can give.

Fields of all tiers have the same names and are told apart by their places, so each tier sends each
of them: what does not belong to its kind of discount goes along hidden, and comes back with it.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from htpy import Node, button, div, label, li, ol, option, select, span
from htpy import input as input_

from services.dashboard.parts.forms import Errors, field_lookup, folded
from services.dashboard.parts.icons import icon
from services.dashboard.sections.campaigns.making.choices import AGAIN, KINDS, chosen, effects_of
from services.dashboard.sections.campaigns.making.draft import TIERS_MAX, Draft

TIER_KINDS: Final = (*KINDS, ("", "Nothing by itself"))

Tier = Mapping[str, str]


def tiers_fields(draft: Draft, errors: Errors, names: Mapping[str, str]) -> Node:
    """All tiers, and the way to add one; `names` say what products are called."""
    tiers = draft.tiers
    return [
        ol(".ladder", aria_label="Tiers")[
            (_tier(each, at, errors, names, can_go=len(tiers) > 1) for at, each in enumerate(tiers))
        ],
        len(tiers) < TIERS_MAX
        and div[
            button(
                "#add-tier.btn",
                AGAIN | {"hx-trigger": "click", "hx-vals": '{"add_tier": "true"}'},
                type="button",
            )[icon("plus", 14), "Add a tier"]
        ],
    ]


def _tier(tier: Tier, at: int, errors: Errors, names: Mapping[str, str], *, can_go: bool) -> Node:
    return li[
        div(".stack")[
            div(".fields")[
                _text(tier, "tier_name", "Name", at, errors),
                _text(tier, "tier_banner", "Shown to customers", at, errors),
                _choice(tier, "tier_kind", "Gives", TIER_KINDS, at, AGAIN),
                _value(tier, at, errors),
            ],
            _unit(tier, at, errors, names),
            _more(tier, at, errors),
        ],
        div(".acts")[
            can_go
            and button(
                f"#drop-tier-{at}.btn.quiet.icon.small",
                AGAIN | {"hx-trigger": "click", "hx-vals": f'{{"drop_tier": "{at}"}}'},
                type="button",
                aria_label=f"Remove the tier {at + 1}",
            )[icon("trash", 14)]
        ],
    ]


def _value(tier: Tier, at: int, errors: Errors) -> Node:
    if not tier["tier_kind"]:
        return _hidden("tier_value", tier["tier_value"])
    said = "How many" if tier["tier_kind"] == "UNIT" else "How much"
    return _text(tier, "tier_value", said, at, errors)


def _unit(tier: Tier, at: int, errors: Errors, names: Mapping[str, str]) -> Node:
    name, unit = f"tier_unit-{at}", tier["tier_unit"]
    if tier["tier_kind"] != "UNIT":
        return _hidden(name, unit) if unit else None
    wrong = errors.get(f"{name}-find", "")
    return field_lookup(name, "What is free", "product", chosen(names, unit), errors={name: wrong})


def _more(tier: Tier, at: int, errors: Errors) -> Node:
    """What is optional of a discount."""
    kind, has_most = tier["tier_kind"], tier["tier_kind"] == "PERCENT"
    if not kind:
        return [_hidden(each, tier[each]) for each in ("tier_formula", "tier_most", "tier_effect")]
    return folded(
        "Formula, limit and what it is taken off"
        if has_most
        else "Formula and what it is taken off",
        _text(
            tier,
            "tier_formula",
            "Formula",
            at,
            errors,
            "Such as ORDER_AMOUNT * 0.1; takes the place of the value above",
        ),
        _text(tier, "tier_most", "At most", at, errors, "Empty for no limit")
        if has_most
        else _hidden("tier_most", tier["tier_most"]),
        _choice(tier, "tier_effect", "Taken off", effects_of(kind, tier["tier_effect"]), at),
        is_open=bool(tier["tier_formula"] or tier["tier_most"] or tier["tier_effect"])
        or f"tier_most-{at}" in errors,
    )


def _hidden(name: str, value: str) -> Node:
    return input_(type="hidden", name=name, value=value)


def _text(tier: Tier, name: str, text: str, at: int, errors: Errors, hint: str = "") -> Node:
    error, field = errors.get(f"{name}-{at}", ""), f"{name}-{at}"
    return div(".field", data_bad=bool(error))[
        label(for_=field)[text],
        input_(
            f"#{field}.input",
            name=name,
            value=tier[name],
            autocomplete="off",
            aria_invalid="true" if error else None,
            aria_describedby=f"{field}-hint" if hint else None,
        ),
        hint and span(f"#{field}-hint.hint")[hint],
        error and span(".error")[error],
    ]


def _choice(
    tier: Tier,
    name: str,
    text: str,
    options: Sequence[tuple[str, str]],
    at: int,
    again: Mapping[str, str] | None = None,
) -> Node:
    return div(".field")[
        label(for_=f"{name}-{at}")[text],
        select(f"#{name}-{at}.input", dict(again or {}), name=name)[
            (option(value=value, selected=value == tier[name])[said] for value, said in options)
        ],
    ]
