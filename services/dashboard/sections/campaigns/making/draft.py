"""What the form of a campaign holds: texts as they were typed, kept whatever is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from starlette.datastructures import FormData

#: Fields that may come more than once.
_MANY: Final = frozenset({"day", "rule"})
#: The columns of the tiers of a new promotion, a value of each for every tier.
TIER_FIELDS: Final = (
    "tier_name",
    "tier_banner",
    "tier_kind",
    "tier_value",
    "tier_formula",
    "tier_most",
    "tier_effect",
    "tier_unit",
)
TIERS_MAX: Final = 20


#: Days of the week as the API counts them, and their names.
DAYS: Final = (
    ("1", "Mon"),
    ("2", "Tue"),
    ("3", "Wed"),
    ("4", "Thu"),
    ("5", "Fri"),
    ("6", "Sat"),
    ("0", "Sun"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """The values of the form by the names of its fields."""

    values: Mapping[str, str] = field(default_factory=dict)
    many: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field that may come more than once."""
        return self.many.get(name, ())

    def has(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.values.get(name) == "true"

    def with_values(self, **values: str) -> "Draft":
        """The same with other values."""
        return Draft({**self.values, **values}, self.many)

    @property
    def tiers(self) -> list[dict[str, str]]:
        """The tiers of a new promotion, in their order."""
        columns = [self.all(name) for name in TIER_FIELDS]
        rows = max(map(len, columns), default=0)
        return [
            {
                name: column[at] if at < len(column) else ""
                for name, column in zip(TIER_FIELDS, columns, strict=True)
            }
            for at in range(min(rows, TIERS_MAX))
        ]

    def with_tiers(self, tiers: Sequence[Mapping[str, str]]) -> "Draft":
        """The same with other tiers."""
        columns = {name: tuple(each.get(name, "") for each in tiers) for name in TIER_FIELDS}
        return Draft(self.values, {**self.many, **columns})


@dataclass(frozen=True, slots=True)
class Template:
    """A way to begin: what it is for, and what the form holds then."""

    name: str
    label: str
    text: str
    icon: str
    #: The type of the campaign, as the API names it.
    kind: str
    values: Mapping[str, str]


TEMPLATES: Final = (
    Template(
        "unique",
        "Unique codes",
        "A code of their own for everybody, made in numbers",
        "ticket",
        "DISCOUNT_COUPONS",
        {"kind": "PERCENT", "count": "1000", "quantity": "1", "pattern": "########"},
    ),
    Template(
        "generic",
        "One code for all",
        "A code that everybody knows, such as SUMMER25",
        "tag",
        "DISCOUNT_COUPONS",
        {"kind": "PERCENT", "count": "", "quantity": "", "pattern": "########"},
    ),
    Template(
        "growing",
        "Codes as they are given",
        "Each is made when a customer gets it",
        "send",
        "DISCOUNT_COUPONS",
        {"kind": "AMOUNT", "count": "0", "quantity": "1", "pattern": "########"},
    ),
    Template(
        "gift",
        "Gift cards",
        "Codes that hold credit and pay until it is used up",
        "gift",
        "GIFT_VOUCHERS",
        {"count": "100", "quantity": "", "pattern": "####-####-####"},
    ),
    Template(
        "loyalty",
        "Loyalty program",
        "Customers earn points on a card, climb tiers and take rewards",
        "coins",
        "LOYALTY_PROGRAM",
        {"count": "0", "quantity": "", "pattern": "########", "join_once": "true", "grows": "true"},
    ),
    Template(
        "promotion",
        "Promotion",
        "Offers without a code, in tiers that a cart reaches",
        "layers",
        "PROMOTION",
        {"count": "", "quantity": ""},
    ),
)
ALWAYS: Final = {
    "active": "true",
    "charset": "plain",
    "effect": "",
    "frame_unit": "D",
    "every_unit": "W",
    "after_unit": "D",
}


def template_of(draft: Draft) -> Template:
    """The template of a form, the first one where none is chosen."""
    return next((each for each in TEMPLATES if each.name == draft["template"]), TEMPLATES[0])


def new_draft(name: str) -> Draft:
    """What the form holds at first."""
    template = template_of(Draft({"template": name}))
    shown = {"template": template.name, "shown_template": template.name}
    draft = Draft({**ALWAYS, **template.values, **shown})
    return draft.with_tiers([{"tier_kind": "PERCENT"}]) if name == "promotion" else draft


def read_draft(form: FormData) -> Draft:
    """What was sent. Another template than before brings its own values along."""
    many: dict[str, tuple[str, ...]] = {}
    values: dict[str, str] = {}
    for name in form:
        texts = tuple(each for each in form.getlist(name) if isinstance(each, str))
        if name in _MANY or name in TIER_FIELDS:
            many[name] = texts
        elif texts:
            values[name] = texts[-1].strip() if name != "formula" else texts[-1]
    # a combobox in which nothing is chosen sends nothing, so each has a name of its own
    many["tier_unit"] = tuple(
        values.pop(f"tier_unit-{at}", "") for at in range(len(many.get("tier_name", ())))
    )
    draft = Draft(values, many)
    template = template_of(draft)
    if draft["shown_template"] not in ("", template.name):
        draft = draft.with_values(**template.values)
        if template.kind == "PROMOTION" and not draft.tiers:
            draft = draft.with_tiers([{"tier_kind": "PERCENT"}])
    return draft.with_values(template=template.name, shown_template=template.name)
