"""What referrals and draws give, as a form asks for it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import Node, div

from services.dashboard.parts.forms import Errors, field_choice, field_lookup, field_text
from services.dashboard.parts.numbers import read_count
from services.dashboard.parts.show import Row, read_minor, write_minor

#: Types of prizes as a form calls them, and the combobox that finds whose they are.
PRIZES: Final = (
    ("LOYALTY_CARD", "Points"),
    ("GIFT_VOUCHER", "Credit"),
    ("CAMPAIGN", "A code"),
)
LOOKUPS: Final[Mapping[str, tuple[str, str]]] = {
    "LOYALTY_CARD": ("On {}card of", "loyalty-program"),
    "GIFT_VOUCHER": ("On {}gift card of", "gift-cards"),
    "CAMPAIGN": ("{}code of the campaign", "code-campaign"),
}
_AMOUNTS: Final[Mapping[str, str]] = {
    "LOYALTY_CARD": "How many points",
    "GIFT_VOUCHER": "How much credit",
}
Values = Mapping[str, str]


def prize_fields(
    side: str,
    values: Values,
    names: Mapping[str, str],
    errors: Errors,
    again: Mapping[str, Any],
    *,
    label: str,
    none: str,
    who: str = "",
) -> Node:
    """What is given, how much of it, and whose; `none`: what is said where nothing is.

    `who` gets it, as `the friend`: to be said where a form gives to more than one.
    """
    kind = values.get(f"{side}_type", "")
    options: Sequence[tuple[str, str]] = (("", none), *PRIZES)
    told = field_choice(f"{side}_type", label, options, kind, errors=errors, **again)
    if kind not in LOOKUPS:
        return told
    whose, lookup = LOOKUPS[kind]
    called = whose.format(f"{who}'s " if who else "the ")
    chosen = values.get(f"{side}_campaign", "")
    amount = kind in _AMOUNTS and field_text(
        f"{side}_amount",
        f"{_AMOUNTS[kind]} for {who}" if who else _AMOUNTS[kind],
        values.get(f"{side}_amount"),
        errors=errors,
        inputmode="decimal",
        autocomplete="off",
    )
    return div(".fields")[
        told,
        amount,
        field_lookup(
            f"{side}_campaign",
            f"{called[0].upper()}{called[1:]}",
            lookup,
            ((chosen, names.get(chosen, chosen)),) if chosen else (),
            errors={f"{side}_campaign": errors.get(f"{side}_campaign-find", "")},
        ),
    ]


def read_prize(side: str, values: Values, errors: dict[str, str]) -> dict[str, Any] | None:
    """The prize as the API takes it; None: nothing is given."""
    kind = values.get(f"{side}_type", "")
    if kind not in LOOKUPS:
        return None
    campaign = values.get(f"{side}_campaign", "")
    if not campaign:
        errors[f"{side}_campaign-find"] = "Choose the campaign that it is of"
    prize: dict[str, Any] = {"type": kind, "related_object_parent": {"id": campaign}}
    if kind == "CAMPAIGN":
        return prize
    typed = values.get(f"{side}_amount", "")
    amount = read_count(typed) if kind == "LOYALTY_CARD" else read_minor(typed)
    if not amount or amount < 0:
        errors[f"{side}_amount"] = (
            "A whole number from 1 on" if kind == "LOYALTY_CARD" else "An amount, such as 12.50"
        )
    return prize | {"amount": amount}


def prize_values(side: str, prize: Row | None) -> dict[str, str]:
    """What the fields show of a prize that there is."""
    if not prize:
        return {}
    amount = prize.get("amount")
    typed = write_minor(amount) if prize.get("type") == "GIFT_VOUCHER" else str(amount or "")
    return {
        f"{side}_type": str(prize.get("type")),
        f"{side}_campaign": str((prize.get("related_object_parent") or {}).get("id") or ""),
        f"{side}_amount": typed,
    }


def prize_names(*prizes: Row | None) -> dict[str, str]:
    """What the campaigns of prizes are called, by their ids."""
    parents = [(each or {}).get("related_object_parent") or {} for each in prizes]
    return {str(each["id"]): str(each.get("name") or each["id"]) for each in parents if each}
