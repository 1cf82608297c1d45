"""A project's stacking rules. Source: the API contract, section 5."""

from types import MappingProxyType
from typing import Any

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.room import Answers, shows, shows_nothing
from schemas.stacking import (
    StackingRules,
    StackingRulesCreated,
    StackingRulesDeleted,
    StackingRulesUpdated,
    StoredStackingRules,
)


def stacking_rules_body(stored: StoredStackingRules) -> Body:
    """The rules as their own endpoints show them, with what was left open filled in."""
    body: Body = {"id": stored.id, **_members(stored.rules), "created_at": iso(stored.created_at)}
    if stored.updated_at is not None:
        body["updated_at"] = iso(stored.updated_at)
    return body


def _members(stacking: StackingRules) -> dict[str, Any]:
    return {name: getattr(stacking, name) for name in StackingRules.__struct_fields__}


ANSWERS: Answers = MappingProxyType(
    {
        StackingRulesCreated: shows(stacking_rules_body, "stored"),
        StackingRulesUpdated: shows(stacking_rules_body, "stored"),
        StackingRulesDeleted: shows_nothing,
    }
)
