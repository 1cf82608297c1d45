"""The pages of vouchers: the list, one of them, why it would fail, what is done with it."""

from typing import Any

import pytest

from services.dashboard.sections.vouchers.actions import read_change
from tests.unit.dashboard.kit import EVERYTHING, Browser, FakeApi, me_with

HOSTILE = "<script>alert(1)</script>"
VOUCHER: dict[str, Any] = {
    "id": "v_1",
    "code": "GIFT-1",
    "campaign": HOSTILE,
    "campaign_id": "camp_1",
    "category": HOSTILE,
    "type": "GIFT_VOUCHER",
    "discount": None,
    "gift": {"amount": 5000, "balance": 4200},
    "active": True,
    "start_date": None,
    "expiration_date": None,
    "additional_info": HOSTILE,
    "metadata": {HOSTILE: HOSTILE},
    "holder_id": "cust_1",
    "created_at": "2026-01-15T09:30:00.000Z",
    "updated_at": None,
    "redemption": {"quantity": 10, "redeemed_quantity": 3, "redeemed_amount": 800},
    "publish": {"count": 1},
    "assets": {
        "qr": {"id": "a", "url": "/assets/qr/a"},
        "barcode": {"id": "b", "url": "/assets/barcode/b"},
    },
}


def voucher_with(**said: Any) -> dict[str, Any]:
    """The voucher with something else."""
    return VOUCHER | said


def api_with(voucher: dict[str, Any], *missing: str) -> FakeApi:
    """An API that has one voucher, asked by somebody without some privileges."""
    api = FakeApi(me_with(*(each for each in EVERYTHING if each not in missing)))
    api.says("GET", "/v1/vouchers", {"vouchers": [voucher], "total": 1})
    for name in (voucher["code"], voucher["id"]):
        api.says("GET", f"/v1/vouchers/{name}", voucher)
    api.says("GET", "/v1/customers", {"customers": [{"id": "cust_1", "name": "Ada Green"}]})
    api.says("GET", "/v1/customers/cust_1", {"id": "cust_1", "name": "Ada Green"})
    api.says("GET", "/v1/sessions", {"data": []})
    api.says("GET", "/v1/validation-rules-assignments", {"data": [{"rule_id": "val_1"}]})
    api.says("GET", "/v1/validation-rules", {"data": [{"id": "val_1", "name": HOSTILE}]})
    return api


def test_the_list_tells_what_a_voucher_gives_and_who_holds_it() -> None:
    page = Browser(api_with(VOUCHER)).get("/vouchers")
    row = page.find("tr", id="row-GIFT-1").text
    for said in ("GIFT-1", "Active", "Gift card", "€42.00 of €50.00", "3 / 10", "Ada Green"):
        assert said in row
    assert page.find_all("script", src="") == []
    assert "/vouchers?open=GIFT-1" in page.links


def test_filters_go_to_the_api_as_it_takes_them() -> None:
    api = api_with(VOUCHER)
    Browser(api).get(
        "/vouchers?f=active:is:disabled&f=gift.balance:less_than:12.50&f=metadata.a:is:b"
    )
    (asked,) = api.asked_for("GET", "/v1/vouchers")
    params = dict(asked.url.params)
    assert params["filters[active][conditions][$disabled]"] == "true"
    assert params["filters[gift.balance][conditions][$less_than]"] == "1250"
    assert params["filters[metadata.a][conditions][$is]"] == "b"


def test_details_escape_what_a_shop_wrote() -> None:
    page = Browser(api_with(VOUCHER)).get("/vouchers/GIFT-1")
    assert HOSTILE not in page.text
    assert "&lt;script&gt;" in page.text


def test_details_tell_the_balance_and_the_pictures() -> None:
    page = Browser(api_with(VOUCHER)).get("/vouchers/GIFT-1", into="drawer")
    assert any("Left €42.00" in each for each in page.texts("dl"))
    sources = [each["src"] for each in page.find_all("img")]
    assert sources == ["/vouchers/v_1/picture/qr", "/vouchers/v_1/picture/barcode"]


@pytest.mark.parametrize(
    ("privilege", "absent"),
    [
        ("vouchers.write", "voucher-disable"),
        ("publications.publish", "voucher-publish"),
        ("sessions.release", "voucher-release"),
        ("validations.validate", "Why would it fail now?"),
        ("rules.read", "Validation rules"),
    ],
)
def test_what_a_role_may_not_do_is_not_shown(privilege: str, absent: str) -> None:
    held = {
        "data": [
            {
                "key": "cart-1",
                "expires_at": "2026-01-15T09:30:00.000Z",
                "holds": [{"voucher_id": "v_1", "quantity": 1, "credits": 100}],
            }
        ]
    }
    full, less = api_with(VOUCHER), api_with(VOUCHER, privilege)
    for api in (full, less):
        api.says("GET", "/v1/sessions", held)
    assert absent in Browser(full).get("/vouchers/GIFT-1").text
    content = Browser(less).get("/vouchers/GIFT-1", into="drawer").text
    assert absent not in content


def test_a_refused_trial_tells_the_reason_the_rule_and_both_values() -> None:
    api = api_with(VOUCHER)
    violation = {
        "validation_rule_id": "val_1",
        "name": "order.amount",
        "number": "1",
        "conditions": {"$more_than": [20000]},
        "value": 10000,
    }
    explanation = {
        "reason": "Order does not match validation rules",
        "rule": "validation_rules",
        "violations": [violation],
    }
    error = {"key": "order_rules_violated", "message": "No", "explanation": explanation}
    api.says(
        "POST",
        "/v1/validations",
        {
            "valid": False,
            "inapplicable_redeemables": [{"status": "INAPPLICABLE", "result": {"error": error}}],
        },
    )
    page = Browser(api).post(
        "/vouchers/v_1/try", {"try_amount": "100", "try_customer": "cust_1"}, into="tried"
    )
    sent = api.sent("POST", "/v1/validations")
    assert sent["order"] == {"amount": 10000}
    assert sent["customer"] == {"id": "cust_1"}
    for said in ("Order does not match", "order.amount (rule 1)", "more than €200.00", "€100.00"):
        assert said in page.root.text


@pytest.mark.parametrize("pieces", ["some", "9" * 5_000])
def test_pieces_that_are_no_number_are_told_and_nothing_is_tried(pieces: str) -> None:
    api = api_with(VOUCHER)
    cart = {"try_line": "0", "try_item-0": "product:prod_1", "try_quantity-0": pieces}
    page = Browser(api).post("/vouchers/v_1/try", cart, into="tried")
    assert "is no number of pieces" in page.text
    assert not api.asked_for("POST", "/v1/validations")


def test_a_changed_balance_is_told() -> None:
    api = api_with(VOUCHER)
    api.says("POST", "/v1/vouchers/GIFT-1/balance", {"balance": 3200})
    form = {"balance_way": "take", "balance_amount": "10", "reason": "sent back"}
    page = Browser(api).post("/vouchers/v_1/balance", form, into="drawer")
    assert api.sent("POST", "/v1/vouchers/GIFT-1/balance") == {
        "amount": -1000,
        "reason": "sent back",
    }
    assert "€32.00 is on it now" in page.text


@pytest.mark.parametrize(
    ("way", "typed", "is_gift", "change"),
    [
        ("add", "10", True, 1000),
        ("take", "0.5", True, -50),
        ("add", "10", False, 10),
        ("add", "1.5", False, None),
        ("add", "-3", True, None),
        ("add", "", True, None),
    ],
)
def test_an_amount_is_read_as_money_or_points(
    way: str, typed: str, is_gift: bool, change: int | None
) -> None:
    assert read_change(way, typed, is_gift) == change


def test_history_shows_what_may_be_seen() -> None:
    api = api_with(VOUCHER, "audit.read")
    api.says("GET", "/v1/vouchers/GIFT-1/redemptions", {"redemptions": []})
    api.says(
        "GET",
        "/v1/vouchers/GIFT-1/transactions",
        {
            "data": [
                {
                    "type": "CREDITS_ADDITION",
                    "reason": HOSTILE,
                    "created_at": "2026-01-15T09:30:00.000Z",
                    "details": {"balance": {"amount": 2500, "balance": 12500}},
                }
            ]
        },
    )
    page = Browser(api).get("/vouchers/v_1/history", into="history")
    assert "Nobody has tried to redeem it yet." in page.text
    assert "€25.00" in page.text
    assert HOSTILE not in page.text
    assert "Changes" not in page.text


def test_history_tells_by_name_who_switched_it_off() -> None:
    api = api_with(VOUCHER)
    calls = [{"key_id": "user_2"}]
    change = {"action": "disabled", "api_calls": calls, "changes": [{"path": "active"}]}
    api.says("GET", "/v1/audit/changes", {"data": [change]})
    callers = {"data": [{"id": "user_2", "kind": "user", "name": "Bea"}]}
    api.says("GET", "/management/v1/projects/proj_1/callers", callers)
    page = Browser(api).get("/vouchers/v_1/history", into="history")
    entry = page.find("ol", class_="timeline").find_all("li")[0]
    assert entry.text.startswith("Disabled by Bea")
    assert not page.find_all("dl", class_="diff")
    assert "/changes?f=entity:is:v_1" in page.links


@pytest.mark.parametrize(
    ("campaign", "said"),
    [
        ({}, "Active"),
        ({"active": False}, "Campaign is off"),
        ({"expiration_date": "2020-01-01T00:00:00Z"}, "Campaign is over"),
        ({"start_date": "2999-01-01T00:00:00Z"}, "Scheduled"),
    ],
)
def test_a_list_calls_no_code_of_a_campaign_that_is_off_active(
    campaign: dict[str, Any], said: str
) -> None:
    row = {"id": "v_1", "code": "A", "campaign_id": "camp_1", "campaign": "Sale"}
    api = FakeApi()
    api.says("GET", "/v1/vouchers", {"vouchers": [row], "total": 1})
    known = {"id": "camp_1", "name": "Sale"} | campaign
    api.says("GET", "/v1/campaigns", {"campaigns": [known]})
    assert said in Browser(api).get("/vouchers").texts("span", class_="badge")


@pytest.mark.parametrize(
    ("campaign", "said"),
    [
        ({"active": False}, ["Campaign off"]),
        ({"expiration_date": "2020-01-01T00:00:00Z"}, ["Campaign expired"]),
        ({"active": True}, []),
    ],
)
def test_a_voucher_tells_that_its_campaign_does_not_run(
    campaign: dict[str, Any], said: list[str]
) -> None:
    api = api_with(VOUCHER)
    api.says("GET", "/v1/campaigns/camp_1", {"id": "camp_1"} | campaign)
    badges = Browser(api).get("/vouchers/GIFT-1").texts("span", class_="badge")
    assert [each for each in badges if each.startswith("Campaign")] == said
