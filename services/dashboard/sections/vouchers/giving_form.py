"""The fields of a form that say what a voucher or a tier gives, and what was typed as the API takes it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import Node, div, fragment, p
from htpy import input as input_

from services.dashboard.parts.discounts import EFFECTS
from services.dashboard.parts.forms import (
    Errors,
    field_choice,
    field_lookup,
    field_text,
    folded,
)
from services.dashboard.parts.numbers import read_whole
from services.dashboard.parts.show import Row, Show, read_minor, write_minor

Values = Mapping[str, str]

#: What can be given: how a form calls it.
GIVES: Final[Mapping[str, str]] = {
    "PERCENT": "A percentage off",
    "AMOUNT": "An amount off",
    "FIXED": "A fixed price",
    "UNIT": "Units of a product for free",
    "GIFT": "Credit of a gift card",
    "POINTS": "Points of a loyalty card",
    "NOTHING": "Nothing by itself",
}
DISCOUNTS_GIVEN: Final = ("PERCENT", "AMOUNT", "FIXED", "UNIT")
#: Those of each kind, as the API knows them; empty: its default.
_EFFECTS: Final[Mapping[str, Sequence[str]]] = {
    "PERCENT": ("APPLY_TO_ORDER", "APPLY_TO_ITEMS"),
    "AMOUNT": (
        "APPLY_TO_ORDER",
        "APPLY_TO_ITEMS",
        "APPLY_TO_ITEMS_PROPORTIONALLY",
        "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY",
        "APPLY_TO_ITEMS_BY_QUANTITY",
    ),
    "FIXED": ("APPLY_TO_ORDER", "APPLY_TO_ITEMS"),
    "UNIT": ("ADD_NEW_ITEMS", "ADD_MISSING_ITEMS"),
    "GIFT": ("APPLY_TO_ORDER", "APPLY_TO_ITEMS"),
}
#: kind → the member of a discount that it cannot do without.
_MEMBERS: Final[Mapping[str, str]] = {
    "PERCENT": "percent_off",
    "AMOUNT": "amount_off",
    "FIXED": "fixed_amount",
}
#: What the API complains of → the field of the form.
GIVES_PATHS: Final[Mapping[str, str]] = {
    "percent_off": "percent_off",
    "amount_off": "amount_off",
    "fixed_amount": "fixed_amount",
    "percent_off_formula": "formula",
    "amount_off_formula": "formula",
    "fixed_amount_formula": "formula",
    "unit_off": "unit_off",
    "unit_type": "unit_type-find",
    "amount_limit": "amount_limit",
    "aggregated_amount_limit": "aggregated_amount_limit",
    "gift.amount": "gift_amount",
    "loyalty_card.points": "points",
    "discount.effect": "effect",
}
#: The names of all its fields.
GIVES_FIELDS: Final = (
    "gives",
    "percent_off",
    "amount_off",
    "fixed_amount",
    "formula",
    "unit_type",
    "unit_off",
    "effect",
    "amount_limit",
    "aggregated_amount_limit",
    "gift_amount",
    "points",
)


def gives_fields(
    values: Values, errors: Errors, show: Show, kinds: Sequence[str], again: str
) -> Node:
    """The choice of what is given and the fields of that; `again` shows them anew for another."""
    kind = values.get("gives") if values.get("gives") in kinds else kinds[0]
    return div("#gives-fields.stack")[
        field_choice(
            "gives",
            "It gives",
            [(each, GIVES[each]) for each in kinds],
            kind,
            errors=errors,
            hx_get=again,
            hx_target="#gives-fields",
            hx_swap="outerHTML",
            hx_trigger="change",
            hx_include="#gives-fields",
            hx_push_url="false",
        )
        if len(kinds) > 1
        else input_(type="hidden", name="gives", value=kind),
        _fields_of(str(kind), values, errors, show),
    ]


def _fields_of(kind: str, values: Values, errors: Errors, show: Show) -> Node:
    if kind == "NOTHING":
        return None
    if kind == "POINTS":
        return field_text(
            "points", "Points", values.get("points"), errors=errors, inputmode="numeric"
        )
    if kind == "GIFT":
        return fragment[
            _money("gift_amount", "Credit", values, errors, show),
            _effect(kind, values, errors),
        ]
    if kind == "UNIT":
        chosen = values.get("unit_type", "")
        return fragment[
            field_lookup(
                "unit_type",
                "Product",
                "product",
                [(chosen, chosen)] if chosen else (),
                errors=errors,
            ),
            field_text(
                "unit_off",
                "Units",
                values.get("unit_off") or "1",
                errors=errors,
                inputmode="numeric",
            ),
            _effect(kind, values, errors),
        ]
    return fragment[
        field_text(
            "percent_off",
            "Percent off",
            values.get("percent_off"),
            errors=errors,
            inputmode="decimal",
            autocomplete="off",
        )
        if kind == "PERCENT"
        else _money(_MEMBERS[kind], GIVES[kind], values, errors, show),
        kind == "PERCENT"
        and _money("amount_limit", "At most", values, errors, show, "Empty: without a limit"),
        _effect(kind, values, errors),
        folded(
            "Formula and limit in all",
            field_text(
                "formula",
                "Formula",
                values.get("formula"),
                errors=errors,
                hint="Takes the place of the value above; that is taken where it cannot be worked out",
                spellcheck="false",
                autocomplete="off",
            ),
            kind != "FIXED"
            and _money(
                "aggregated_amount_limit",
                "At most over all redeemables of an order",
                values,
                errors,
                show,
                "Empty: without a limit",
            ),
            is_open=bool(values.get("formula") or values.get("aggregated_amount_limit")),
        ),
    ]


def _money(
    name: str, text: str, values: Values, errors: Errors, show: Show, hint: str = ""
) -> Node:
    return field_text(
        name,
        f"{text} ({show.currency})",
        values.get(name),
        errors=errors,
        hint=hint,
        inputmode="decimal",
        autocomplete="off",
    )


def _effect(kind: str, values: Values, errors: Errors) -> Node:
    chosen = values.get("effect", "")
    options = [
        ("", "As the rules say: items where they name some, else the order"),
        *((each, EFFECTS[each]) for each in _EFFECTS[kind]),
    ]
    if chosen not in dict(options):
        # one that only the API offers stays what it is
        options.append((chosen, EFFECTS.get(chosen, chosen)))
    return field_choice("effect", "Taken from", options, chosen, errors=errors)


def can_hold(discount: Any) -> bool:
    """Whether the fields can say all of a discount: several products for free they cannot."""
    return not (isinstance(discount, Mapping) and discount.get("units"))


def gives_as_it_is() -> Node:
    """In the place of the fields that cannot say what is given."""
    return p(".muted")["What it gives has parts that only the API changes; it stays as it is."]


def values_of(discount: Any) -> dict[str, str]:
    """What the fields show of a discount that there is."""
    if not isinstance(discount, Mapping) or not discount:
        return {"gives": "NOTHING"}
    kind = str(discount.get("type"))
    percent = discount.get("percent_off")
    formulas = [
        str(value) for name, value in discount.items() if name.endswith("_formula") and value
    ]
    return {
        "gives": kind,
        "percent_off": ""
        if percent is None
        else f"{percent:g}"
        if isinstance(percent, float)
        else str(percent),
        "amount_off": write_minor(discount.get("amount_off")),
        "fixed_amount": write_minor(discount.get("fixed_amount")),
        "formula": formulas[0] if formulas else "",
        "unit_type": str(discount.get("unit_type") or ""),
        "unit_off": str(discount.get("unit_off") or ""),
        "effect": str(discount.get("effect") or ""),
        "amount_limit": write_minor(discount.get("amount_limit")),
        "aggregated_amount_limit": write_minor(discount.get("aggregated_amount_limit")),
    }


def card_values(row: Row) -> dict[str, str]:
    """What the fields show of a card that there is."""
    gift, card = row.get("gift") or {}, row.get("loyalty_card") or {}
    if gift:
        return {
            "gives": "GIFT",
            "gift_amount": write_minor(gift.get("amount")),
            "effect": str(gift.get("effect") or ""),
        }
    return {"gives": "POINTS", "points": str(card.get("points") or 0)}


def read_gives(values: Values, errors: dict[str, str]) -> dict[str, Any]:
    """Members of a body: `type` with `discount`, `gift` or `loyalty_card`; what is wrong goes into `errors`."""
    kind = values.get("gives", "")
    if kind == "GIFT":
        amount = read_money(values, "gift_amount", errors, is_needed=True)
        effect = {"effect": values["effect"]} if values.get("effect") else {}
        return {"type": "GIFT_VOUCHER", "gift": {"amount": amount} | effect}
    if kind == "POINTS":
        points = read_count(values, "points", errors, is_needed=True)
        return {"type": "LOYALTY_CARD", "loyalty_card": {"points": points}}
    return {"type": "DISCOUNT_VOUCHER", "discount": read_discount(values, errors)}


def read_discount(values: Values, errors: dict[str, str]) -> dict[str, Any] | None:
    """A discount as the API takes it; None: there is to be none."""
    kind = values.get("gives", "")
    if kind not in DISCOUNTS_GIVEN:
        return None
    body: dict[str, Any] = {"type": kind}
    if values.get("effect"):
        body["effect"] = values["effect"]
    if kind == "UNIT":
        body["unit_type"] = values.get("unit_type", "")
        body["unit_off"] = read_count(values, "unit_off", errors, is_needed=True)
        if not body["unit_type"]:
            errors["unit_type"] = "Choose the product that is given."
        return body
    member = _MEMBERS[kind]
    if kind == "PERCENT":
        body[member] = _read_percent(values, errors)
        limit = read_money(values, "amount_limit", errors)
        body |= {} if limit is None else {"amount_limit": limit}
    else:
        body[member] = read_money(values, member, errors, is_needed=True)
    if values.get("formula"):
        body[f"{member}_formula"] = values["formula"]
    most = read_money(values, "aggregated_amount_limit", errors)
    return body | ({} if most is None or kind == "FIXED" else {"aggregated_amount_limit": most})


def _read_percent(values: Values, errors: dict[str, str]) -> float | None:
    try:
        percent = float(values.get("percent_off", "").replace(",", "."))
    except ValueError:
        percent = -1.0
    if not 0 <= percent <= 100:
        errors["percent_off"] = "A number from 0 to 100."
        return None
    return percent


def read_money(
    values: Values, name: str, errors: dict[str, str], *, is_needed: bool = False
) -> int | None:
    """An amount in minor units; None where nothing was typed."""
    typed = values.get(name, "").strip()
    amount = read_minor(typed) if typed else None
    if (typed or is_needed) and (amount is None or amount < 0):
        errors[name] = "An amount, as 5 or 12.50."
    return amount


def read_count(
    values: Values, name: str, errors: dict[str, str], *, is_needed: bool = False
) -> int | None:
    """A whole number; None where nothing was typed."""
    typed = values.get(name, "").strip()
    if not typed and not is_needed:
        return None
    count = read_whole(typed)
    if count is None:
        errors[name] = "A whole number."
    return count
