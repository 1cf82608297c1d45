"""The endpoints of loyalty programs: create, read, change, delete; as campaigns, whose list is read elsewhere."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from msgspec import structs
from pydantic import Field, StrictStr, model_validator
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.programs import find_program
from fronts.fields import Body
from fronts.query_string import flag_of, read_parameters, require_known
from fronts.writes import Writes
from runtime.http.errors import ApiError, request_id_of
from runtime.http.ignored import note_ignored, take_strange
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import ID_LENGTH_MAX
from schemas.campaigns import CopyProgram, DeleteCampaign
from schemas.errors import Refusal
from services.catalog.campaigns.campaign_bodies import (
    CampaignVoucherBody,
    CreateCampaignBody,
    UpdateCampaignBody,
)
from services.catalog.campaigns.campaigns import create_campaign_command, update_campaign_command
from services.catalog.campaigns.promotions import shown_campaign
from services.catalog.dates import place_own_days
from services.catalog.reads import Reads

_PROGRAM = "/v1/loyalties/{campaign:ident}"


class CreateProgramBody(CreateCampaignBody):
    """A new campaign, which is a loyalty program whether it says so or not."""

    campaign_type: Literal["LOYALTY_PROGRAM"]

    @model_validator(mode="before")
    @classmethod
    def _is_a_program(cls, given: Any) -> Any:
        if not isinstance(given, dict) or given.get("campaign_type") is not None:
            return given
        return given | {"campaign_type": "LOYALTY_PROGRAM"}


class CopyProgramBody(Body):
    """What the copy is called."""

    name: Annotated[StrictStr, Field(min_length=1, max_length=ID_LENGTH_MAX)]


def program_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Loyalty programs; any other campaign is not found here."""
    router = management_router("loyalties")

    @router.post("/v1/loyalties")
    async def create(request: Request, body: CreateProgramBody) -> Response:
        command = create_campaign_command(
            await place_own_days(view_of, request, body), request_id_of(request)
        )
        return await writes.write(request, "program.create", command)

    @router.get(_PROGRAM)
    async def get(request: Request, campaign: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        found = find_program(view, campaign)
        if isinstance(found, Refusal):
            raise ApiError(found)
        return writes.respond(request, 200, shown_campaign(view, found))

    @router.put(_PROGRAM)
    async def update(request: Request, campaign: Captured, body: UpdateCampaignBody) -> Response:
        note_ignored(request, take_strange(CampaignVoucherBody, body.voucher, ("voucher",)))
        asked = await place_own_days(view_of, request, body)
        command = update_campaign_command(asked, campaign, request_id_of(request))
        command = structs.replace(command, kind="LOYALTY_PROGRAM")
        return await writes.write(request, "program.update", command)

    @router.delete(_PROGRAM)
    async def delete(request: Request, campaign: Captured) -> Response:
        given = read_parameters(request.query_params.multi_items())
        require_known(given, frozenset({"force"}))
        force = flag_of(given, "force")
        command = DeleteCampaign(campaign, force, request_id_of(request), "LOYALTY_PROGRAM")
        answer = await writes.write(request, "program.delete", command)
        if answer.status_code == 202:
            # of a campaign the contract answers so, of a program with this
            answer.status_code = 200
        return answer

    @router.post(_PROGRAM + "/copy")
    async def copy(request: Request, campaign: Captured, body: CopyProgramBody) -> Response:
        return await writes.write(request, "program.copy", CopyProgram(campaign, body.name))

    return router
