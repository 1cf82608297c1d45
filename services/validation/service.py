"""The endpoints of validations."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from starlette.routing import Route
from starlette.types import ASGIApp

from runtime.http.service import Part, Service
from services.validation.as_of import serve_now, serve_only_now
from services.validation.front import Validations
from services.validation.observations import Observations
from services.validation.promotions import Promotions
from services.validation.qualification import Qualifications
from services.validation.sessions import Sessions


def validation_service(
    validations: Validations,
    observations: Observations,
    qualifications: Qualifications,
    past: ASGIApp,
) -> Service:
    """The service, to be mounted in a host; `past` is given what asks for another time than now."""
    promotions = Promotions(validations)
    sessions = Sessions(validations)

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        yield
        await observations.drain()

    def health() -> Mapping[str, Part]:
        return {"validations": Part("backlog is full") if observations.full else Part()}

    return Service(
        name="validation",
        routes=(
            Route("/v1/validations", serve_now(validations.validate, past), methods=["POST"]),
            Route("/client/v1/validations", serve_only_now(validations.validate), methods=["POST"]),
            Route(
                "/v1/vouchers/{code:ident}/validate",
                serve_now(validations.validate_voucher, past),
                methods=["POST"],
            ),
            Route(
                "/v1/promotions/validation", serve_now(promotions.validate, past), methods=["POST"]
            ),
            Route(
                "/v1/promotions/tiers/{tier:ident}/validation",
                serve_now(validations.validate_tier, past),
                methods=["POST"],
            ),
            Route("/v1/qualifications", serve_now(qualifications.qualify, past), methods=["POST"]),
            Route(
                "/client/v1/qualifications",
                serve_only_now(qualifications.qualify),
                methods=["POST"],
            ),
            Route(
                "/v1/vouchers/qualification",
                serve_now(qualifications.vouchers, past),
                methods=["POST"],
            ),
            Route(
                "/v1/campaigns/qualification",
                serve_now(qualifications.campaigns, past),
                methods=["POST"],
            ),
            Route("/client/v1/validate", validations.validate_query, methods=["GET"]),
            Route(
                "/v1/vouchers/{code:ident}/sessions/{session_key:ident}",
                validations.release,
                methods=["DELETE"],
            ),
            Route("/v1/sessions", sessions.list, methods=["GET"]),
            Route("/v1/sessions/{session_key:ident}", sessions.end, methods=["DELETE"]),
        ),
        lifespan=lifespan,
        health=health,
    )
