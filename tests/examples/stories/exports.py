"""Files of what a shop has, and what somebody is told of them."""

from typing import Any

from engine.kernel import tables
from schemas.expiry import ExpireDue
from schemas.exports import ReportExport
from tests.examples.telling import DAY, PROJECT, Shop


def _is(value: str) -> dict[str, Any]:
    return {"conditions": {"$is": [value]}}


async def exports(shop: Shop) -> None:
    """Files are asked for, made, deleted, over, and not made; somebody in one is forgotten."""
    # dates in filters are days of the project's zone, by which they are read later
    await shop.manage("PUT", "/proj", {"timezone": "Pacific/Auckland"})
    ann = {"source_id": "ann@example.com", "email": "ann@example.com", "name": "Ann Fischer"}
    await shop.post("/v1/customers", ann)
    parameters = {
        "fields": ["code", "metadata.season"],
        "order": "-created_at",
        "filters": {"code": _is("ONE"), "junction": "or"},
        "campaign_id": "Spring",
    }
    vouchers = await _asked(shop, "voucher", parameters)
    named = {"filters": {"email": _is("ann@example.com")}}
    people = await _asked(shop, "customer", named)
    again = await _asked(shop, "redemption", {"fields": ["customer_name"]})
    orders = await _asked(shop, "order", {})
    await _report(shop, vouchers, "IN_PROGRESS", 0, 500, 1200)
    await _report(shop, vouchers, "DONE", 0, 1200, 1200)
    await _report(shop, people, "DONE", 0, 1, 1)
    await _report(shop, again, "IN_PROGRESS", 0, 0, None)
    await shop.post("/v1/customers/ann@example.com/permanent-deletion")
    await _report(shop, again, "DONE", 1, 3, 3)
    await shop.send(ReportExport(orders, 0, "ERROR", fault="There is too little space on the disk"))
    await shop.post("/v1/notifications/read", {"ids": ["ntf_1"]}, status=204)
    await shop.post("/v1/notifications/read", {}, status=204)
    await shop.delete(f"/v1/exports/{again}")
    shop.wait(8 * DAY)
    await shop.send(ExpireDue())
    assert not list(shop.ledger.view(PROJECT).scan(tables.EXPORTS))


async def _asked(shop: Shop, kind: str, parameters: dict[str, Any]) -> str:
    body = {"exported_object": kind, "parameters": parameters}
    made = await shop.post("/v1/exports", body)
    return str(made["id"])


async def _report(
    shop: Shop, export_id: str, status: Any, attempt: int, written: int, total: int | None
) -> None:
    await shop.send(ReportExport(export_id, attempt, status, written, total))
