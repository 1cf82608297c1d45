"""What the form of a campaign lets one choose among, and what its choices ask the server."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.dashboard.parts.discounts import EFFECTS

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
CART_EFFECTS: Final = (
    ("", "As the rules say: items where they name some, else the order"),
    ("APPLY_TO_ORDER", "The whole order"),
    ("APPLY_TO_ITEMS", "Each item that it is for"),
)
_UNIT_EFFECTS: Final = (
    ("ADD_NEW_ITEMS", "Add them to the order"),
    ("ADD_MISSING_ITEMS", "Add them where they are missing, else make them free"),
)

#: Kinds of campaigns that have forms of their own: label, text, icon, address.
OWN_FORMS: Final = (
    (
        "Referral program",
        "Customers bring others, and both are rewarded",
        "users",
        "/campaigns/referrals/new",
    ),
    (
        "Giveaway",
        "Entries until a day, then a draw that anybody can check",
        "sparkles",
        "/campaigns/giveaways/new",
    ),
)


def chosen(names: Mapping[str, str], *values: str) -> tuple[tuple[str, str], ...]:
    """What a combobox shows for values that are chosen."""
    return tuple((each, names.get(each, each)) for each in values if each)


def effects_of(kind: str, effect: str) -> Sequence[tuple[str, str]]:
    """What a discount may be taken off; one that only the API offers stays where it was chosen."""
    offered = _UNIT_EFFECTS if kind == "UNIT" else CART_EFFECTS
    known = {*dict(_UNIT_EFFECTS), *dict(CART_EFFECTS)}
    return offered if effect in known else (*offered, (effect, EFFECTS.get(effect, effect)))
