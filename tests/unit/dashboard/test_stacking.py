"""Stacking rules: the form, what saving would change, the defaults, a stack that is tried."""

from typing import Any

from engine.stacking_rules.body import stacking_rules_body
from schemas.stacking import StackingRules, StoredStackingRules
from services.dashboard.sections.stacking.terms import DEFAULTS
from tests.unit.dashboard.forms import fields_of
from tests.unit.dashboard.kit import Browser, FakeApi, me_with

RULES = "/management/v1/projects/proj_1/stacking-rules"
STORED = stacking_rules_body(StoredStackingRules("str_1", StackingRules(), 0)) | {
    "exclusive_categories": ["cat_2", "cat_1"],
    "applicable_redeemables_category_limits": {"cat_1": 2},
}


def shop(stored: dict[str, Any] | None, *privileges: str) -> FakeApi:
    api = FakeApi(me_with(*privileges) if privileges else None)
    api.says("GET", RULES, {"data": [stored] if stored else []})
    named = [{"id": f"cat_{n}", "name": name} for n, name in ((1, "Goods"), (2, "<b>Basket</b>"))]
    api.says("GET", "/v1/categories", {"data": named})
    api.says("POST", RULES, STORED)
    api.says("PUT", f"{RULES}/str_1", STORED)
    api.says("DELETE", f"{RULES}/str_1", None, 204)
    return api


def test_the_defaults_are_those_of_the_engine() -> None:
    body = stacking_rules_body(StoredStackingRules("str_1", StackingRules(), 0))
    said = {name: list(each) if isinstance(each, tuple) else each for name, each in body.items()}
    assert {name: said[name] for name in DEFAULTS} == DEFAULTS
    assert set(said) - set(DEFAULTS) == {"id", "created_at"}


def test_saving_tells_first_what_changes_and_then_does_it() -> None:
    api = shop(STORED)
    browser = Browser(api)
    page = browser.get("/stacking-rules")
    form = fields_of(page) | {"redeemables_limit": ["10"], "stacking-cat_1": ["joint_categories"]}
    seen = browser.post("/stacking-rules", form, into="stacking")
    review = seen.find("section", id="review").text
    assert "Redeemables in a request 30 → 10" in review
    assert "Goods: goes together Exclusive → Joint" in review
    assert "Basket" not in review
    assert not api.asked_for("PUT", f"{RULES}/str_1")
    answer = browser.post("/stacking-rules", fields_of(seen) | {"apply": ["1"]}, into="stacking")
    assert answer.headers["hx-redirect"] == "/stacking-rules"
    sent = api.sent("PUT", f"{RULES}/str_1")
    assert sent["redeemables_limit"] == 10
    assert (sent["exclusive_categories"], sent["joint_categories"]) == (["cat_2"], ["cat_1"])
    assert sent["applicable_redeemables_category_limits"] == {"cat_1": 2}


def test_what_was_changed_after_it_was_told_is_told_again() -> None:
    browser = Browser(shop(STORED))
    form = fields_of(browser.get("/stacking-rules")) | {"redeemables_limit": ["10"]}
    seen = browser.post("/stacking-rules", form, into="stacking")
    form = fields_of(seen) | {"apply": ["1"], "redeemables_limit": ["11"]}
    again = browser.post("/stacking-rules", form, into="stacking")
    assert "30 → 11" in again.find("section", id="review").text
    assert not browser.api.asked_for("PUT", f"{RULES}/str_1")


def test_what_is_not_changed_changes_nothing() -> None:
    browser = Browser(shop(STORED))
    seen = browser.post(
        "/stacking-rules", fields_of(browser.get("/stacking-rules")), into="stacking"
    )
    assert "Nothing would change" in seen.text


def test_a_project_without_rules_gets_some() -> None:
    api = shop(None)
    browser = Browser(api)
    page = browser.get("/stacking-rules")
    assert "The defaults hold" in page.text
    assert not page.find_all("dialog", id="reset")
    form = fields_of(page) | {"redeemables_application_mode": ["PARTIAL"]}
    seen = browser.post("/stacking-rules", form, into="stacking")
    browser.post("/stacking-rules", fields_of(seen) | {"apply": ["1"]}, into="stacking")
    assert api.sent("POST", RULES)["redeemables_application_mode"] == "PARTIAL"


def test_a_limit_that_the_api_refuses_stands_at_its_field() -> None:
    api = shop(STORED)
    said = "Property `.redeemables_limit` has to be a number from 1 to 30"
    api.refuses("PUT", f"{RULES}/str_1", details=said)
    browser = Browser(api)
    form = fields_of(browser.get("/stacking-rules")) | {"redeemables_limit": ["99"]}
    seen = browser.post("/stacking-rules", form, into="stacking")
    answer = browser.post("/stacking-rules", fields_of(seen) | {"apply": ["1"]}, into="stacking")
    assert answer.find("span", id="redeemables_limit-error").text == said
    assert answer.find("input", id="redeemables_limit")["value"] == "99"


def test_a_stack_is_tried_under_the_rules_of_the_form() -> None:
    api = shop(STORED)
    skipped = {"message": "Exclusion rules", "key": "exclusion_rules_not_met"}
    api.says(
        "POST",
        "/v1/stacking-rules/try",
        {
            "valid": True,
            "redeemables": [
                {"object": "voucher", "id": "<i>A</i>", "status": "APPLICABLE",
                 "order": {"applied_discount_amount": 500}},
                {"object": "voucher", "id": "B", "status": "SKIPPED", "result": {"details": skipped}},
            ],
            "order": {"total_discount_amount": 500, "total_amount": 1500},
        },
    )  # fmt: skip
    browser = Browser(api)
    form = fields_of(browser.get("/stacking-rules"))
    form |= {"try_vouchers": ["<i>A</i>", "B"], "try_amount": ["20"], "redeemables_limit": ["7"]}
    answer = browser.post("/stacking-rules/try-out", form, into="tried")
    sent = api.sent("POST", "/v1/stacking-rules/try")
    assert sent["stacking_rules"]["redeemables_limit"] == 7
    assert sent["redeemables"] == [{"object": "voucher", "id": each} for each in ("<i>A</i>", "B")]
    assert sent["cart"] == {"order": {"amount": 2000}}
    first, second = answer.find_all("li")
    assert "Applies" in first.text
    assert "€5.00" in first.text
    assert "Exclusion rules" in second.text
    assert "€15.00" in answer.text


def test_a_stack_is_told_in_the_order_in_which_it_applies() -> None:
    api = shop(STORED)
    rows = [
        {"object": "voucher", "id": code, "status": "APPLICABLE", "order": {"total_amount": left}}
        for code, left in (("LAST", 700), ("FIRST", 900))
    ]
    api.says("POST", "/v1/stacking-rules/try", {"valid": True, "redeemables": rows})
    browser = Browser(api)
    form = fields_of(browser.get("/stacking-rules")) | {"try_vouchers": ["LAST", "FIRST"]}
    answer = browser.post("/stacking-rules/try-out", form, into="tried")
    assert ["FIRST" in each.text for each in answer.find_all("li")] == [True, False]


def test_the_rules_are_taken_back_to_the_defaults() -> None:
    api = shop(STORED)
    Browser(api).post("/stacking-rules/reset", into="x")
    assert api.asked_for("DELETE", f"{RULES}/str_1")


def test_who_may_only_look_cannot_save() -> None:
    page = Browser(shop(STORED, "project.read", "categories.read")).get("/stacking-rules")
    assert "Review and save" not in page.text
    assert not page.find_all("dialog", id="reset")
