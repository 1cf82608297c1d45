"""The endpoints of the earning rules of a program, and what an order would earn by them."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from engine.earning.body import earning_rule_body
from engine.earning.decide import find_rule
from engine.earning.members import rules_of
from engine.kernel.programs import find_program
from engine.kernel.zones import zone_of
from fronts.query_string import read_parameters
from fronts.selection import Selection, select_page
from fronts.writes import Writes
from runtime.base.clock import clock_ms
from runtime.http.errors import ApiError
from runtime.http.ignored import note_ignored
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import Millis
from schemas.earning import (
    EARNING_RULES_MAX,
    CreateEarningRules,
    DeleteEarningRule,
    DisableEarningRule,
    EarningRule,
    EarningRuleCreated,
    EnableEarningRule,
)
from schemas.errors import Refusal
from schemas.records import Answer, Decided
from services.catalog.dates import place_own_days
from services.catalog.loyalty.earning_bodies import (
    CreateRuleBody,
    UpdateRuleBody,
    new_rule_of,
    take_strange_terms,
    update_command,
)
from services.catalog.reads import Reads

_RULES: Final = "/v1/loyalties/{campaign:ident}/earning-rules"
_RULE: Final = _RULES + "/{rule:ident}"
_SELECTION: Final[Selection[EarningRule]] = Selection(
    texts=MappingProxyType({"id": lambda each: each.id, "event": lambda each: each.event}),
    times=MappingProxyType({"created_at": lambda each: each.created_at}),
    orders=MappingProxyType(
        {
            "created_at": lambda each: each.created_at,
            "updated_at": lambda each: each.updated_at or each.created_at,
        }
    ),
    id_of=lambda each: each.id,
)


def earning_rule_router(
    writes: Writes, view_of: Reads, clock: Callable[[], Millis] = clock_ms
) -> APIRouter:
    """Earning rules: add, list, read, change, switch, remove."""
    router = management_router("loyalties")

    @router.get(_RULES)
    async def of_program(request: Request, campaign: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        given = read_parameters(request.query_params.multi_items(), zone_of(view))
        program = find_program(view, campaign)
        if isinstance(program, Refusal):
            raise ApiError(program)
        found = select_page(_SELECTION, rules_of(view, program.id), given, clock())
        return writes.respond(request, 200, found.body(earning_rule_body))

    @router.post(_RULES)
    async def create(
        request: Request,
        campaign: Captured,
        body: Annotated[list[CreateRuleBody], Field(max_length=EARNING_RULES_MAX)],
    ) -> Response:
        placed = [await place_own_days(view_of, request, each) for each in body]
        for number, each in enumerate(placed):
            note_ignored(request, take_strange_terms(each.loyalty, (number, "loyalty")))
        if not placed:
            program = find_program(await view_of(caller_of(request).project), campaign)
            if isinstance(program, Refusal):
                raise ApiError(program)
            return writes.respond(request, 200, [])
        command = CreateEarningRules(campaign, tuple(map(new_rule_of, placed)))
        content = await request.body()
        return await writes.answer(request, "earning_rules.create", content, command, _all_rules)

    @router.get(_RULE)
    async def get(request: Request, campaign: Captured, rule: Captured) -> Response:
        found = find_rule(await view_of(caller_of(request).project), campaign, rule)
        if isinstance(found, Refusal):
            raise ApiError(found)
        return writes.respond(request, 200, earning_rule_body(found))

    @router.put(_RULE)
    async def update(
        request: Request, campaign: Captured, rule: Captured, body: UpdateRuleBody
    ) -> Response:
        placed = await place_own_days(view_of, request, body)
        if placed.loyalty is not None:
            note_ignored(request, take_strange_terms(placed.loyalty, ("loyalty",)))
        command = update_command(placed, campaign, rule)
        return await writes.write(request, "earning_rule.update", command)

    @router.delete(_RULE)
    async def delete(request: Request, campaign: Captured, rule: Captured) -> Response:
        command = DeleteEarningRule(campaign, rule)
        return await writes.write(request, "earning_rule.delete", command)

    @router.post(_RULE + "/enable")
    async def enable(request: Request, campaign: Captured, rule: Captured) -> Response:
        command = EnableEarningRule(campaign, rule)
        return await writes.write(request, "earning_rule.enable", command)

    @router.post(_RULE + "/disable")
    async def disable(request: Request, campaign: Captured, rule: Captured) -> Response:
        command = DisableEarningRule(campaign, rule)
        return await writes.write(request, "earning_rule.disable", command)

    return router


def _all_rules(record: Answer, _: dict[str, Any]) -> list[dict[str, Any]]:
    """All rules of the request, in its order."""
    events = record.events if isinstance(record, Decided) else ()
    made = [each.rule for each in events if isinstance(each, EarningRuleCreated)]
    return list(map(earning_rule_body, made))
