"""The parts of the form of a new campaign: what it is, what it gives, its codes."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import (
    Node,
    a,
    b,
    div,
    fieldset,
    label,
    legend,
    nav,
    p,
    small,
)
from htpy import input as input_

from services.dashboard.parts.forms import (
    Errors,
    field_area,
    field_choice,
    field_lookup,
    field_switch,
    field_text,
)
from services.dashboard.parts.icons import icon
from services.dashboard.sections.campaigns.making.choices import (
    AGAIN,
    CART_EFFECTS,
    KINDS,
    OWN_FORMS,
    chosen,
    effects_of,
)
from services.dashboard.sections.campaigns.making.codes import CHARSETS
from services.dashboard.sections.campaigns.making.draft import (
    TEMPLATES,
    Draft,
    template_of,
)
from services.dashboard.sections.campaigns.making.frame import name_fields
from services.dashboard.sections.campaigns.making.tier_rows import tiers_fields
from services.dashboard.sections.campaigns.programs.expiring import expiring_fields

_VALUES: Final = {
    "PERCENT": ("Percent", "Such as 10 or 12.5"),
    "AMOUNT": ("Amount", "In the project's currency, such as 5 or 12.50"),
    "FIXED": ("Price", "What is paid, such as 9.90"),
    "UNIT": ("How many", "A whole number"),
}


def part(name: str, title: str, *content: Node, hint: str = "") -> Node:
    """A step of the form, with an address of its own."""
    return fieldset(f"#{name}.group-box", tabindex="-1")[
        legend[title], hint and p(".muted")[hint], content
    ]


def type_part(draft: Draft, errors: Errors) -> Node:
    """What kind of campaign, and how it is called."""
    template = template_of(draft)
    return part(
        "type",
        "What it is",
        div(".choices", role="radiogroup", aria_label="Kind of campaign")[
            (
                label(".choice")[
                    icon(each.icon, 20),
                    b[each.label],
                    small[each.text],
                    input_(
                        AGAIN,
                        type="radio",
                        name="template",
                        id=f"template-{each.name}",
                        value=each.name,
                        checked=each is template,
                    ),
                ]
                for each in TEMPLATES
            )
        ],
        nav(".choices", aria_label="Kinds with forms of their own")[
            (
                a(".choice", href=href)[icon(sign, 20), b[name], small[text]]
                for name, text, sign, href in OWN_FORMS
            )
        ],
        input_(type="hidden", name="shown_template", value=template.name),
        name_fields(draft, errors),
    )


def gives_part(draft: Draft, errors: Errors, names: Mapping[str, str]) -> Node:
    """What somebody gets; `names` say what chosen products are called."""
    template = template_of(draft)
    if template.kind == "PROMOTION":
        return part(
            "gives",
            "What it gives",
            tiers_fields(draft, errors, names),
            hint="Tiers are tried from the first to the last. Rules and dates of their own are set on the page of each.",
        )
    if template.kind == "GIFT_VOUCHERS":
        return part("gives", "What it gives", gift_fields(draft, errors))
    if template.kind == "LOYALTY_PROGRAM":
        return part(
            "gives",
            "The card and its points",
            card_fields(draft, errors),
            hint="Earning rules, tiers and rewards come next, each on a tab of the program.",
        )
    return part(
        "gives",
        "What it gives",
        discount_fields(draft, errors, chosen(names, draft["unit"]), AGAIN),
    )


def gift_fields(draft: Draft, errors: Errors) -> Node:
    """Credit of a card."""
    return [
        field_text(
            "gift_amount",
            "Credit of each card",
            draft["gift_amount"],
            hint="In the project's currency",
            errors=errors,
            inputmode="decimal",
            autocomplete="off",
        ),
        field_choice(
            "gift_effect", "It pays for", CART_EFFECTS, draft["gift_effect"], errors=errors
        ),
    ]


def card_fields(draft: Draft, errors: Errors) -> Node:
    """With how many points a card begins, and when points expire."""
    return [
        field_text(
            "points",
            "Points of a new card",
            draft["points"] or "0",
            hint="A welcome, or none",
            errors=errors,
            inputmode="numeric",
            autocomplete="off",
        ),
        expiring_fields(draft.values, errors),
    ]


def discount_fields(
    draft: Draft, errors: Errors, unit: tuple[tuple[str, str], ...], again: dict[str, str]
) -> Node:
    """A discount of any kind; `again` is what its controls ask when fields depend on them."""
    kind = draft["kind"] or "PERCENT"
    said, hint = _VALUES[kind if kind in _VALUES else "PERCENT"]
    is_calculated = draft.has("calculated")
    return [
        field_choice("kind", "Kind of discount", KINDS, kind, **_dashes(again)),
        kind == "UNIT"
        and field_lookup(
            "unit", "What is free", "product", unit, errors={"unit": errors.get("unit-find", "")}
        ),
        field_text(
            "value",
            f"{said}, where the formula has none" if is_calculated else said,
            draft["value"],
            hint=hint,
            errors=errors,
            inputmode="decimal",
            autocomplete="off",
        ),
        field_switch(
            "calculated",
            "By a formula of the order and its metadata",
            is_on=is_calculated,
            **_dashes(again),
        ),
        is_calculated
        and field_area(
            "formula",
            "Formula",
            draft["formula"],
            hint="Such as ORDER_AMOUNT * 0.1",
            errors=errors,
            rows=3,
            spellcheck="false",
        ),
        kind == "PERCENT"
        and field_text(
            "most",
            "At most",
            draft["most"],
            hint="The most that it takes of one order; empty for no limit",
            errors=errors,
            inputmode="decimal",
            autocomplete="off",
        ),
        field_choice(
            "effect",
            "Taken off",
            effects_of(kind, draft["effect"]),
            draft["effect"],
            errors=errors,
        ),
    ]


def _dashes(attributes: dict[str, str]) -> dict[str, Any]:
    return {name.replace("-", "_"): value for name, value in attributes.items()}


def codes_part(draft: Draft, errors: Errors) -> Node:
    """How many codes, what they look like, how often each may be used."""
    template = template_of(draft)
    if template.kind == "PROMOTION":
        return None
    often = field_text(
        "quantity",
        "Each may be redeemed so many times",
        draft["quantity"],
        hint="Empty for no limit",
        errors=errors,
        inputmode="numeric",
        autocomplete="off",
    )
    if template.name == "generic":
        code = field_text(
            "code",
            "Code",
            draft["code"],
            hint="As customers type it; capitals and small letters are told apart",
            errors=errors,
            autocomplete="off",
            spellcheck="false",
        )
        return part("codes", "The code", code, often)
    is_program = template.kind == "LOYALTY_PROGRAM"
    return part(
        "codes",
        "Codes of the cards" if is_program else "Codes",
        field_text(
            "count",
            "How many cards are made at once" if is_program else "How many are made",
            draft["count"],
            errors=errors,
            inputmode="numeric",
            autocomplete="off",
        ),
        field_text(
            "pattern",
            "Pattern",
            draft["pattern"],
            hint="Each # becomes a random sign: SUMMER-#### makes SUMMER-7KQ2",
            errors=errors,
            autocomplete="off",
            spellcheck="false",
            maxlength="128",
        ),
        field_choice(
            "charset",
            "Random signs",
            [(name, said) for name, (said, _) in CHARSETS.items()],
            draft["charset"],
        ),
        not is_program and often,
        template.name != "growing"
        and field_switch(
            "grows",
            "Make a card for whoever joins"
            if is_program
            else "Make more when they are given out and none is left",
            is_on=draft.has("grows"),
        ),
    )
