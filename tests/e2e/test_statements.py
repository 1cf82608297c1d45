"""SQL for analysts through the front: what was answered a moment ago is in the views."""

from tests.e2e.plain import Plain
from tests.e2e.shop import Shop


def test_a_redemption_is_in_the_views_as_soon_as_it_was_answered(shop: Shop, plain: Plain) -> None:
    code = shop.discount(500).code
    redeemed = shop.redeem(code).redemptions[0].id
    statement = {
        "query": "SELECT r.id, v.code, r.discount FROM redemptions AS r "
        "JOIN vouchers AS v ON r.voucher_id = v.id WHERE v.code = {code:String}",
        "parameters": {"code": code},
    }
    answer = plain.ask("POST", "/v1/analytics/query", json=statement)
    assert answer.json()["rows"] == [[redeemed, code, 500]], answer.text
    csv = plain.ask("POST", "/v1/analytics/query", json=statement | {"format": "csv"})
    assert csv.text == f"id,code,discount\r\n{redeemed},{code},500\r\n"
    refused = plain.ask(
        "POST", "/v1/analytics/query", json={"query": "SELECT * FROM system.tables"}
    )
    assert refused.json()["key"] == "invalid_payload"
    assert "(line 1, column" in refused.json()["details"]
