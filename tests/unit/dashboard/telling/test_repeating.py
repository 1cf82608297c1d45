"""What was redeemed or validated, asked once more; stacks; what followed a validation; who holds a session."""

from typing import Any

from tests.unit.dashboard.kit import Browser, FakeApi, me_with

ASK = "/v1/validations"
CART: dict[str, Any] = {
    "id": "ord_1",
    "amount": 6000,
    "initial_amount": 5000,
    "metadata": {"till": 3},
    "items": [
        {
            "object": "order_item",
            "id": "ordli_1",
            "product_id": "prod_1",
            "source_id": "mug",
            "quantity": 3,
            "initial_quantity": 2,
            "amount": 3750,
            "initial_amount": 2500,
            "price": 1250,
            "discount_amount": 1250,
            "product": {"id": "prod_1", "name": "Mug"},
        },
        {"source_id": "gift", "quantity": 1, "initial_quantity": 0, "price": 100},
        {
            "source_id": "cap",
            "related_object": "product",
            "quantity": 1,
            "product": {"name": "Cap", "price": 0},
        },
        {"source_id": "sticker", "quantity": 1, "price": 0, "metadata": {}},
    ],
}
ROW: dict[str, Any] = {
    "id": "r_1",
    "object": "redemption",
    "date": "2026-11-29T19:51:47.333Z",
    "result": "SUCCESS",
    "status": "SUCCEEDED",
    "customer_id": "cust_1",
    "metadata": {"shop": "Gdynia"},
    "order": CART,
    "voucher": {"code": "WELCOME"},
}
VALID = {
    "valid": True,
    "redeemables": [{"id": "WELCOME", "status": "APPLICABLE"}],
    "order": {"total_applied_discount_amount": 500, "total_amount": 4500},
}
REFUSED: dict[str, Any] = {
    "id": "WELCOME",
    "status": "INAPPLICABLE",
    "result": {
        "error": {
            "key": "quantity_exceeded",
            "message": "quantity exceeded",
            "explanation": {"reason": "Redemption quantity exceeded", "rule": "quantity"},
        }
    },
}
SKIPPED: dict[str, Any] = {
    "id": "promo_1",
    "status": "SKIPPED",
    "result": {
        "details": {"key": "preceding_validation_failed", "message": "Something failed before"}
    },
}
STACK = ROW | {
    "id": "r_0",
    "voucher": None,
    "related_redemptions": {"redemptions": [{"id": "r_1"}, {"id": "r_2"}]},
}
TIER = ROW | {
    "id": "r_2",
    "redemption": "r_0",
    "voucher": None,
    "promotion_tier": {"id": "promo_1", "name": "Spring sale"},
}


def shop(*privileges: str) -> FakeApi:
    api = FakeApi(me_with(*privileges) if privileges else None)
    for row in (ROW, STACK, TIER):
        api.says("GET", f"/v1/redemptions/{row['id']}", row)
    api.says("POST", ASK, VALID)
    return api


def test_a_redemption_is_asked_again_with_its_cart_as_it_was_before_discounts() -> None:
    api = shop()
    told = Browser(api).post("/redemptions/r_1/repeat", into="repeated")
    assert "It would work." in told.text
    assert "€5.00" in told.text
    assert api.sent("POST", ASK) == {
        "redeemables": [{"object": "voucher", "id": "WELCOME"}],
        "customer": {"id": "cust_1"},
        "metadata": {"shop": "Gdynia"},
        "order": {
            "amount": 5000,
            "metadata": {"till": 3},
            "items": [
                {
                    "product_id": "prod_1",
                    "source_id": "mug",
                    "quantity": 2,
                    "amount": 2500,
                    "price": 1250,
                },
                {
                    "source_id": "cap",
                    "related_object": "product",
                    "quantity": 1,
                    "product": {"name": "Cap", "price": 0},
                },
                {"source_id": "sticker", "quantity": 1, "price": 0},
            ],
        },
    }


def test_a_part_of_a_stack_is_asked_again_with_all_of_it() -> None:
    api = shop()
    api.says("POST", ASK, {"valid": False, "redeemables": [REFUSED, SKIPPED]})
    told = Browser(api).post("/redemptions/r_2/repeat", into="repeated")
    assert api.sent("POST", ASK)["redeemables"] == [
        {"object": "voucher", "id": "WELCOME"},
        {"object": "promotion_tier", "id": "promo_1"},
    ]
    assert told.texts("h3") == ["WELCOME is refused", "Spring sale is left out"]
    first, second = told.texts("div", class_="why")
    assert "Redemption quantity exceeded" in first
    assert "Something failed before" in second


def test_what_the_api_does_not_take_any_more_is_told_with_its_reason() -> None:
    api = shop()
    api.refuses("POST", ASK, 404, key="not_found", details="Cannot find customer cust_1")
    told = Browser(api).post("/redemptions/r_1/repeat", into="repeated")
    assert told.status == 200
    assert "Cannot find customer cust_1" in told.find("div", class_="why").text


def test_a_rollback_or_who_may_not_validate_has_nothing_to_ask() -> None:
    back = ROW | {"id": "rr_1", "object": "redemption_rollback", "redemption": "r_1"}
    api = shop()
    api.says("GET", "/v1/redemptions/rr_1", back)
    assert "Would it work now?" not in Browser(api).get("/redemptions/rr_1").text
    assert "Would it work now?" in Browser(api).get("/redemptions/r_1").text
    assert (
        "Would it work now?" not in Browser(shop("redemptions.read")).get("/redemptions/r_1").text
    )


def test_a_stack_names_what_was_redeemed_together_and_is_taken_back_whole() -> None:
    api = shop()
    young = {"date": "2999-01-01T00:00:00Z"}
    api.says("GET", "/v1/redemptions/r_0", STACK | young)
    api.says("POST", "/v1/redemptions/r_0/rollbacks", {})
    page = Browser(api).get("/redemptions/r_0")
    assert {"/redemptions/r_1", "/redemptions/r_2"} <= set(page.links)
    assert "All that was redeemed together" in page.find("dialog", id="roll-back").text
    assert Browser(api).post("/redemptions/r_0/rollback").status == 200
    assert api.asked_for("POST", "/v1/redemptions/r_0/rollbacks")


def test_what_was_taken_back_leads_to_its_rollback() -> None:
    api = shop()
    related = {"related_redemptions": {"rollbacks": [{"id": "rr_9"}]}, "status": "ROLLED_BACK"}
    api.says("GET", "/v1/redemptions/r_1", ROW | related)
    page = Browser(api).get("/redemptions/r_1")
    assert "Taken back by" in page.text
    assert "/redemptions/rr_9" in page.links


def test_details_give_their_link_to_be_copied() -> None:
    for into in ("", "drawer"):
        page = Browser(shop()).get("/redemptions/r_1", into=into)
        found = page.find("button", aria_label="Copy link")
        assert found["data-copy-link"] == "/redemptions/r_1"


KEPT: dict[str, Any] = {
    "id": "valid_1",
    "created_at": "2026-11-29T19:00:00.000Z",
    "result": "INVALID",
    "asked": ["WELCOME", "OTHER"],
    "session_key": "cart 7",
    "customer_id": "cust_1",
    "redeemables": [REFUSED, {"id": "OTHER", "status": "APPLICABLE", "order": {}}],
    "inapplicable_redeemables": [REFUSED],
    "request": {"redeemables": [{"object": "voucher", "id": "WELCOME"}], "session": {"key": "c"}},
}


def with_validation(api: FakeApi, **more: Any) -> FakeApi:
    api.says("GET", "/v1/validations/valid_1", KEPT | more)
    return api


def test_a_validation_shows_the_redemption_that_named_its_session_since() -> None:
    api = with_validation(shop())
    api.says("GET", "/v1/redemptions", {"redemptions": [ROW], "total": 1})
    page = Browser(api).get("/validations/valid_1")
    assert "/redemptions/r_1" in page.links
    (asked,) = api.asked_for("GET", "/v1/redemptions")
    assert asked.url.params["filters[session_key][conditions][$is]"] == "cart 7"
    assert asked.url.params["created_at[after]"] == KEPT["created_at"]
    api.says("GET", "/v1/redemptions", {"redemptions": [], "total": 0})
    page = Browser(api).get("/validations/valid_1")
    assert "Nothing was redeemed with its session since." in page.text


def test_a_validation_without_a_session_says_nothing_of_what_followed() -> None:
    api = with_validation(shop(), session_key=None)
    assert "What came of it" not in Browser(api).get("/validations/valid_1").text
    assert not api.asked_for("GET", "/v1/redemptions")


def test_a_validation_tells_applicable_and_refused_apart() -> None:
    page = Browser(with_validation(shop("validations.read"))).get("/validations/valid_1")
    (why,) = page.texts("div", class_="why")
    assert "Redemption quantity exceeded" in why
    assert [each.text for each in page.find_all("dt")].count("OTHER") == 1
    assert [each.text for each in page.find_all("dt")].count("WELCOME") == 0


def test_a_validation_is_asked_again_without_holding_anything() -> None:
    api = with_validation(shop())
    told = Browser(api).post("/validations/valid_1/repeat", into="repeated")
    assert "It would work." in told.text
    assert "session" not in api.sent("POST", ASK)


SESSION: dict[str, Any] = {
    "key": "cart 7",
    "locked_at": "2026-11-29T19:00:00.000Z",
    "holds": [{"voucher_id": "v_1", "code": "WELCOME", "quantity": 1}],
}


def test_a_session_tells_through_which_channel_it_is_held() -> None:
    api = shop()
    api.says("GET", "/v1/sessions", {"data": [SESSION, SESSION | {"key": "old"}]})
    kept = {"session_key": "cart 7", "created_at": SESSION["locked_at"], "channel": "CLIENT_API"}
    earlier = kept | {"created_at": "2026-11-28T19:00:00.000Z", "channel": "API"}
    api.says("GET", ASK, {"data": [kept, earlier]})
    rows = [each.text for each in Browser(api).get("/sessions").find_all("tr")[1:]]
    assert rows[0].endswith("Browser")
    assert rows[1].endswith("–")  # noqa: RUF001 - what stands for nothing
    (asked,) = api.asked_for("GET", ASK)
    name = "filters[session_key][conditions][$in]"
    assert (asked.url.params[f"{name}[0]"], asked.url.params[f"{name}[1]"]) == ("cart 7", "old")
    assert "Channel Browser" in Browser(api).get("/sessions/cart%207").root.text


def test_who_may_not_see_validations_sees_sessions_all_the_same() -> None:
    api = shop("sessions.read")
    api.says("GET", "/v1/sessions", {"data": [SESSION]})
    assert "WELCOME" in Browser(api).get("/sessions").text
    assert not api.asked_for("GET", ASK)
