"""Validation rules: the list, the builder, trying, what a set binds."""

import json
from pathlib import Path
from typing import Any

import pytest

import schemas
from engine.rules.describe import rule_fields_body
from tests.unit.dashboard.forms import fields_of
from tests.unit.dashboard.kit import Browser, FakeApi, Page, me_with

RULES: dict[str, Any] = {
    "1": {"name": "order.amount", "conditions": {"$more_than_or_equal": [5000]}},
    "2": {"name": "customer.segment", "conditions": {"$is": ["seg_1"]}},
    "logic": "1 and 2",
}
SET: dict[str, Any] = {
    "id": "val_1",
    "name": "<script>alert(1)</script>",
    "rules": RULES,
    "type": "expression",
    "context_type": "global",
    "applicable_to": None,
    "created_at": "2026-11-29T19:48:46.150Z",
    "object": "validation_rules",
    "assignments_count": 1,
}
BOUND = {
    "id": "asgm_1",
    "rule_id": "val_1",
    "related_object_id": "camp_1",
    "related_object_type": "campaign",
    "created_at": "2026-11-29T19:48:46.150Z",
}
HARD: list[dict[str, Any]] = [
    {},
    {"1": {"name": "order.amount", "conditions": {"$is": ["5000", 50.5]}}},
    {"1": {"name": "order_amount", "conditions": {"$more_than": [1], "$less_than": [900]}}},
    {
        "1": {"name": "order.metadata", "property": "k", "conditions": {"$is": ["true", True, ""]}},
        "2": {"name": "order.metadata", "property": "k", "conditions": {"$is": ["a\nb", " c ", 7]}},
        "3": {"name": "redemption.date", "conditions": {"$after": ["2026-11-29"]}},
        "4": {"name": "redemption.date", "conditions": {"$before": ["2026-11-29T10:00:30Z"]}},
        "logic": "1 AND not (2 or 3)",
    },
    {
        "1": {"name": "redemption.date", "conditions": {"$timeframe_daily_hours": ["18:00;20:00"]}},
        "2": {"name": "redemption.date", "conditions": {"$dow": [1, 2]}},
        "3": {"name": "customer.segment", "conditions": {"$is_not": [{"id": "seg_1", "x": 1}]}},
        "logic": "(1 and 2) or (1 and 3)",
    },
    {
        "7": {
            "name": "product.id",
            "conditions": {"$is": ["prod_1", {"source_id": "mug", "object": "product"}]},
            "rules": {
                "1": {"name": "product.quantity", "conditions": {"$more_than": [1]}},
                "2": {"name": "order.items.price", "conditions": {"$is": [100]}},
                "logic": "not 1",
            },
            "error": {"message": "Two mugs", "more": 1},
            "other": [1],
        },
        "8": {"name": "order.items.any", "error": "plain"},
        "logic": "8",
    },
]


def shop(*privileges: str) -> FakeApi:
    api = FakeApi(me_with(*privileges) if privileges else None)
    api.says("GET", "/v1/validation-rules/fields", rule_fields_body())
    api.says("GET", "/v1/validation-rules", {"data": [SET], "total": 1})
    api.says("GET", "/v1/validation-rules/val_1", SET)
    api.says("GET", "/v1/validation-rules/val_1/assignments", {"data": [BOUND], "total": 1})
    api.says("GET", "/v1/campaigns/camp_1", {"id": "camp_1", "name": "Spring"})
    api.says("GET", "/v1/redemptions", {"redemptions": [], "total": 12})
    api.says("GET", "/v1/segments", {"data": [{"id": "seg_1", "name": "Readers"}]})
    api.says("PUT", "/v1/validation-rules/val_1", SET)
    api.says("POST", "/v1/validation-rules", SET | {"id": "val_2"})
    return api


def press(browser: Browser, page: Page, do: str, **more: Any) -> Page:
    """What the builder shows after one of its buttons, or after fields were changed."""
    form = fields_of(page) | more | ({"do": [do]} if do else {})
    return browser.post("/validation-rules/edit", form, into="edited")


def saved(browser: Browser, page: Page, **more: Any) -> Any:
    """What is sent to the API when a new set is saved."""
    browser.post("/validation-rules/new", fields_of(page) | {"name": ["A"]} | more, into="edited")
    return browser.api.sent("POST", "/v1/validation-rules")


def examples() -> list[dict[str, Any]]:
    """The definitions of all sets in the examples of the ledger."""
    found: dict[str, None] = {}

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("definition"), str):
                found[value["definition"]] = None
            for each in value.values():
                look(each)
        elif isinstance(value, list):
            for each in value:
                look(each)

    for path in sorted((Path(schemas.__file__).parent / "examples").rglob("*.json")):
        look(json.loads(path.read_text()))
    return [json.loads(each) for each in found]


def test_the_list_says_the_rules_in_words() -> None:
    page = Browser(shop()).get("/validation-rules")
    row = page.find_all("tr")[1].text
    assert "Order amount before discounts is at least €50.00" in row
    assert "Customer segment is Readers" in row
    assert "<script>alert" not in page.text
    assert "/validation-rules/new" in page.links


def test_who_may_only_read_sees_nothing_to_change() -> None:
    page = Browser(shop("rules.read")).get("/validation-rules/val_1")
    assert not [each for each in page.links if each.endswith(("/edit", "/new"))]
    assert page.texts("button", command="show-modal") == [] or all(
        "Delete" not in each for each in page.texts("button", command="show-modal")
    )
    assert Browser(shop("rules.read")).get("/validation-rules/new").status == 403


def test_details_say_what_a_set_binds_and_how_often_it_refused() -> None:
    page = Browser(shop()).get("/validation-rules/val_1")
    assert "/campaigns/camp_1" in page.links
    assert "Spring" in page.text
    (refusals,) = (each for each in page.links if each.startswith("/redemptions?"))
    assert "validation_rule_id%3Ais%3Aval_1" in refusals
    assert "12, see which" in page.text
    assert "It binds one thing" in page.find("dialog", id="delete").text


@pytest.mark.parametrize("rules", [RULES, *HARD, *examples()])
def test_what_is_not_changed_is_saved_as_it_was(rules: dict[str, Any]) -> None:
    api = shop()
    api.says("GET", "/v1/validation-rules/val_1", SET | {"rules": rules})
    browser = Browser(api)
    page = browser.get("/validation-rules/val_1/edit")
    assert page.status == 200
    for _ in range(2):
        answer = browser.post("/validation-rules/val_1/edit", fields_of(page), into="edited")
        assert answer.headers["hx-redirect"] == "/validation-rules/val_1"
        assert json.loads(api.asked[-1].content)["rules"] == rules
        # and once more after the server has shown it anew
        page = press(browser, page, "")


def test_items_and_bundles_that_are_not_changed_are_saved_as_they_were() -> None:
    entry = {"object": "sku", "id": "sku_1", "source_id": "m", "price": 900, "repeat": 2}
    entry |= {"price_formula": 8, "effect": "APPLY_TO_CHEAPEST", "strict": False}
    entry |= {"target": "UNIT", "skip_initially": 0, "product_campaign_quantity_limit": 5}
    items = {"included": [entry], "excluded": [{"object": "product", "id": "prod_1"}]}
    quantity = {"name": "order.items.aggregated_quantity", "conditions": {"$is": [2]}}
    part = {"name": "order.items.any", "conditions": {"$is": [{"id": "p", "object": "product"}]}}
    bundle = {"1": part | {"rules": {"1": quantity}}, "limit": 3}
    api = shop()
    body = SET | {"applicable_to": items | {"included_all": True}, "bundle_rules": bundle}
    api.says("GET", "/v1/validation-rules/val_1", body)
    browser = Browser(api)
    page = browser.get("/validation-rules/val_1/edit")
    browser.post("/validation-rules/val_1/edit", fields_of(page), into="edited")
    sent = api.sent("PUT", "/v1/validation-rules/val_1")
    assert sent["applicable_to"] == items | {"included_all": True}
    assert sent["bundle_rules"] == bundle


def test_a_rule_is_added_filled_in_grouped_and_saved() -> None:
    browser = Browser(shop())
    page = browser.get("/validation-rules/new?template=minimum-amount")
    root = fields_of(page)["part"][1].split(":")[1]
    page = press(browser, page, f"group:{root}")
    (second,) = (each for each in fields_of(page)["part"][3:] if each.startswith("rule"))
    number = second.split(":")[1]
    page = press(browser, page, "", **{f"field-{number}": ["redemption.count.per_customer"]})
    page = press(browser, page, f"copy:{number}", **{f"op-{number}-0": ["$less_than"]})
    body = saved(browser, page, **{f"value-{number}-0": ["3"]})
    assert body["rules"]["1"]["conditions"] == {"$more_than_or_equal": [5000]}
    assert body["rules"]["2"] == {
        "name": "redemption.count.per_customer",
        "conditions": {"$less_than": [3]},
    }
    assert body["rules"]["logic"] == "1 and (2 or 3)"


def test_what_is_typed_before_the_page_follows_is_kept() -> None:
    browser = Browser(shop())
    page = browser.get("/validation-rules/new?template=minimum-amount")
    (number,) = (each[6:] for each in fields_of(page) if each.startswith("field-"))
    lines = {f"field-{number}": ["order.items.count"]}
    followed = press(browser, page, "", **lines)
    assert followed.find("input", id=f"value-{number}-0")["value"] == ""
    typed = press(browser, page, "", **lines, **{f"value-{number}-0": ["2"]})
    assert typed.find("input", id=f"value-{number}-0")["value"] == "2"


def test_rules_move_into_groups_and_out_of_them() -> None:
    rules = {str(n): {"name": "order.amount", "conditions": {"$is": [n]}} for n in (1, 2, 3)}
    api = shop()
    api.says(
        "GET", "/v1/validation-rules/val_1", SET | {"rules": rules | {"logic": "1 and (2 or 3)"}}
    )
    browser = Browser(api)
    page = browser.get("/validation-rules/val_1/edit")
    fields = fields_of(page)
    first = next(name for name in fields if name.startswith("number-"))
    number = first.removeprefix("number-")
    page = press(browser, page, f"down:{number}")
    assert fields_of(page)["logicshown-1"] == ["1 or 2 or 3"]
    page = press(browser, page, f"up:{number}")
    assert fields_of(page)["logicshown-1"] == ["1 and (2 or 3)"]
    page = press(browser, page, f"remove:{number}")
    assert fields_of(page)["logicshown-1"] == ["2 or 3"]


def test_the_logic_as_text_moves_the_rules() -> None:
    browser = Browser(shop())
    page = browser.get("/validation-rules/new?copy=val_1")
    page = press(browser, page, "", **{"logic-1": ["not (1 or 2)"]})
    assert "None of" in page.text
    assert saved(browser, page)["rules"] == RULES | {"logic": "not (1 or 2)"}


def test_a_logic_that_cannot_be_read_stays_as_it_was_typed() -> None:
    browser = Browser(shop())
    page = browser.get("/validation-rules/new?copy=val_1")
    for typed, why in (("1 and (", "cannot be read"), ("1 and 9", "There is no rule 9")):
        shown = press(browser, page, "", **{"logic-1": [typed]})
        assert shown.find("input", id="logic-1")["value"] == typed
        assert why in shown.find("div", class_="errors").text


def test_what_the_api_refuses_stands_at_the_rule() -> None:
    api = shop()
    said = "Property `.rules.2.conditions.$is` has to be a list of 1 to 1000 values"
    api.refuses("PUT", "/v1/validation-rules/val_1", details=said)
    browser = Browser(api)
    page = browser.get("/validation-rules/val_1/edit")
    answer = browser.post("/validation-rules/val_1/edit", fields_of(page), into="edited")
    assert answer.status == 200
    (bad,) = (
        each for each in answer.find_all("div", class_="rule") if "data-bad" in each.attributes
    )
    assert said in bad.text
    assert answer.find("a", href=f"#{bad['id']}").text == said


def test_a_set_needs_a_name() -> None:
    browser = Browser(shop())
    page = browser.get("/validation-rules/new")
    answer = browser.post("/validation-rules/new", fields_of(page), into="edited")
    assert "A name is needed" in answer.find("div", class_="errors").text
    assert browser.api.asked_for("POST", "/v1/validation-rules") == []


def test_a_try_tells_each_rule_with_the_value_found() -> None:
    api = shop()
    tried = {
        "valid": False,
        "logic": "1 and 2",
        "rules": [
            {"number": "1", "path": ".rules.1", "field": "order.amount", "valid": False, "found": 4000},
            {"number": "2", "path": ".rules.2", "field": "customer.segment", "valid": True, "found": ["seg_1"]},
        ],
        "failed": {"number": "1", "message": "<script>buy more</script>"},
        "applicable_to": {"data": []},
    }  # fmt: skip
    api.says("POST", "/v1/validation-rules/try", tried)
    browser = Browser(api)
    page = browser.get("/validation-rules/val_1/edit")
    cart = {"try_amount": ["40"], "try_item-0": ["product:prod_1"], "try_price-0": ["5,50"]}
    answer = browser.post("/validation-rules/try-out", fields_of(page) | cart, into="tried")
    sent = api.sent("POST", "/v1/validation-rules/try")
    line = {"product_id": "prod_1", "quantity": 1, "price": 550}
    assert sent["cart"] == {"order": {"amount": 4000, "items": [line]}}
    assert sent["rules"] == RULES
    first, second = answer.find_all("li")
    assert "does not hold" in first.text
    assert "found: €40.00" in first.text
    assert "Readers" in second.text
    assert "<script>" not in answer.text


def test_a_set_is_assigned_and_unassigned() -> None:
    api = shop()
    api.says("POST", "/v1/validation-rules/val_1/assignments", BOUND)
    api.says("DELETE", "/v1/validation-rules/val_1/assignments/asgm_1", None, 204)
    browser = Browser(api)
    form = {"bound_campaign": "camp_1"}
    browser.post("/validation-rules/val_1/assign", form, into="x")
    assert api.sent("POST", "/v1/validation-rules/val_1/assignments") == {
        "related_object_id": "camp_1",
        "related_object_type": "campaign",
    }
    browser.post("/validation-rules/val_1/unassign/asgm_1", into="x")
    assert api.asked_for("DELETE", "/v1/validation-rules/val_1/assignments/asgm_1")


@pytest.mark.parametrize(
    "template",
    ["minimum-amount", "segment", "first-order", "product-in-cart", "once-per-customer", "happy-hour"],
)  # fmt: skip
def test_each_template_opens_in_the_builder(template: str) -> None:
    page = Browser(shop()).get(f"/validation-rules/new?template={template}")
    assert page.status == 200
    assert page.find_all("div", class_="rule")


def test_a_count_is_limited_unless_said_otherwise_and_nothing_counts_one_number() -> None:
    browser = Browser(shop())
    page = browser.get("/validation-rules/new")
    (field,) = page.find_all("select", aria_label="What rule 1 is about")
    chosen = fields_of(page) | {field["name"]: ["campaign.redemptions.count"]}
    page = browser.post("/validation-rules/edit", chosen, into="edited")
    offered = page.find("select", aria_label="Operator").find_all("option")
    (usual,) = [each.text for each in offered if "selected" in each.attributes]
    assert usual == "is at most"
    assert "has exactly this many" not in [each.text for each in offered]
