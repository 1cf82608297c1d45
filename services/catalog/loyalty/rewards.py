"""The endpoints of what loyalty programs offer for points: by the program, by the reward, by a member."""

from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.kernel.programs import find_member, find_program
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.qualification.member_rewards import MemberReward, member_rewards
from engine.rewards.body import assignment_body, reward_body
from engine.rewards.find import (
    assignments_of_program,
    assignments_of_reward,
    find_own_assignment,
)
from fronts.fields import Body, Count, Short
from fronts.query_string import flag_of, read_parameters, require_known, text_of
from fronts.selection import Selection, select_page
from fronts.writes import Writes
from runtime.base.clock import clock_ms
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import Millis
from schemas.errors import Refusal, not_found
from schemas.rewards import (
    REWARD_ASSIGNMENTS_MAX,
    AssignReward,
    AssignRewards,
    DeleteRewardAssignment,
    NewRewardAssignment,
    RewardAssignment,
    UpdateRewardAssignment,
)
from services.catalog.reads import Reads

_OF_REWARD: Final = "/v1/rewards/{reward:ident}/assignments"
_OF_PROGRAM: Final = "/v1/loyalties/{campaign:ident}/rewards"
_ASSIGNMENTS: Final = "/v1/loyalties/{campaign:ident}/reward-assignments"
_ONE: Final = "/{assignment:ident}"


class LoyaltyBody(Body):
    """What a reward costs."""

    points: Count | None = None
    auto_redeem: bool | None = None


class OfferParametersBody(Body):
    """The terms of an offer."""

    loyalty: LoyaltyBody | None = None


class UpdateOfferBody(Body):
    """Changes of an offer."""

    parameters: OfferParametersBody | None = None


class OfferBody(UpdateOfferBody):
    """A reward that is to be offered by the program that `campaign` names."""

    campaign: Short
    validation_rules: tuple[Short, ...] | None = None


class NamedOfferBody(UpdateOfferBody):
    """A reward that the program of the path is to offer."""

    reward: Short
    validation_rules: tuple[Short, ...] | None = None


_SELECTION: Final[Selection[RewardAssignment]] = Selection(
    texts=MappingProxyType({"id": lambda each: each.id, "reward_id": lambda each: each.reward_id}),
    times=MappingProxyType({"created_at": lambda each: each.created_at}),
    orders=MappingProxyType({"created_at": lambda each: each.created_at}),
    id_of=lambda each: each.id,
    # the two spellings of the contract
    more=frozenset({"assignment_id", "assignmentId"}),
)


class _Offers:
    """What both ways to an offer have in common."""

    def __init__(self, writes: Writes, view_of: Reads, clock: Callable[[], Millis]) -> None:
        self.writes = writes
        self._view_of = view_of
        self.clock = clock

    async def view(self, request: Request) -> View:
        """The state of the caller's project."""
        return await self._view_of(caller_of(request).project)

    def listed(self, request: Request, view: View, found: Iterable[RewardAssignment]) -> Response:
        """A page of offers."""
        given = read_parameters(request.query_params.multi_items(), zone_of(view))
        named = text_of(given, "assignment_id") or text_of(given, "assignmentId")
        wanted = (each for each in found if named in (None, each.id))
        page = select_page(_SELECTION, wanted, given, self.clock())
        return self.writes.respond(request, 200, page.body(assignment_body))

    def one(self, request: Request, found: RewardAssignment | None, named: str) -> Response:
        """An offer, if it is there."""
        if found is None:
            raise ApiError(not_found("reward_assignment", named))
        return self.writes.respond(request, 200, assignment_body(found))


def reward_assignment_router(
    writes: Writes, view_of: Reads, clock: Callable[[], Millis] = clock_ms
) -> APIRouter:
    """Offers by their reward: create, list, read, change, delete."""
    router, offers = management_router("rewards"), _Offers(writes, view_of, clock)

    @router.get(_OF_REWARD)
    async def list_assignments(request: Request, reward: Captured) -> Response:
        view = await offers.view(request)
        if view.get(tables.REWARDS, reward) is None:
            raise ApiError(not_found("reward", reward))
        return offers.listed(request, view, assignments_of_reward(view, reward))

    @router.post(_OF_REWARD)
    async def create(request: Request, reward: Captured, body: OfferBody) -> Response:
        wanted = _wanted(reward, body.parameters, body.validation_rules)
        command = AssignReward(body.campaign, wanted)
        return await writes.write(request, "reward.assign", command)

    @router.get(_OF_REWARD + _ONE)
    async def get(request: Request, reward: Captured, assignment: Captured) -> Response:
        view = await offers.view(request)
        found = find_own_assignment(view, assignment, reward_id=reward)
        return offers.one(request, found, assignment)

    @router.put(_OF_REWARD + _ONE)
    async def update(
        request: Request, reward: Captured, assignment: Captured, body: UpdateOfferBody
    ) -> Response:
        command = _update(assignment, body, reward_id=reward)
        return await writes.write(request, "reward.assignment.update", command)

    @router.delete(_OF_REWARD + _ONE)
    async def delete(request: Request, reward: Captured, assignment: Captured) -> Response:
        command = DeleteRewardAssignment(assignment, reward_id=reward)
        return await writes.write(request, "reward.assignment.delete", command)

    return router


def program_reward_router(
    writes: Writes, view_of: Reads, clock: Callable[[], Millis] = clock_ms
) -> APIRouter:
    """Offers by their program, under both spellings of the contract; and what a member may get."""
    router, offers = management_router("loyalties"), _Offers(writes, view_of, clock)

    @router.get("/v1/loyalties/members/{member:ident}/rewards")
    async def list_member_rewards(request: Request, member: Captured) -> Response:
        view = await offers.view(request)
        given = read_parameters(request.query_params.multi_items(), zone_of(view))
        require_known(given, frozenset({"affordable_only"}))
        card = find_member(view, member)
        if isinstance(card, Refusal):
            raise ApiError(card)
        only = flag_of(given, "affordable_only")
        rewards = list(member_rewards(view, card, clock(), affordable_only=only))
        data = list(map(_member_reward_body, rewards))
        shown = {"object": "list", "data_ref": "data", "data": data, "total": len(data)}
        return writes.respond(request, 200, shown)

    async def listing(request: Request, campaign: Captured) -> Response:
        view = await offers.view(request)
        return offers.listed(request, view, assignments_of_program(view, _program(view, campaign)))

    async def get(request: Request, campaign: Captured, assignment: Captured) -> Response:
        view = await offers.view(request)
        found = find_own_assignment(view, assignment, _program(view, campaign))
        return offers.one(request, found, assignment)

    for path in (_OF_PROGRAM, _ASSIGNMENTS):
        router.get(path)(listing)
        router.get(path + _ONE)(get)

    @router.get(_ASSIGNMENTS + _ONE + "/reward")
    async def get_reward(request: Request, campaign: Captured, assignment: Captured) -> Response:
        view = await offers.view(request)
        found = find_own_assignment(view, assignment, _program(view, campaign))
        reward = None if found is None else view.get(tables.REWARDS, found.reward_id)
        if reward is None:
            raise ApiError(not_found("reward_assignment", assignment))
        return writes.respond(request, 200, reward_body(reward))

    @router.post(_OF_PROGRAM)
    async def create(request: Request, campaign: Captured, body: list[NamedOfferBody]) -> Response:
        if not 1 <= len(body) <= REWARD_ASSIGNMENTS_MAX:
            raise invalid_payload(f"1 to {REWARD_ASSIGNMENTS_MAX} rewards are wanted")
        wanted = tuple(
            _wanted(each.reward, each.parameters, each.validation_rules) for each in body
        )
        return await writes.write(request, "rewards.assign", AssignRewards(campaign, wanted))

    @router.put(_OF_PROGRAM + _ONE)
    async def update(
        request: Request, campaign: Captured, assignment: Captured, body: UpdateOfferBody
    ) -> Response:
        command = _update(assignment, body, campaign=campaign)
        return await writes.write(request, "reward.assignment.update", command)

    @router.delete(_OF_PROGRAM + _ONE)
    async def delete(request: Request, campaign: Captured, assignment: Captured) -> Response:
        command = DeleteRewardAssignment(assignment, campaign=campaign)
        return await writes.write(request, "reward.assignment.delete", command)

    return router


def _wanted(
    reward: str, parameters: OfferParametersBody | None, rules: tuple[str, ...] | None
) -> NewRewardAssignment:
    loyalty = None if parameters is None else parameters.loyalty
    return NewRewardAssignment(
        reward,
        points=None if loyalty is None else loyalty.points,
        auto_redeem=None if loyalty is None else loyalty.auto_redeem,
        validation_rules=rules or (),
        priced=loyalty is not None,
    )


def _update(
    assignment: str,
    body: UpdateOfferBody,
    campaign: str | None = None,
    reward_id: str | None = None,
) -> UpdateRewardAssignment:
    loyalty = None if body.parameters is None else body.parameters.loyalty
    return UpdateRewardAssignment(
        assignment,
        campaign=campaign,
        reward_id=reward_id,
        points=None if loyalty is None else loyalty.points,
        auto_redeem=None if loyalty is None else loyalty.auto_redeem,
        priced=loyalty is not None,
    )


def _program(view: View, named: str) -> str:
    found = find_program(view, named)
    if isinstance(found, Refusal):
        raise ApiError(found)
    return found.id


def _member_reward_body(each: MemberReward) -> dict[str, Any]:
    return {
        "reward": reward_body(each.reward),
        "assignment": assignment_body(each.assignment),
        "object": "loyalty_reward",
    }
