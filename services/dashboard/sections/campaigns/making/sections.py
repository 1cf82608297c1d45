"""The parts of the form of a new campaign: what it is, what it gives, its codes."""

from collections.abc import Sequence
from typing import Any, Final

from htpy import (
    Node,
    b,
    button,
    div,
    fieldset,
    label,
    legend,
    li,
    ol,
    option,
    p,
    select,
    small,
    span,
)
from htpy import input as input_

from services.dashboard.parts.discounts import EFFECTS
from services.dashboard.parts.forms import (
    Errors,
    field_area,
    field_choice,
    field_lookup,
    field_switch,
    field_text,
)
from services.dashboard.parts.icons import icon
from services.dashboard.sections.campaigns.making.codes import CHARSETS
from services.dashboard.sections.campaigns.making.draft import (
    TEMPLATES,
    TIERS_MAX,
    Draft,
    template_of,
)

#: What a control has that changes which fields there are: the form is asked for anew.
AGAIN: Final = {
    "hx-post": "/campaigns/new/form",
    "hx-trigger": "change",
    "hx-target": "#making",
    "hx-swap": "outerMorph",
    "hx-push-url": "false",
    "hx-include": "closest form",
}
KINDS: Final = (
    ("PERCENT", "Percent off"),
    ("AMOUNT", "Amount off"),
    ("FIXED", "Fixed price"),
    ("UNIT", "Free units"),
)
_EFFECTS: Final = (
    ("", "As the rules say: items where they name some, else the order"),
    ("APPLY_TO_ORDER", "The whole order"),
    ("APPLY_TO_ITEMS", "Each item that it is for"),
)
_UNIT_EFFECTS: Final = (
    ("ADD_NEW_ITEMS", "Add them to the order"),
    ("ADD_MISSING_ITEMS", "Add them where they are missing, else make them free"),
)
TIER_KINDS: Final = (
    ("PERCENT", "Percent off"),
    ("AMOUNT", "Amount off"),
    ("FIXED", "Fixed price"),
    ("", "Nothing by itself"),
)
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
    chosen = template_of(draft)
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
                        checked=each is chosen,
                    ),
                ]
                for each in TEMPLATES
            )
        ],
        input_(type="hidden", name="shown_template", value=chosen.name),
        field_text(
            "name",
            "Name",
            draft["name"],
            hint="Nobody but your team sees it; there is one campaign of a name",
            errors=errors,
            required=True,
            autocomplete="off",
            maxlength="256",
        ),
        field_area("description", "Description", draft["description"], errors=errors, rows=2),
    )


def gives_part(draft: Draft, errors: Errors, unit: tuple[tuple[str, str], ...]) -> Node:
    """What somebody gets."""
    template = template_of(draft)
    if template.kind == "PROMOTION":
        return part(
            "gives",
            "What it gives",
            _tiers(draft, errors),
            hint="Tiers are tried from the first to the last. Rules, dates and more kinds of discounts are set on the page of each tier.",
        )
    if template.kind == "GIFT_VOUCHERS":
        return part("gives", "What it gives", gift_fields(draft, errors))
    return part("gives", "What it gives", discount_fields(draft, errors, unit, AGAIN))


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
        field_choice("gift_effect", "It pays for", _EFFECTS, draft["gift_effect"], errors=errors),
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
            _effects_of(kind, draft["effect"]),
            draft["effect"],
            errors=errors,
        ),
    ]


def _effects_of(kind: str, chosen: str) -> Sequence[tuple[str, str]]:
    """What a discount may be taken off; one that only the API offers stays where it was chosen."""
    offered = _UNIT_EFFECTS if kind == "UNIT" else _EFFECTS
    known = {*dict(_UNIT_EFFECTS), *dict(_EFFECTS)}
    return offered if chosen in known else (*offered, (chosen, EFFECTS.get(chosen, chosen)))


def _dashes(attributes: dict[str, str]) -> dict[str, Any]:
    return {name.replace("-", "_"): value for name, value in attributes.items()}


def _tiers(draft: Draft, errors: Errors) -> Node:
    tiers = draft.tiers
    return [
        ol(".ladder", aria_label="Tiers")[
            (_tier(tiers[at], at, errors, can_go=len(tiers) > 1) for at in range(len(tiers)))
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


def _tier(tier: dict[str, str], at: int, errors: Errors, *, can_go: bool) -> Node:
    return li[
        div(".fields")[
            _tier_text(tier, "tier_name", "Name", at, errors),
            _tier_text(tier, "tier_banner", "Shown to customers", at, errors),
            div(".field")[
                label(for_=f"tier_kind-{at}")["Gives"],
                _tier_kind(tier["tier_kind"], at),
            ],
            _tier_text(tier, "tier_value", "How much", at, errors)
            if tier["tier_kind"]
            else input_(type="hidden", name="tier_value", value=""),
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


def _tier_text(tier: dict[str, str], name: str, text: str, at: int, errors: Errors) -> Node:
    error = errors.get(f"{name}-{at}", "")
    return div(".field", data_bad=bool(error))[
        label(for_=f"{name}-{at}")[text],
        input_(
            f"#{name}-{at}.input",
            name=name,
            value=tier[name],
            autocomplete="off",
            aria_invalid="true" if error else None,
        ),
        error and span(".error")[error],
    ]


def _tier_kind(chosen: str, at: int) -> Node:
    return select(f"#tier_kind-{at}.input", AGAIN, name="tier_kind")[
        (option(value=value, selected=value == chosen)[said] for value, said in TIER_KINDS)
    ]


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
    return part(
        "codes",
        "Codes",
        field_text(
            "count",
            "How many are made",
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
        often,
        template.name != "growing"
        and field_switch(
            "grows",
            "Make more when they are given out and none is left",
            is_on=draft.has("grows"),
        ),
    )
