"""A set of validation rules while it is edited: its tree, the items it is for, its bundle, its words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from services.dashboard.sections.rules.editing import ids_after, new_set
from services.dashboard.sections.rules.entries import (
    Bundle,
    Entry,
    read_bundle,
    read_entry_lists,
    write_bundle,
    write_entries,
)
from services.dashboard.sections.rules.tree import RuleSet, read_rules, write_rules

#: What is asked for before there is anything to ask about.
_NO_TREE: Final[Mapping[str, Any]] = {}


@dataclass(slots=True)
class Draft:
    """Everything that the builder shows and saves."""

    rules: RuleSet
    name: str = ""
    type: str = "expression"
    context: str = "global"
    message: str = ""
    entries: list[Entry] = field(default_factory=list)
    includes_all: bool = False
    bundle: Bundle = field(default_factory=Bundle)
    #: What is wrong, by the name of the field; those of rules by `rule.ID`.
    errors: dict[str, str] = field(default_factory=dict)
    #: Texts of the logic that cannot be read, as they were typed.
    typed: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The set as the API takes it, whole: what is empty clears what was there."""
        return {
            "name": self.name,
            "type": self.type,
            "context_type": self.context,
            "rules": write_rules(self.rules),
            "bundle_rules": write_bundle(self.bundle),
            "applicable_to": write_entries(self.entries, includes_all=self.includes_all),
            "error": {"message": self.message} if self.message else {},
        }

    def new_body(self) -> dict[str, Any]:
        """The same for a set that is not there yet: what is empty is left out."""
        return {name: value for name, value in self.body().items() if value or name == "rules"}


def draft_of(body: Mapping[str, Any]) -> Draft:
    """A set as the API shows it."""
    items = body.get("applicable_to") or {}
    return Draft(
        read_rules(body.get("rules") or _NO_TREE),
        str(body.get("name") or ""),
        str(body.get("type") or "expression"),
        str(body.get("context_type") or "global"),
        str((body.get("error") or {}).get("message") or ""),
        read_entry_lists(items),
        bool(items.get("included_all")),
        read_bundle(body.get("bundle_rules") or {}),
    )


def new_draft() -> Draft:
    """One rule to begin with."""
    draft = draft_of({})
    draft.rules = new_set(ids_after(draft.rules))
    return draft
