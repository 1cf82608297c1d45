"""What a browser may ask of the catalog: being given a voucher, and which promotions there are."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from runtime.http.routing import management_router
from runtime.http.writes import Writes
from runtime.query_string import flag_of, page_of, read_parameters, require_known, text_of
from services.catalog.publications import CampaignChoice, Publications, PublishBody

_TIERS_PARAMETERS = frozenset({"is_available", "limit", "page", "order"})
_TIERS_ORDERS = frozenset({"created_at", "updated_at"})


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

    @router.get("/client/v1/promotions/tiers")
    async def promotion_tiers(request: Request) -> Response:
        """Promotions are not built, so no project has one; the list is the contract's empty one."""
        given = read_parameters(request.query_params.multi_items())
        require_known(given, _TIERS_PARAMETERS)
        page_of(given, _TIERS_ORDERS)
        flag_of(given, "is_available")
        body = {"object": "list", "data_ref": "tiers", "tiers": [], "total": 0, "has_more": False}
        return writes.respond(request, 200, body)

    return router
