"""The endpoints of rewards; which program offers them is in `services/catalog/loyalty/rewards.py`."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec
from fastapi import APIRouter
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.rewards.body import reward_body
from engine.rules.operators import number_in
from fronts.fields import Amount, Body, Count, Long, Short, Shown
from fronts.query_string import read_parameters, text_of
from fronts.selection import Selection, select_page
from fronts.writes import Writes
from runtime.base.clock import clock_ms
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import Millis
from schemas.errors import not_found
from schemas.rewards import (
    CreateReward,
    DeleteReward,
    Reward,
    RewardAttributes,
    RewardCampaign,
    RewardProduct,
    RewardType,
    UpdateReward,
)
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


class CampaignOfRewardBody(Body):
    """A code of a campaign, and what is added to it; the type is looked up."""

    id: Short
    balance: Count | None = None
    type: Shown = None


class ProductOfRewardBody(Body):
    """A product, or one of its SKUs."""

    id: Short
    sku_id: Short | None = None


class ParametersBody(Body):
    """What the reward is: one of the three."""

    coin: CoinBody | None = None
    campaign: CampaignOfRewardBody | None = None
    product: ProductOfRewardBody | None = None


class AttributesBody(Body):
    """How it is presented."""

    image_url: Long | None = None
    description: Long | None = None


class RewardTerms(Body):
    """What creating and updating a reward have in common."""

    name: Short | None = None
    type: Literal["CAMPAIGN", "COIN", "MATERIAL"] | None = None
    metadata: dict[str, Any] | None = None
    attributes: AttributesBody | None = None
    stock: Amount | None = None


class CreateRewardBody(RewardTerms):
    """A new reward."""

    parameters: ParametersBody


class UpdateRewardBody(RewardTerms):
    """Changes of a reward; only what is named changes."""

    parameters: ParametersBody | None = None
    id: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
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
        named = text_of(given, "assignment_id")
        rewards = view.scan(tables.REWARDS) if named is None else _assigned_by(view, named)
        found = select_page(_SELECTION, rewards, given, clock())
        return writes.respond(request, 200, found.body(reward_body))

    @router.post("/v1/rewards")
    async def create(request: Request, body: CreateRewardBody) -> Response:
        said = parameters_of(body.parameters, body.type)
        reward = Reward(
            id="",
            name=body.name or "",
            created_at=0,
            type=said.type,
            metadata=body.metadata or {},
            stock=body.stock,
            attributes=_attributes(body.attributes),
            **said.members,
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
            for name in ("name", "metadata", "type")
            if getattr(body, name) is not None
        }
        if body.attributes is not None:
            changes["attributes"] = _attributes(body.attributes)
        if "stock" in body.model_fields_set:
            changes["stock"] = body.stock
        if body.parameters is not None:
            changes |= parameters_of(body.parameters, body.type).members
        command = UpdateReward(reward, msgspec.Raw(msgspec.json.encode(changes)))
        return await writes.write(request, "reward.update", command)

    @router.delete("/v1/rewards/{reward:ident}")
    async def delete(request: Request, reward: Captured) -> Response:
        return await writes.write(request, "reward.delete", DeleteReward(reward))

    return router


class Parameters(NamedTuple):
    """What a reward is, as its members say."""

    type: RewardType
    members: dict[str, Any]


def parameters_of(body: ParametersBody, kind: str | None) -> Parameters:
    """What a reward is. Raises ApiError for none, for two, and for another type than is said."""
    said: dict[RewardType, Body | None] = {
        "COIN": body.coin,
        "CAMPAIGN": body.campaign,
        "MATERIAL": body.product,
    }
    given = {each: parameters for each, parameters in said.items() if parameters is not None}
    if len(given) != 1:
        raise invalid_payload("Property `.parameters`: one of coin, campaign, product is wanted")
    [(found, one)] = given.items()
    if kind not in (None, found):
        raise invalid_payload(f"Property `.type`: the parameters are those of {found}")
    if isinstance(one, CoinBody):
        return Parameters(found, one.model_dump(exclude_none=True))
    if isinstance(one, CampaignOfRewardBody):
        return Parameters(found, {"campaign": RewardCampaign(one.id, balance=one.balance)})
    assert isinstance(one, ProductOfRewardBody)
    return Parameters(found, {"product": RewardProduct(one.id, one.sku_id)})


def _attributes(body: AttributesBody | None) -> RewardAttributes | None:
    return None if body is None else RewardAttributes(body.image_url, body.description)


def _assigned_by(view: View, assignment_id: str) -> Iterator[Reward]:
    """The reward of that assignment, if there is one."""
    assignment = view.get(tables.REWARD_ASSIGNMENTS, assignment_id)
    found = None if assignment is None else view.get(tables.REWARDS, assignment.reward_id)
    if found is not None:
        yield found
