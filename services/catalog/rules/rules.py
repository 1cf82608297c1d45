"""The endpoints of validation rules and their assignments; their lists are read elsewhere."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.rules.body import rule_body
from engine.rules.describe import rule_fields_body
from fronts.query_string import flag_of, read_parameters, require_known
from fronts.writes import Writes
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, caller_of, management_router
from schemas.assignments import AssignRule, UnassignRule
from schemas.errors import not_found
from schemas.rules import (
    PRODUCT_LIMITS,
    ApplicableItems,
    CreateValidationRule,
    DeleteValidationRule,
    ItemEntry,
    ProductLimit,
    UpdateValidationRule,
    ValidationRule,
)
from services.catalog.reads import Reads
from services.catalog.rules.rule_bodies import (
    AssignmentBody,
    CreateRuleBody,
    ItemBody,
    ItemsBody,
    RuleTerms,
    UpdateRuleBody,
)
from services.catalog.terms.values import make_if_given

_RULE = "/v1/validation-rules/{rule:ident}"
_ASSIGNMENTS = _RULE + "/assignments"
#: Members that tell of an order, in answers only, and one that says nothing.
_PASSED_OVER = frozenset({"order_item_indices", "order_item_units", "strict"})
_FIELDS: Final = rule_fields_body()


def rule_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Validation rules: create, read, change, delete, assign."""
    router = management_router("validation rules")

    @router.post("/v1/validation-rules")
    async def create(request: Request, body: CreateRuleBody) -> Response:
        return await writes.write(request, "validation_rule.create", create_rule_command(body))

    @router.get("/v1/validation-rules/fields")
    async def fields(request: Request) -> Response:
        return writes.respond(request, 200, _FIELDS)

    @router.get(_RULE)
    async def get(request: Request, rule: Captured) -> Response:
        found = (await view_of(caller_of(request).project)).get(tables.RULES, rule)
        if found is None:
            raise ApiError(not_found("validation_rules", rule))
        return writes.respond(request, 200, rule_body(found))

    @router.put(_RULE)
    async def update(request: Request, rule: Captured, body: UpdateRuleBody) -> Response:
        return await writes.write(
            request, "validation_rule.update", update_rule_command(body, rule)
        )

    @router.delete(_RULE)
    async def delete(request: Request, rule: Captured) -> Response:
        return await writes.write(request, "validation_rule.delete", DeleteValidationRule(rule))

    @router.post(_ASSIGNMENTS)
    async def assign(request: Request, rule: Captured, body: AssignmentBody) -> Response:
        given = read_parameters(request.query_params.multi_items())
        require_known(given, frozenset({"force"}))
        flag_of(given, "force")  # official clients send it; nothing here would need it
        kind = body.related_object_type or "voucher"
        command = AssignRule(rule, body.related_object_id, kind)
        return await writes.write(request, "validation_rule.assign", command)

    @router.delete(_ASSIGNMENTS + "/{assignment:ident}")
    async def unassign(request: Request, rule: Captured, assignment: Captured) -> Response:
        command = UnassignRule(rule, assignment)
        return await writes.write(request, "validation_rule.unassign", command)

    return router


def create_rule_command(body: CreateRuleBody) -> CreateValidationRule:
    """The command that creates a set of rules."""
    return rule_command(body, body.name)


def rule_command(body: RuleTerms, name: str) -> CreateValidationRule:
    """The command that creates a set with these terms under a name."""
    rule = ValidationRule(
        id="",
        name=name,
        created_at=0,
        definition=_json(body.rules or {}, "rules"),
        applicable_to=make_if_given(items_of, body.applicable_to) or ApplicableItems(),
        bundle=make_if_given(_bundle, body.bundle_rules),
        error_message=make_if_given(lambda error: error.message or None, body.error),
        type=body.type or "expression",
        context_type=body.context_type or "global",
    )
    return CreateValidationRule(rule)


def update_rule_command(body: UpdateRuleBody, rule: str) -> UpdateValidationRule:
    """The command that sets what the body names; null is nothing, since official clients send it.

    What can be empty is cleared by an empty object.
    """
    changes: dict[str, Any] = {
        name: getattr(body, name)
        for name in ("name", "type", "context_type")
        if getattr(body, name) is not None
    }
    if body.rules is not None:
        changes["definition"] = _json(body.rules, "rules")
    if body.bundle_rules is not None:
        changes["bundle"] = _bundle(body.bundle_rules)
    if body.error is not None:
        changes["error_message"] = body.error.message or None
    if body.applicable_to is not None:
        changes["applicable_to"] = items_of(body.applicable_to)
    return UpdateValidationRule(rule, msgspec.Raw(msgspec.json.encode(changes)))


def items_of(body: ItemsBody) -> ApplicableItems:
    """The items that a body describes."""
    return ApplicableItems(
        included=_entries(body.included or ()),
        excluded=_entries(body.excluded or ()),
        included_all=bool(body.included_all),
    )


def _entries(bodies: Iterable[ItemBody]) -> tuple[ItemEntry, ...]:
    return tuple(map(_entry, bodies))


def _entry(body: ItemBody) -> ItemEntry:
    given = body.model_dump(exclude_none=True)
    limits: list[ProductLimit] = []
    for name in PRODUCT_LIMITS:
        quantity, formula = given.pop(name, None), given.pop(f"{name}_formula", None)
        if quantity is not None or formula is not None:
            limits.append(ProductLimit(name, quantity, formula))
    kept = {name: value for name, value in given.items() if name not in _PASSED_OVER}
    return ItemEntry(**{"id": ""} | kept, product_limits=tuple(limits))


def _bundle(rules: dict[str, Any]) -> str | None:
    return _json(rules, "bundle_rules") if rules else None


def _json(rules: dict[str, Any], name: str) -> str:
    """The text that the core reads. Raises ApiError for what is too deep to be written."""
    try:
        return msgspec.json.encode(rules).decode()
    except RecursionError:
        raise invalid_payload(f"Property `.{name}` is too deep") from None
