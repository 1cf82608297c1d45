"""A set of validation rules while it is edited: its tree, the items it is for, its bundle, its words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.datastructures import FormData

from services.dashboard.parts.show import Show
from services.dashboard.sections.rules.catalogue import Catalogue
from services.dashboard.sections.rules.editing import ids_after, new_set
from services.dashboard.sections.rules.entries import (
    Bundle,
    Entry,
    read_bundle,
    read_entries,
    read_entry_lists,
    take_bundle,
    write_bundle,
    write_entries,
)
from services.dashboard.sections.rules.reading import do_asked, read_json, read_tree, text_of
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


def read_draft(form: FormData, catalogue: Catalogue, show: Show) -> Draft:
    """What a form of the builder says, after what its button asked for."""
    rules, errors = read_tree(form, catalogue, show)
    draft = Draft(
        rules,
        text_of(form, "name"),
        text_of(form, "type") or "expression",
        text_of(form, "context_type") or "global",
        text_of(form, "message"),
        read_entries(form),
        form.get("included_all") == "true",
        take_bundle(form, read_json(form, "bundle_raw")),
        errors,
        {name: text_of(form, name) for name in errors},
    )
    asked = text_of(form, "do")
    verb, _, rest = asked.partition(":")
    if verb == "entry" and rest in ("included", "excluded"):
        draft.entries.append(Entry(_next_id(draft), rest))
    elif verb == "drop_entry":
        draft.entries = [each for each in draft.entries if str(each.id) != rest]
    elif verb == "bundle":
        draft.bundle.parts.append(("", 1))
    elif verb == "drop_bundle" and rest.isdecimal() and int(rest) < len(draft.bundle.parts):
        draft.bundle.parts.pop(int(rest))
    elif asked:
        do_asked(draft.rules, asked)
    return draft


def _next_id(draft: Draft) -> int:
    return max((each.id for each in draft.entries), default=0) + 1
