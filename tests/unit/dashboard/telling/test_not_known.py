"""What could not be asked is never told as nothing."""

import pytest

from tests.unit.dashboard.kit import Browser, FakeApi

NOT_KNOWN = "This cannot be told at the moment. Look again in a while."
#: Path, what the API says of it, and what would be untrue then.
PAGES: tuple[tuple[str, dict[str, object], str], ...] = (
    ("/", {}, "Nothing was refused in this time"),
    ("/", {}, "No budget is used"),
    ("/", {}, "Nothing was redeemed yet"),
    ("/", {}, "No campaign begins or ends"),
    ("/customers/cust_1", {"/v1/customers/cust_1": {"id": "cust_1"}}, "It is in none"),
    ("/customers/cust_1", {"/v1/customers/cust_1": {"id": "cust_1"}}, "No code was given"),
    ("/segments/seg_1", {"/v1/segments/seg_1": {"id": "seg_1", "type": "static"}}, "Nobody is in"),
    (
        "/collections/pc_1",
        {"/v1/product-collections/pc_1": {"id": "pc_1", "type": "STATIC"}},
        "Nothing is in it",
    ),
    ("/vouchers/A", {"/v1/vouchers/A": {"id": "v_1", "code": "A"}}, "None bind it"),
    ("/orders/ord_1", {"/v1/orders/ord_1": {"id": "ord_1"}}, "Nothing happened yet"),
    (
        "/redemptions/r_1",
        {"/v1/redemptions/r_1": {"id": "r_1", "object": "redemption", "result": "SUCCESS"}},
        "Nothing happened yet",
    ),
)


@pytest.mark.parametrize(("path", "answers", "untrue"), PAGES)
def test_a_part_that_cannot_be_asked_says_so(
    path: str, answers: dict[str, object], untrue: str
) -> None:
    api = FakeApi()
    for each, body in answers.items():
        api.says("GET", each, body)
    page = Browser(api).get(path)
    assert page.status == 200
    assert NOT_KNOWN in page.root.text
    assert untrue not in page.root.text


def test_a_category_is_not_called_regular_where_the_stacking_rules_are_not_known() -> None:
    api = FakeApi()
    api.says("GET", "/v1/categories", {"data": [{"id": "cat_1", "name": "Staff"}]})
    page = Browser(api).get("/categories")
    assert "Staff" in page.root.text
    assert "Regular" not in page.root.text
