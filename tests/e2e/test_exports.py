"""Exports: asked for by the official client, made in the background, fetched by a link."""

import csv
import io
from typing import Any
from uuid import uuid4

import voucherify as sdk

from tests.contract.answers import client
from tests.e2e.plain import Plain, refused
from tests.e2e.shop import Shop, told
from tests.e2e.system import System, eventually


def made(plain: Plain, export_id: str) -> dict[str, Any]:
    """The export once its file is there."""

    def ended() -> dict[str, Any]:
        found: dict[str, Any] = plain.get(f"/v1/exports/{export_id}")
        assert found["status"] != "ERROR", found
        return found if found["status"] == "DONE" else {}

    return eventually(ended)


def fetched(url: str) -> list[dict[str, str]]:
    """The rows of a file, by nobody's key."""
    with client(patient=True) as browser:
        answer = browser.get(url)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="exp_')
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def exported(plain: Plain, kind: str, **parameters: Any) -> list[dict[str, str]]:
    """The rows of a new file."""
    body = {"exported_object": kind, "parameters": parameters}
    answer = plain.ask("POST", "/v1/exports", json=body)
    assert answer.status_code == 200, answer.text
    return fetched(made(plain, answer.json()["id"])["result"]["url"])


def is_(value: Any, operator: str = "$is") -> dict[str, Any]:
    return {"conditions": {operator: [value]}}


def test_the_official_client_exports_vouchers(shop: Shop, plain: Plain) -> None:
    season = uuid4().hex[:10]
    codes = [shop.discount(100 * n, metadata={"season": season, "n": n}).code for n in (1, 2, 3)]
    asked = sdk.ExportsCreateRequestBody.from_dict(
        {
            "exported_object": "voucher",
            "parameters": {
                "order": "created_at",
                "fields": ["code", "value"],
                "filters": {"code": {"conditions": {"$in": codes[:2]}}},
            },
        }
    )
    export = told(shop.exports.create_export, asked)
    assert (export.status, export.result) == ("SCHEDULED", None)
    assert export.id in {each.id for each in told(shop.exports.list_exports).exports}
    done = made(plain, export.id)
    assert done["progress"] == 100
    assert done["rows"] == 2
    token = done["result"]["url"].partition("token=")[2]
    text = shop.exports.download_export(export.id, token)
    assert text.split("\r\n") == ["code,value", f"{codes[0]},100", f"{codes[1]},200", ""]
    assert told(shop.exports.get_export, export.id).status == "DONE"
    told(shop.exports.delete_export, export.id)
    assert refused(plain.ask("GET", f"/v1/exports/{export.id}")) == (404, "not_found")
    with client(patient=True) as browser:
        assert refused(browser.get(done["result"]["url"])) == (404, "not_found")


def test_every_kind_of_object_is_exported(shop: Shop, plain: Plain) -> None:
    season, source = uuid4().hex[:10], f"=cmd|{uuid4().hex[:10]}"
    code = shop.percent(10, metadata={"season": season, "tags": ["a", "b"]}).code
    card = shop.gift(5000).code
    shop.redeem(code, customer={"source_id": source, "name": "-2+3", "metadata": {"k": "@x"}})
    shop.redeem(card)
    columns = ["code", "voucher_type", "value", "redemption_count", "metadata.season", "metadata"]
    by_season = {"metadata.season": is_(season)}
    (voucher,) = exported(plain, "voucher", fields=columns, filters=by_season)
    assert (voucher["code"], voucher["value"]) == (code, "10")
    assert voucher["redemption_count"] == "1"
    assert voucher["metadata.season"] == season
    assert voucher["metadata"] == f'{{"season":"{season}","tags":["a","b"]}}'
    whose = {"filters": {"customer": is_(source)}}
    columns = ["result", "voucher_code", "customer_source_id", "customer_name", "order_amount"]
    (redemption,) = exported(plain, "redemption", fields=columns, **whose)
    assert redemption["result"] == "SUCCESS"
    assert redemption["voucher_code"] == code
    # what a spreadsheet would run is a text
    assert redemption["customer_source_id"] == f"'{source}"
    assert redemption["customer_name"] == "'-2+3"
    columns = ["source_id", "redemptions_total_succeeded", "metadata.k"]
    filters = {"source_id": is_(source)}
    (customer,) = exported(plain, "customer", fields=columns, filters=filters)
    assert list(customer.values()) == [f"'{source}", "1", "'@x"]
    (order,) = exported(
        plain,
        "order",
        order="-created_at",
        filters={"customer_id": is_(plain.get(f"/v1/customers/{source}")["id"])},
    )
    assert order["status"] == "PAID"
    assert exported(plain, "points_expiration") == []
    assert exported(plain, "product", filters={"name": is_(season)}) == []
    assert exported(plain, "sku", filters={"sku": is_(season)}) == []
    assert exported(plain, "publication", filters={"customer": is_(source)}) == []
    export = told(shop.vouchers.export_voucher_transactions, card)
    (spent,) = fetched(made(plain, export.id)["result"]["url"])
    assert (spent["type"], spent["amount"]) == ("CREDITS_REDEMPTION", "-5000")
    assert spent["balance"] == "0"


def test_a_link_is_for_one_file_and_nothing_else(shop: Shop, plain: Plain) -> None:
    first, second = (told(shop.orders.create_order_export).id for _ in range(2))
    url = made(plain, first)["result"]["url"]
    made(plain, second)
    with client(patient=True) as browser:
        assert browser.get(url).status_code == 200
        assert refused(browser.get(url[:-3])) == (401, "unauthorized")
        assert refused(browser.get(url.replace(first, second))) == (401, "unauthorized")
        assert refused(browser.get(url.partition("?")[0])) == (401, "unauthorized")
        assert refused(browser.delete(url)) == (401, "unauthorized")
        assert refused(browser.get(url.replace("/exports/", "/vouchers/"))) == (401, "unauthorized")


def test_whoever_is_forgotten_is_in_no_file(shop: Shop, plain: Plain, system: System) -> None:
    source = f"gone-{uuid4().hex}"
    plain.ask("POST", "/v1/customers", json={"source_id": source, "name": "Ada"})
    export = plain.ask("POST", "/v1/exports", json={"exported_object": "customer"}).json()
    kept = plain.ask("POST", "/v1/exports", json={"exported_object": "order"}).json()
    url = made(plain, export["id"])["result"]["url"]
    made(plain, kept["id"])
    assert source in {each["source_id"] for each in fetched(url)}
    answer = plain.ask("POST", f"/v1/customers/{source}/permanent-deletion")
    assert answer.json()["status"] == "DONE"
    files = [path.read_text() for path in (system.home / "exports").rglob("*.*")]
    assert files
    assert not any(source in text for text in files)
    assert refused(plain.ask("GET", f"/v1/exports/{export['id']}")) == (404, "not_found")
    assert plain.get(f"/v1/exports/{kept['id']}")["status"] == "DONE"


def test_what_ended_is_told_with_a_link_until_somebody_read_it(plain: Plain) -> None:
    export = plain.ask("POST", "/v1/orders/export", json={}).json()["id"]
    made(plain, export)
    told = plain.get("/v1/notifications", type="export.done", limit=1)
    (newest,) = told["notifications"]
    assert newest["related_object"] == {"object": "export", "id": export}
    assert not newest["read"]
    assert told["unread"] >= 1
    fetched(newest["result"]["url"])
    body = {"ids": [newest["id"]]}
    assert plain.ask("POST", "/v1/notifications/read", json=body).status_code == 204
    again = plain.get("/v1/notifications", type="export.done", limit=1)
    assert again["notifications"][0]["read"]
    assert again["unread"] == told["unread"] - 1
    assert plain.ask("POST", "/v1/notifications/read", json={}).status_code == 204
    assert plain.get("/v1/notifications", read="false")["total"] == 0
