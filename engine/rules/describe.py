"""What rules can be about and be asked, for whoever builds them by hand.

All of it follows from the tables that rules are checked and decided by; a name that they do not
have is not described, and one that has no label is a fault that shows in the tests.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, get_args

from msgspec import structs

from engine.kernel.encode import Body
from engine.rules import labels
from engine.rules.check import MESSAGE_LENGTH_MAX, VALUES_MAX
from engine.rules.date_tests import DAY_TESTS
from engine.rules.logic import LENGTH_MAX as LOGIC_LENGTH_MAX
from engine.rules.name_kinds import Choosing, OfLine, Plain
from engine.rules.names import CHOOSING, OF_LINE, PLAIN
from engine.rules.operators import OPERATORS
from engine.rules.place_tests import PLACES
from engine.rules.refs import COLLECTION
from engine.rules.value_kinds import Kind
from schemas.rules import (
    DEPTH_MAX,
    ENTRIES_MAX,
    PRODUCT_LIMITS,
    RULES_MAX,
    ItemEffect,
    ItemEntry,
    ItemTarget,
)

#: By how a name begins, which group it is shown in; the first that fits.
_GROUPS: Final = (
    ("order.items.", "items"),
    ("order.", "order"),
    ("customer.", "customer"),
    ("product.", "product"),
    ("sku.", "product"),
    ("campaign.", "budget"),
    ("redemption.count", "budget"),
    ("custom_event.", "event"),
    ("", "redemption"),
)
#: The words of names of numbers that are amounts in minor units.
_MONEY: Final = frozenset({"amount", "price"})
#: What is asked with true or false.
_FLAGS: Final = frozenset({"$has_value", "$is_unknown"})
#: What operators are asked with, where that is not what the name has.
_VALUES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(_FLAGS, "bool"),
        **dict.fromkeys(("$count", "$count_more", "$count_less"), "number"),
        **dict.fromkeys(("$starts_with", "$ends_with"), "text"),
        **dict.fromkeys(DAY_TESTS, "days"),
        **dict.fromkeys(PLACES, "location"),
        "$after": "date",
        "$before": "date",
        "$dow": "weekday",
        "$timeframe": "recurring",
        "$timeframe_absolute": "period",
        "$timeframe_daily_hours": "hours",
    }
)
#: Operators that ask the same as another, for which one of the two is enough to choose from.
SAME: Final[Mapping[str, str]] = MappingProxyType(
    {"$in": "$is", "$not_in": "$is_not", "$greater_than_or_equal": "$more_than_or_equal"}
)


def rule_fields_body() -> Body:
    """Every name that a rule can have, with its kind, and to each kind its operators.

    Beside them what entries of items can say, and the limits of a set.
    """
    fields = [_field(*each) for each in _names()]
    return {
        "object": "validation_rules_fields",
        "fields": fields,
        "kinds": {
            kind: {"objects": _objects_of(kind), "operators": list(_operators(kind, meant.kind))}
            for kind, meant in {_kind_of(name, meant): meant for name, _, meant in _names()}.items()
        },
        "items": {
            "objects": ["product", "sku", COLLECTION],
            "effects": list(get_args(ItemEffect)),
            "targets": list(get_args(ItemTarget)),
            "limits": [
                each.name for each in structs.fields(ItemEntry) if each.name.endswith("_limit")
            ],
            "product_limits": list(PRODUCT_LIMITS),
        },
        "limits": {
            "rules": RULES_MAX,
            "depth": DEPTH_MAX,
            "values": VALUES_MAX,
            "entries": ENTRIES_MAX,
            "message_length": MESSAGE_LENGTH_MAX,
            "logic_length": LOGIC_LENGTH_MAX,
        },
    }


def _names() -> Iterator[tuple[str, str, Plain | OfLine | Choosing]]:
    """Each name, what it is about, and what it stands for."""
    yield from ((name, "request", plain) for name, plain in PLAIN.items())
    yield from ((name, "line", of_line) for name, of_line in OF_LINE.items())
    yield from ((name, "lines", choosing) for name, choosing in CHOOSING.items())


def _field(name: str, about: str, meant: Plain | OfLine | Choosing) -> Body:
    return {
        "name": name,
        "label": labels.NAMES[name],
        "group": next(group for start, group in _GROUPS if name.startswith(start)),
        "kind": _kind_of(name, meant),
        "about": about,
        "needs_property": meant.property,
        "needs": _need_of(meant),
        "conditions_optional": isinstance(meant, Choosing),
    }


def _need_of(meant: Plain | OfLine | Choosing) -> str | None:
    """What has to be known for the name to have a value: a customer, or the discount."""
    needs = meant.needs if isinstance(meant, Plain) else None
    return "discount" if needs == "taken" else needs


def _kind_of(name: str, meant: Plain | OfLine | Choosing) -> str:
    if meant.kind == "number":
        return "number" if _MONEY.isdisjoint(re.split(r"[._]", name)) else "money"
    if isinstance(meant, Choosing) and meant.said is not None:
        return meant.said.removesuffix("_id")
    return "bool" if meant.kind == "flag" else meant.kind


def _objects_of(kind: str) -> list[str]:
    """The kinds of objects that its values name."""
    if kind == "items":
        return ["product", "sku", COLLECTION]
    if kind in ("product", "sku"):
        return [kind, COLLECTION]
    return ["segment"] if kind == "segment" else []


def _operators(shown: str, kind: Kind) -> Iterator[Body]:
    """What can be asked of values of a kind, which is shown by another name."""
    for name, operator in OPERATORS.items():
        if kind in operator.kinds:
            flag = name in _FLAGS or kind == "flag"
            body: Body = {
                "name": name,
                "label": labels.OPERATORS[name],
                "takes": "flag" if flag else "one" if operator.single else "many",
                "value": _VALUES.get(name, shown),
            }
            yield body | {"same_as": SAME[name]} if name in SAME else body
