"""The endpoints of validations."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from starlette.routing import Route

from runtime.http.service import Part, Service
from services.validation.front import Validations
from services.validation.observations import Observations
from services.validation.promotions import Promotions
from services.validation.qualification import Qualifications
from services.validation.sessions import Sessions


def validation_service(
    validations: Validations, observations: Observations, qualifications: Qualifications
) -> Service:
    """The service, to be mounted in a host."""
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
            Route("/v1/validations", validations.validate, methods=["POST"]),
            Route("/client/v1/validations", validations.validate, methods=["POST"]),
            Route(
                "/v1/vouchers/{code:ident}/validate",
                validations.validate_voucher,
                methods=["POST"],
            ),
            Route("/v1/promotions/validation", promotions.validate, methods=["POST"]),
            Route(
                "/v1/promotions/tiers/{tier:ident}/validation",
                validations.validate_tier,
                methods=["POST"],
            ),
            Route("/v1/qualifications", qualifications.qualify, methods=["POST"]),
            Route("/client/v1/qualifications", qualifications.qualify, methods=["POST"]),
            Route("/v1/vouchers/qualification", qualifications.vouchers, methods=["POST"]),
            Route("/v1/campaigns/qualification", qualifications.campaigns, methods=["POST"]),
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
