"""The endpoints of redemptions."""

from starlette.routing import Route

from runtime.http.service import Service
from services.redemption.front import Redemptions


def redemption_service(redemptions: Redemptions) -> Service:
    """The front, to be mounted in a host. `GET /v1/redemptions` belongs to the audit."""
    return Service(
        name="redemption",
        routes=(
            Route("/v1/redemptions", redemptions.redeem, methods=["POST"]),
            Route("/client/v1/redemptions", redemptions.redeem, methods=["POST"]),
            Route(
                "/v1/vouchers/{code:ident}/redemption",
                redemptions.redeem_voucher,
                methods=["POST"],
            ),
            Route(
                "/v1/promotions/tiers/{tier:ident}/redemption",
                redemptions.redeem_tier,
                methods=["POST"],
            ),
            Route(
                "/v1/loyalties/members/{member:ident}/redemption",
                redemptions.redeem_member,
                methods=["POST"],
            ),
            Route(
                "/v1/loyalties/{campaign:ident}/members/{member:ident}/redemption",
                redemptions.redeem_member,
                methods=["POST"],
            ),
            Route("/client/v1/redeem", redemptions.redeem_query, methods=["POST"]),
            Route(
                "/v1/redemptions/{redemption_id:ident}/rollback",
                redemptions.roll_back,
                methods=["POST"],
            ),
            Route(
                "/v1/redemptions/{redemption_id:ident}/rollbacks",
                redemptions.roll_back_stack,
                methods=["POST"],
            ),
        ),
    )
