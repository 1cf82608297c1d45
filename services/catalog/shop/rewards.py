"""The endpoints of rewards: of the kinds that the API knows, paying with points."""

from collections.abc import Callable
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.kernel.zones import zone_of
from engine.rewards.body import reward_body
from engine.rules.operators import number_in
from fronts.fields import Body, Short, Shown, Unserved
from fronts.query_string import read_parameters, text_of
from fronts.selection import Selection, select_page
from fronts.writes import Writes
from runtime.base.clock import clock_ms
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import Millis
from schemas.errors import not_found
from schemas.rewards import CreateReward, DeleteReward, Reward, UpdateReward
from services.catalog.reads import Reads

#: How long a ratio is written at most.
DIGITS_MAX: Final = 30


def _ratio(value: Any) -> Decimal:
    """The contract takes texts and shows numbers."""
    found = number_in(value)
    if found is None or len(str(value)) > DIGITS_MAX:
        raise ValueError(f"a number of at most {DIGITS_MAX} digits is wanted")
    return Decimal(str(found))


def _points(value: Any) -> int:
    found = _ratio(value)
    if found != int(found):
        raise ValueError("a whole number is wanted")
    return int(found)


class CoinBody(Body):
    """So many points are worth so much of the currency."""

    exchange_ratio: Annotated[Decimal, BeforeValidator(_ratio)]
    points_ratio: Annotated[int, BeforeValidator(_points)] | None = None


class ParametersBody(Body):
    """What the reward is; `campaign` and `product` are kinds that are not served."""

    coin: CoinBody | None = None
    campaign: dict[str, Any] | None = None
    product: dict[str, Any] | None = None


class RewardTerms(Body):
    """What creating and updating a reward have in common."""

    name: Short | None = None
    type: Literal["CAMPAIGN", "COIN", "MATERIAL"] | None = None
    metadata: dict[str, Any] | None = None
    attributes: Unserved = None


class CreateRewardBody(RewardTerms):
    """A new reward."""

    parameters: ParametersBody
    stock: Unserved = None


class UpdateRewardBody(RewardTerms):
    """Changes of a reward; only what is named changes."""

    parameters: ParametersBody | None = None
    id: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
    stock: Shown = None
    redeemed: Shown = None
    object: Literal["reward"] | None = None


_SELECTION: Final[Selection[Reward]] = Selection(
    texts=MappingProxyType({"id": lambda each: each.id, "name": lambda each: each.name}),
    times=MappingProxyType({"created_at": lambda each: each.created_at}),
    orders=MappingProxyType({"created_at": lambda each: each.created_at}),
    id_of=lambda each: each.id,
    more=frozenset({"assignment_id"}),
)


def reward_router(
    writes: Writes, view_of: Reads, clock: Callable[[], Millis] = clock_ms
) -> APIRouter:
    """Rewards: create, list, read, change, delete."""
    router = management_router("rewards")

    @router.get("/v1/rewards")
    async def list_rewards(request: Request) -> Response:
        view = await view_of(caller_of(request).project)
        given = read_parameters(request.query_params.multi_items(), zone_of(view))
        # rewards of this kind are assigned to nothing
        assigned = text_of(given, "assignment_id") is not None
        rewards = () if assigned else view.scan(tables.REWARDS)
        found = select_page(_SELECTION, rewards, given, clock())
        return writes.respond(request, 200, found.body(reward_body))

    @router.post("/v1/rewards")
    async def create(request: Request, body: CreateRewardBody) -> Response:
        coin = coin_of(body.parameters, body.type)
        reward = Reward(
            id="",
            name=body.name or "",
            created_at=0,
            exchange_ratio=coin.exchange_ratio,
            points_ratio=1 if coin.points_ratio is None else coin.points_ratio,
            metadata=body.metadata or {},
        )
        return await writes.write(request, "reward.create", CreateReward(reward))

    @router.get("/v1/rewards/{reward:ident}")
    async def get(request: Request, reward: Captured) -> Response:
        found = (await view_of(caller_of(request).project)).get(tables.REWARDS, reward)
        if found is None:
            raise ApiError(not_found("reward", reward))
        return writes.respond(request, 200, reward_body(found))

    @router.put("/v1/rewards/{reward:ident}")
    async def update(request: Request, reward: Captured, body: UpdateRewardBody) -> Response:
        changes = {
            name: getattr(body, name)
            for name in ("name", "metadata")
            if getattr(body, name) is not None
        }
        if body.parameters is not None:
            coin = coin_of(body.parameters, body.type)
            changes |= coin.model_dump(exclude_none=True)
        command = UpdateReward(reward, msgspec.Raw(msgspec.json.encode(changes)))
        return await writes.write(request, "reward.update", command)

    @router.delete("/v1/rewards/{reward:ident}")
    async def delete(request: Request, reward: Captured) -> Response:
        return await writes.write(request, "reward.delete", DeleteReward(reward))

    return router


def coin_of(body: ParametersBody, kind: str | None) -> CoinBody:
    """How points pay. Raises ApiError for a reward of another kind."""
    for name in ("campaign", "product"):
        if getattr(body, name) is not None:
            raise invalid_payload(
                f"Property `.parameters.{name}`: only rewards of paying with points are served"
            )
    if kind not in (None, "COIN"):
        raise invalid_payload(f"Property `.type`: rewards of the type {kind} are not served")
    if body.coin is None:
        raise invalid_payload("Property `.parameters.coin` is required")
    return body.coin
