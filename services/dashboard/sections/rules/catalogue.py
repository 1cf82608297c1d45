"""What rules can be about and be asked, as `GET /v1/validation-rules/fields` tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

GROUPS: Final = (
    ("order", "Order"),
    ("items", "Lines of the order"),
    ("product", "Products"),
    ("customer", "Customer"),
    ("budget", "Counts and budgets"),
    ("redemption", "Redemption"),
    ("event", "Events"),
)


@dataclass(frozen=True, slots=True)
class RuleField:
    """Something that a rule can be about."""

    name: str
    label: str
    group: str
    kind: str
    #: `request`, `line`, or `lines`: it chooses lines, and rules about them go within.
    about: str = "request"
    needs_property: bool = False
    conditions_optional: bool = False


@dataclass(frozen=True, slots=True)
class Operator:
    """How it can be asked: `takes` one value, many, or a flag."""

    name: str
    label: str
    takes: str
    value: str
    same_as: str = ""


class Catalogue:
    """All of them, by name."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.fields = [
            RuleField(
                each["name"],
                each["label"],
                each["group"],
                each["kind"],
                each["about"],
                each["needs_property"],
                each["conditions_optional"],
            )
            for each in body["fields"]
        ]
        self._by_name = {each.name: each for each in self.fields}
        # Older sets write `customer_segment` for `customer.segment`.
        self._by_name |= {each.name.replace(".", "_"): each for each in self.fields}
        self._operators = {
            kind: [
                Operator(
                    each["name"],
                    each["label"],
                    each["takes"],
                    each["value"],
                    each.get("same_as", ""),
                )
                for each in said["operators"]
            ]
            for kind, said in body["kinds"].items()
        }
        self._objects = {kind: list(said["objects"]) for kind, said in body["kinds"].items()}
        self.effects: Sequence[str] = body["items"]["effects"]
        self.product_limits: Sequence[str] = body["items"]["product_limits"]
        self.rules_max = int(body["limits"]["rules"])
        self.depth_max = int(body["limits"]["depth"])

    def field(self, name: str) -> RuleField:
        """The field of that name; one that is not known is taken as metadata is."""
        return self._by_name.get(name) or RuleField(name, name, "redemption", "any")

    def operators(self, kind: str) -> list[Operator]:
        """The operators of a kind."""
        return self._operators.get(kind, [])

    def operator(self, kind: str, name: str) -> Operator:
        """One of them; one that is not known takes anything."""
        found = (each for each in self.operators(kind) if each.name == name)
        return next(found, Operator(name, name or "is", "many", kind))

    def first_object(self, kind: str) -> str:
        """What a value of the kind names where it does not say it."""
        return next(iter(self._objects.get(kind, ())), "product")
