"""What a browser may ask of the catalog: being given a voucher."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from fronts.query_string import flag_of, read_parameters, require_known, text_of
from fronts.writes import Writes
from runtime.http.routing import management_router
from services.catalog.vouchers.publications import CampaignChoice, Publications, PublishBody


def client_router(writes: Writes) -> APIRouter:
    """The client-side twins that no other feature has beside its server-side endpoints."""
    router = management_router("client-side")
    publications = Publications(writes)

    @router.post("/client/v1/publish")
    async def publish(request: Request, body: PublishBody) -> Response:
        given = read_parameters(request.query_params.multi_items())
        require_known(given, frozenset({"join_once", "campaign"}))
        # An older official client names the campaign in the query.
        campaign = text_of(given, "campaign")
        if campaign is not None and body.campaign is None and body.voucher is None:
            body = body.model_copy(update={"campaign": CampaignChoice(name=campaign)})
        return await publications.answer(request, body, join_once=flag_of(given, "join_once"))

    return router
