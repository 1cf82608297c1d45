"""Sets of validation rules: made, changed and deleted when they are well formed, given to objects.

What things a set names, segments and products for example, need not exist: a condition on nothing
is decided like any other. Names are kept as they were written, older ones, too.
"""

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import structs

from engine.assignments.decide import Bound, assign_rules
from engine.kernel import tables
from engine.kernel.changes import change_entity
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.lookup import find_campaign, find_voucher
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.products.find import find_product, find_sku
from engine.rules.check import (
    MESSAGE_LENGTH_MAX,
    Wrong,
    with_logic,
    wrong_bundle,
    wrong_items,
    wrong_rules,
)
from engine.rules.maps import with_maps
from schemas.assignments import AssignRule, RuleUnassigned, UnassignRule
from schemas.base import ID_LENGTH_MAX, Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.rules import (
    DEFINITION_LENGTH_MAX,
    CreateValidationRule,
    DeleteValidationRule,
    ItemEntry,
    UpdateValidationRule,
    ValidationRule,
    ValidationRuleCreated,
    ValidationRuleDeleted,
    ValidationRuleUpdated,
)

#: What an update may name.
UPDATABLE = frozenset(
    {"name", "definition", "applicable_to", "bundle", "error_message", "type", "context_type"}
)


def create_validation_rule(
    view: View, command: Command, body: CreateValidationRule, now: Millis
) -> Decision | Refusal:
    """Makes a set of rules; its name need not be new."""
    made = new_validation_rule(view, command, body, now)
    return made if isinstance(made, Refusal) else Decision((ValidationRuleCreated(made),))


def new_validation_rule(
    view: View, command: Command, body: CreateValidationRule, now: Millis
) -> ValidationRule | Refusal:
    """The set as it is created."""
    rule = structs.replace(
        body.rule,
        id=new_id(command.seed, "val_"),
        created_at=now,
        updated_at=None,
        assignments_count=0,
    )
    return _check_rules(view, rule)


def update_validation_rule(
    view: View, _: Command, body: UpdateValidationRule, now: Millis
) -> Decision | Refusal:
    """Sets the named fields, as a whole each; what the set binds is bound by the new one at once."""
    rule = view.get(tables.RULES, body.rule_id)
    if rule is None:
        return not_found("validation_rules", body.rule_id)
    changed = change_entity(rule, body.changes, UPDATABLE)
    if isinstance(changed, Refusal):
        return changed
    checked = _check_rules(view, structs.replace(changed, updated_at=now))
    if isinstance(checked, Refusal):
        return checked
    return Decision((ValidationRuleUpdated(checked),))


def delete_validation_rule(
    view: View, _: Command, body: DeleteValidationRule, __: Millis
) -> Decision | Refusal:
    """Removes a set of rules; nothing is bound by it from now on."""
    rule = view.get(tables.RULES, body.rule_id)
    if rule is None:
        return not_found("validation_rules", body.rule_id)
    return Decision((ValidationRuleDeleted(rule),))


def assign_rule(view: View, command: Command, body: AssignRule, now: Millis) -> Decision | Refusal:
    """Binds an object by a set, once."""
    if view.get(tables.RULES, body.rule_id) is None:
        return not_found("validation_rules", body.rule_id)
    bound = _find_bound(view, body)
    if bound is None:
        return not_found(body.related_object_type, body.related_object_id)
    if body.rule_id in bound.rule_ids:
        kind = body.related_object_type
        assigned = view.get(tables.ASSIGNED, kind, bound.id, body.rule_id)
        return _duplicate(assigned or body.rule_id)
    events = assign_rules(view, command, (body.rule_id,), bound, now)
    return events if isinstance(events, Refusal) else Decision(events)


def unassign_rule(view: View, _: Command, body: UnassignRule, __: Millis) -> Decision | Refusal:
    """The object is bound by the set no longer."""
    rule = view.get(tables.RULES, body.rule_id)
    if rule is None:
        return not_found("validation_rules", body.rule_id)
    assignment = view.get(tables.ASSIGNMENTS, body.rule_id, body.assignment_id)
    if assignment is None:
        return not_found("validation_rules_assignment", body.assignment_id)
    return Decision((RuleUnassigned(assignment, rule.assignments_count - 1),))


def _find_bound(view: View, body: AssignRule) -> Bound | None:
    """The object that is to be bound; of some kinds there are none here."""
    match body.related_object_type:
        case "voucher":
            return find_voucher(view, body.related_object_id)
        case "campaign":
            return find_campaign(view, body.related_object_id)
        case "promotion_tier":
            return view.get(tables.TIERS, body.related_object_id)
        case "earning_rule":
            return view.get(tables.EARNING_RULES, body.related_object_id)
        case "reward_assignment":
            return view.get(tables.REWARD_ASSIGNMENTS, body.related_object_id)
    return None


def _duplicate(assignment_id: str) -> Refusal:
    return refuse(
        "duplicate_found",
        f"Duplicated validation_rules_assignment exists with id {assignment_id}",
        resource_id=assignment_id,
        resource_type="validation_rules_assignment",
    )


def _check_rules(view: View, rule: ValidationRule) -> ValidationRule | Refusal:
    """The set with its logic and ids filled in, or what is wrong with it first."""
    try:
        rules = with_maps(msgspec.json.decode(rule.definition))
        bundle = None if rule.bundle is None else with_maps(msgspec.json.decode(rule.bundle))
    except (msgspec.DecodeError, RecursionError):
        return _invalid(Wrong(".rules", "has to be JSON of a bounded depth"))
    wrong = next(_wrong(rule, rules, bundle), None)
    if wrong is not None:
        return _invalid(wrong)
    definition = msgspec.json.encode(with_logic(rules)).decode()
    text = None if bundle is None else msgspec.json.encode(bundle).decode()
    items = structs.replace(
        rule.applicable_to,
        included=_with_ids(view, rule.applicable_to.included),
        excluded=_with_ids(view, rule.applicable_to.excluded),
    )
    return structs.replace(rule, definition=definition, bundle=text, applicable_to=items)


def _with_ids(view: View, entries: Iterable[ItemEntry]) -> tuple[ItemEntry, ...]:
    """The entries; one that is named by its source id alone gets the id that the catalogue has.

    What the catalogue does not know keeps its source id for an id: items are known by both.
    """
    return tuple(
        each if each.id else structs.replace(each, id=_id_of(view, each)) for each in entries
    )


def _id_of(view: View, entry: ItemEntry) -> str:
    source_id = entry.source_id or ""
    find = find_sku if entry.object == "sku" else find_product
    found = find(view, source_id)
    return source_id if found is None else found.id


def _wrong(rule: ValidationRule, rules: Any, bundle: Any) -> Iterator[Wrong]:
    if not 1 <= len(rule.name) <= ID_LENGTH_MAX:
        yield Wrong(".name", f"has to have 1 to {ID_LENGTH_MAX} characters")
    if rule.error_message is not None and len(rule.error_message) > MESSAGE_LENGTH_MAX:
        yield Wrong(".error.message", f"is longer than {MESSAGE_LENGTH_MAX} characters")
    yield from wrong_rules(rules)
    if rule.bundle is not None and len(rule.bundle) > DEFINITION_LENGTH_MAX:
        yield Wrong(".bundle_rules", f"is longer than {DEFINITION_LENGTH_MAX} characters")
    if bundle is not None:
        yield from wrong_bundle(bundle)
    yield from wrong_items(rule.applicable_to)


def _invalid(wrong: Wrong) -> Refusal:
    return refuse("invalid_validation_rules", f"Property `{wrong.path}` {wrong.reason}")


DECISIONS: Decisions = MappingProxyType(
    {
        CreateValidationRule: create_validation_rule,
        UpdateValidationRule: update_validation_rule,
        DeleteValidationRule: delete_validation_rule,
        AssignRule: assign_rule,
        UnassignRule: unassign_rule,
    }
)
