"""Validation rules, told by the official client: made, listed, assigned, and what they refuse."""

from typing import Any

import pytest
import voucherify as sdk

from tests.e2e.plain import Plain
from tests.e2e.shop import Shop, new_code, refused, told

PERCENT = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
SPEND = {"name": "order.amount", "conditions": {"$more_than": [5000]}}


@pytest.fixture(scope="module")
def api(shop: Shop) -> Any:
    """The client's endpoints of validation rules."""
    return sdk.ValidationRulesApi(shop.vouchers.api_client)


def create(api: Any, rules: Any = None, **more: Any) -> Any:
    """A new set of rules."""
    body = {"name": new_code(), "rules": {"1": SPEND} if rules is None else rules} | more
    asked = sdk.ValidationRulesCreateRequestBody.from_dict(body)
    return told(api.create_validation_rules, validation_rules_create_request_body=asked)


def assign(api: Any, rule_id: str, object_id: str, kind: str = "voucher") -> Any:
    """A new assignment."""
    return told(api.create_validation_rule_assignment, rule_id, **assignment(object_id, kind))


def assignment(object_id: str, kind: str = "voucher") -> dict[str, Any]:
    """What an assignment is asked for with."""
    body = {"related_object_id": object_id, "related_object_type": kind}
    asked = sdk.ValidationRulesAssignmentsCreateRequestBody.from_dict(body)
    return {"validation_rules_assignments_create_request_body": asked}


def campaign(shop: Shop, *rule_ids: str, count: int = 1) -> Any:
    """A campaign that is bound by these sets."""
    body = {
        "name": new_code(),
        "campaign_type": "DISCOUNT_COUPONS",
        "type": "STATIC",
        "vouchers_count": count,
        "voucher": PERCENT,
        "validation_rules": list(rule_ids),
    }
    asked = sdk.CampaignsCreateRequestBody.from_dict(body)
    return told(shop.campaigns.create_campaign, asked)


def codes_of(shop: Shop, campaign_id: str) -> list[str]:
    """The codes of a campaign."""
    listed = told(shop.vouchers.list_vouchers, campaign_id=campaign_id, limit=100)
    return [each.code for each in listed.vouchers]


def bound(entity: Any) -> list[tuple[str, str]]:
    """The sets that an answer shows, each with the kind of what it is assigned to."""
    data = entity.validation_rules_assignments.data
    return [(each.rule_id, each.related_object_type) for each in data]


def test_a_set_is_made_read_changed_and_deleted(api: Any) -> None:
    made = create(api, error={"message": "Spend more"})
    assert made.id.startswith("val_")
    assert made.to_dict()["rules"] == {"1": SPEND, "logic": "1"}
    assert (made.type, made.context_type) == ("expression", "global")
    change = sdk.ValidationRulesUpdateRequestBody.from_dict({"name": "Large orders"})
    changed = told(api.update_validation_rule, made.id, validation_rules_update_request_body=change)
    assert (changed.name, changed.error.message) == ("Large orders", "Spend more")
    assert changed.to_dict()["rules"] == {"1": SPEND, "logic": "1"}
    assert told(api.get_validation_rule, made.id).updated_at == changed.updated_at
    told(api.delete_validation_rules, made.id)
    assert refused(api.get_validation_rule, made.id)[:2] == (404, "not_found")


@pytest.mark.parametrize(
    "context",
    [
        "global",
        "campaign.discount_coupons",
        "campaign.gift_vouchers.gift.apply_to_items",
        "campaign.promotion.discount.fixed.apply_to_items",
        "voucher.discount_voucher.discount.apply_to_items_proportionally_by_quantity",
        "earning_rule.order.paid",
        "reward_assignment.pay_with_points",
    ],
)
def test_a_set_is_made_for_a_context(api: Any, context: str) -> None:
    made = create(api, context_type=context, type="advanced")
    assert (made.context_type, made.type) == (context, "advanced")


def test_what_is_wrong_with_a_set_is_named(api: Any) -> None:
    body = {"name": "Wrong", "rules": {"1": SPEND | {"name": "order.amuont"}}}
    asked = sdk.ValidationRulesCreateRequestBody.from_dict(body)
    wrong = refused(api.create_validation_rules, validation_rules_create_request_body=asked)
    assert wrong[:2] == (400, "invalid_validation_rules")
    assert ".rules.1.name" in wrong.body["details"]


def test_sets_are_listed_by_name_time_and_page(api: Any, plain: Plain) -> None:
    prefix = new_code()
    made = [create(api, name=f"{prefix}{name}") for name in "BCA"]
    path = "/v1/validation-rules"
    named = {"filters[name][conditions][$starts_with]": prefix}
    by_name = plain.get(path, order="name", **named)
    assert [each["name"][-1] for each in by_name["data"]] == ["A", "B", "C"]
    newest = plain.get(path, limit=2, **named)
    assert ([each["name"][-1] for each in newest["data"]], newest["total"]) == (["A", "C"], 3)
    one = plain.get(path, **{"filters[name][conditions][$is]": f"{prefix}C"})
    assert [each["id"] for each in one["data"]] == [made[1].id]
    context = {"filters[context_type][conditions][$is]": "voucher.loyalty_card"} | named
    assert plain.get(path, **context)["data"] == []
    since = made[-1].created_at
    listed = told(api.list_validation_rules, limit=100, start_date=since, order="created_at")
    assert listed.data[0].created_at >= since
    assert made[-1].id in [each.id for each in listed.data]
    assert made[0].created_at == since or made[0].id not in [each.id for each in listed.data]
    told(api.delete_validation_rules, made[0].id)
    assert plain.get(path, **named)["total"] == 2


def test_a_voucher_is_refused_until_its_rule_is_met_or_gone(api: Any, shop: Shop) -> None:
    rule = create(api, {"1": SPEND | {"error": {"message": "Spend more than 50"}}})
    code = shop.percent(10).code
    made = assign(api, rule.id, code)
    assert (made.rule_id, made.related_object_type) == (rule.id, "voucher")
    again = refused(api.create_validation_rule_assignment, rule.id, **assignment(code))
    assert again[:2] == (409, "duplicate_found")
    (redeemable,) = shop.validate(code, order={"amount": 5000}).redeemables
    error = redeemable.result.error
    assert (error.code, error.key) == (400, "order_rules_violated")
    assert error.message == "order does not match validation rules"
    assert error.details == (
        f"Discount Coupon cannot be redeemed because of violated validation rules: {rule.id}"
    )
    assert error.error.message == "Spend more than 50"
    failed = shop.not_redeemed(code, order={"amount": 5000})
    assert failed[:2] == (400, "order_rules_violated")
    assert failed.body["error"] == {"message": "Spend more than 50"}
    (told_why,) = failed.body["explanation"]["violations"]
    assert (told_why["value"], told_why["conditions"]) == (5000, {"$more_than": [5000]})
    assert shop.validate(code, order={"amount": 5001}).valid
    told(api.delete_validation_rule_assignment, rule.id, made.id)
    assert shop.validate(code, order={"amount": 1}).valid


def test_a_deleted_rule_binds_no_more(api: Any, shop: Shop) -> None:
    rule = create(api)
    code = shop.percent(10, validation_rules=[rule.id]).code
    assert not shop.validate(code, order={"amount": 100}).valid
    told(api.delete_validation_rules, rule.id)
    assert shop.validate(code, order={"amount": 100}).valid
    assert bound(told(shop.vouchers.get_voucher, code)) == []
    assert told(api.list_validation_rules_assignments, rule=rule.id).total == 0


def test_a_campaign_binds_its_vouchers_and_lists_show_it(
    api: Any, shop: Shop, plain: Plain
) -> None:
    first, second = create(api), create(api)
    made = campaign(shop, first.id)
    assert bound(made) == [(first.id, "campaign")]
    (code,) = codes_of(shop, made.id)
    own = assign(api, second.id, code)
    wanted = [(first.id, "campaign"), (second.id, "voucher")]
    assert bound(told(shop.vouchers.get_voucher, code)) == wanted
    for path, name in (("/v1/vouchers", "vouchers"), ("/v1/campaigns", "campaigns")):
        # the client knows assignments in no list
        (row,) = plain.get(path, **{"filters[campaign_id][conditions][$is]": made.id})[name]
        shown = row["validation_rules_assignments"]["data"]
        found = [(each["rule_id"], each["related_object_type"]) for each in shown]
        assert found == (wanted if name == "vouchers" else wanted[:1])
    (redeemable,) = shop.validate(code, order={"amount": 1}).redeemables
    assert f"{second.id}, {first.id}" in redeemable.result.error.details
    for found, asked in (
        (told(api.list_validation_rule_assignments, second.id), second.id),
        (told(api.list_validation_rules_assignments, rule=second.id), second.id),
        (told(api.list_validation_rules_assignments, related_object_id=made.id), first.id),
    ):
        assert [each.rule_id for each in found.data] == [asked]
    assert told(api.list_validation_rule_assignments, second.id).data[0].id == own.id
    rules = told(api.list_validation_rules, limit=2, order="-created_at").data
    assert {each.id: each.assignments_count for each in rules} == {first.id: 1, second.id: 1}
    assert refused(api.list_validation_rule_assignments, "val_0")[:2] == (404, "not_found")
    redeemed = shop.redeem(code, order={"amount": 6000})
    assert bound(redeemed.redemptions[0].voucher) == wanted


def test_the_kind_of_a_violated_rule_is_its_key(api: Any, shop: Shop) -> None:
    for rule, key in (
        (SPEND, "order_rules_violated"),
        (
            {"name": "customer.metadata", "property": "vip", "conditions": {"$is": ["yes"]}},
            "customer_rules_violated",
        ),
        (
            {"name": "redemption.metadata", "property": "till", "conditions": {"$is": ["A"]}},
            "redemption_rules_violated",
        ),
    ):
        code = shop.percent(10, validation_rules=[create(api, {"1": rule}).id]).code
        customer = {"source_id": new_code()}
        failed = shop.not_redeemed(code, order={"amount": 1}, customer=customer)
        assert failed[:2] == (400, key)


def test_a_budget_is_exact(api: Any, shop: Shop) -> None:
    count = {"name": "campaign.redemptions.count", "conditions": {"$less_than_or_equal": [3]}}
    made = campaign(shop, create(api, {"1": count}).id, count=5)
    results = []
    for code in codes_of(shop, made.id):
        body = shop.validate(code)
        results.append(body.valid)
        if body.valid:
            shop.redeem(code)
        else:
            assert shop.not_redeemed(code)[:2] == (400, "redemption_rules_violated")
    assert results == [True, True, True, False, False]


def test_a_discount_is_for_the_items_that_its_rule_includes(api: Any, shop: Shop) -> None:
    entry = {"object": "product", "id": "prod_mug", "effect": "APPLY_TO_EVERY"}
    rule = create(api, {}, applicable_to={"included": [entry]})
    code = shop.percent(10, validation_rules=[rule.id]).code
    items = [
        {"product_id": "prod_mug", "quantity": 2, "price": 1000},
        {"product_id": "prod_tea", "quantity": 1, "price": 500},
    ]
    body = shop.validate(code, order={"items": items})
    assert (body.order.items_discount_amount, body.order.discount_amount) == (200, None)
    (applied,) = body.redeemables
    assert [each.order_item_indices for each in applied.applicable_to.data] == [[0]]


def test_assignments_end_with_their_object(api: Any, shop: Shop) -> None:
    rule = create(api)
    code = shop.percent(10, validation_rules=[rule.id]).code
    made = campaign(shop, rule.id)
    assert told(api.list_validation_rule_assignments, rule.id).total == 2
    told(shop.vouchers.delete_voucher, code)
    shop.done(told(shop.campaigns.delete_campaign, made.id))
    assert told(api.list_validation_rule_assignments, rule.id).total == 0
    assert told(api.get_validation_rule, rule.id).assignments_count is None
