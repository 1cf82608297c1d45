"""What the shop's logs hold: calls of the API, what was sent to webhooks, exports and imports."""

from typing import Any, Literal

from schemas.base import DAY_MS
from schemas.observations import ApiCall, ApiCallsObserved
from schemas.webhooks import DeliveryAttempted
from tests.integration.dashboard_filters.seed import Seed
from tests.integration.dashboard_filters.shop import PROJECT
from tests.unit.services.ledger import START_MS


def _call(number: int, path: str, route: str, **more: Any) -> ApiCall:
    known: dict[str, Any] = {
        "method": "GET",
        "status": 200,
        "key_id": "app",
        "key_kind": "server",
        "origin": "API",
        "channel": "API",
    }
    return ApiCall(
        request_id=f"v-call-{number}",
        at=START_MS + number * 4 * DAY_MS,
        path=path,
        route=route,
        duration_us=number * 1500 + 700,
        **(known | more),
    )


async def calls(seed: Seed) -> None:
    """Calls that differ in all that is known of one."""
    ada = seed.ids["customer 0"]
    seed.shop.insight.world.called(
        ApiCallsObserved(
            PROJECT,
            (
                _call(0, "/v1/vouchers/SAVE-5", "/v1/vouchers/{id}"),
                _call(1, "/v1/vouchers", "/v1/vouchers", query="limit=5"),
                _call(2, f"/v1/customers/{ada}", "/v1/customers/{id}", status=404),
                _call(
                    3, "/v1/redemptions", "/v1/redemptions", method="POST", ignored=("shop", "x.y")
                ),
                _call(
                    4,
                    "/client/v1/validations",
                    "/client/v1/validations",
                    method="POST",
                    status=400,
                    key_id="client",
                    key_kind="client",
                    origin="https://shop.test",
                    channel="JS-SDK",
                    ignored=("shop",),
                ),
                _call(
                    5, "/v1/orders", "/v1/orders", key_kind="user", key_id="user_1", query="page=2"
                ),
                _call(6, "/v1/orders/1", "/v1/orders/{id}", method="PUT", status=503),
            ),
        )
    )


async def send_outs(seed: Seed) -> None:
    """Attempts to send webhooks."""
    tried: tuple[tuple[str, str, Literal["delivered", "failed", "dead"]], ...] = (
        ("wh_1", "voucher.created", "delivered"),
        ("wh_1", "voucher.created", "failed"),
        ("wh_2", "redemption.succeeded", "delivered"),
        ("wh_2", "redemption.failed", "dead"),
    )
    for number, (hook, event, result) in enumerate(tried):
        at = START_MS + number * 6 * DAY_MS
        seed.shop.insight.world.delivered(
            DeliveryAttempted(
                f"wd_{number}", PROJECT, hook, f"ev_{number}", event, 0, 0, 1, at, result, 12
            )
        )


async def work(seed: Seed) -> None:
    """An export, and an import in the background."""
    seed.on(15)
    await seed.make("/v1/exports", {"exported_object": "voucher"})
    seed.on(16)
    row = {
        "code": "IMPORTED",
        "type": "DISCOUNT_VOUCHER",
        "discount": {"type": "AMOUNT", "amount_off": 1},
    }
    await seed.ask("POST", "/v1/vouchers/import", [row])
