"""The endpoints that publish vouchers: with a body, and with everything in the query."""

from typing import Annotated, Any, Self

from fastapi import APIRouter
from pydantic import BeforeValidator, Field, ValidationError, model_validator
from starlette.requests import Request
from starlette.responses import Response

from fronts.fields import Body, Count, Short
from fronts.query_string import Given, flag_of, invalid_parameter, read_parameters, require_known
from fronts.writes import Writes
from runtime.http.errors import invalid_payload
from runtime.http.payload import NESTING_MAX, describe_pydantic
from runtime.http.routing import management_router
from schemas.blank import name_in
from schemas.publications import PublishVouchers
from services.catalog.people.customer_bodies import CustomerBody, customer_input

_PARAMETERS = frozenset(
    {"join_once", "voucher", "campaign", "source_id", "customer", "metadata", "channel"}
)


class CampaignChoice(Body):
    """A campaign by name or id, whichever of the two it stands in, and how many of its vouchers."""

    name: Short | None = None
    id: Short | None = None
    count: Annotated[Count, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if self.name is None and self.id is None:
            raise ValueError("its name or id is required")
        return self


def _choice(value: Any) -> Any:
    """An older official client sends a campaign's name alone."""
    return {"name": value} if isinstance(value, str) else value


class PublishBody(Body):
    """Who gets what: one voucher, or `count` of a campaign."""

    voucher: Short | None = None
    campaign: Annotated[CampaignChoice | None, BeforeValidator(_choice)] = None
    customer: CustomerBody
    source_id: Short | None = None
    channel: Short | None = None
    metadata: dict[str, Any] | None = None


class Publications:
    """The handlers, for server-side and for client-side paths."""

    def __init__(self, writes: Writes) -> None:
        self._writes = writes

    async def publish(self, request: Request, body: PublishBody) -> Response:
        """`POST /v1/publications` and its client-side twin."""
        given = read_parameters(request.query_params.multi_items())
        require_known(given, frozenset({"join_once"}))
        return await self.answer(request, body, join_once=flag_of(given, "join_once"))

    async def publish_by_query(self, request: Request) -> Response:
        """`GET /v1/publications/create`."""
        given = read_parameters(request.query_params.multi_items())
        require_known(given, _PARAMETERS)
        named = _nest_parameters([each for each in given if each.path[0] != "join_once"])
        count = named.get("campaign", {})
        if isinstance(count, dict) and str(count.get("count", "")).isdecimal():
            count["count"] = int(count["count"])
        try:
            body = PublishBody.model_validate(named)
        except ValidationError as error:
            raise invalid_payload(
                describe_pydantic([dict(each) for each in error.errors()])
            ) from None
        return await self.answer(request, body, join_once=flag_of(given, "join_once"))

    async def answer(self, request: Request, body: PublishBody, *, join_once: bool) -> Response:
        """Has the publication that a body asks for decided."""
        chosen = body.campaign
        customer = customer_input(body.customer)
        command = PublishVouchers(
            customer=customer,
            voucher=body.voucher or None,
            campaign=None if chosen is None else chosen.id or chosen.name or None,
            count=1 if chosen is None or chosen.count is None else chosen.count,
            join_once=join_once,
            source_id=name_in(body.source_id),
            channel=body.channel or "API",
            tracking_id=self._writes.tracking_id(customer),
            metadata=body.metadata or {},
        )
        return await self._writes.write(request, "publish", command)


def publication_router(writes: Writes) -> APIRouter:
    """Publications: create; lists are read elsewhere."""
    router = management_router("publications")
    publications = Publications(writes)
    router.add_api_route("/v1/publications", publications.publish, methods=["POST"])
    router.add_api_route("/v1/publications/create", publications.publish_by_query, methods=["GET"])
    return router


def _nest_parameters(given: list[Given]) -> dict[str, Any]:
    """Parameters such as `customer[metadata][city]` as the object that they spell."""
    found: dict[str, Any] = {}
    for each in given:
        if len(each.path) > NESTING_MAX:
            raise invalid_parameter(each.name, "is nested too deep")
        inner = found
        for word in each.path[:-1]:
            inner = inner.setdefault(word, {})
            if not isinstance(inner, dict):
                raise invalid_parameter(each.name, "is given with and without brackets")
        if each.path[-1] in inner:
            raise invalid_parameter(each.name, "is given more than once")
        inner[each.path[-1]] = each.value
    return found
