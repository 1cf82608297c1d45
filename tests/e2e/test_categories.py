"""Categories and stacking rules with the official client."""

from collections.abc import Iterator
from typing import Any

import pytest
import voucherify as sdk

from tests.e2e.manager import Manager
from tests.e2e.shop import Shop, new_code, refused, told
from tests.e2e.system import System


@pytest.fixture(scope="module")
def manager(system: System) -> Iterator[Manager]:
    made = Manager(system.url, system.keys)
    yield made
    made.close()


@pytest.fixture
def categories(shop: Shop) -> sdk.CategoriesApi:
    return sdk.CategoriesApi(shop.vouchers.api_client)


def category(categories: sdk.CategoriesApi, hierarchy: int = 1) -> Any:
    body = sdk.CategoriesCreateRequestBody(name=new_code(), hierarchy=hierarchy)
    return told(categories.create_category, body)


def rules(manager: Manager, **said: Any) -> Any:
    body = sdk.ManagementProjectsStackingRulesCreateRequestBody.from_dict(said)
    return told(manager.api.create_stacking_rules, manager.project, body)


def test_categories_live_and_die(shop: Shop, categories: sdk.CategoriesApi) -> None:
    made = category(categories, 4)
    assert (made.id[:4], made.hierarchy) == ("cat_", 4)
    assert told(categories.get_category, made.id).name == made.name
    change = sdk.CategoriesUpdateRequestBody(name=made.name + "!", hierarchy=2)
    changed = told(categories.update_category, made.id, change)
    assert (changed.hierarchy, changed.updated_at is not None) == (2, True)
    assert made.id in {each.id for each in told(categories.list_categories).data}
    voucher = shop.discount(category=changed.name)
    assert (voucher.category_id, voucher.categories[0].name) == (made.id, changed.name)
    told(categories.delete_category, made.id)
    after = told(shop.vouchers.get_voucher, voucher.code)
    assert (after.category, after.category_id, after.categories) == (None, None, [])
    assert refused(categories.get_category, made.id)[:2] == (404, "not_found")


def test_stacking_rules_decide_what_goes_together(
    shop: Shop, categories: sdk.CategoriesApi, manager: Manager
) -> None:
    first, second = category(categories, 1), category(categories, 2)
    assert told(manager.api.list_stacking_rules, manager.project).data == []
    made = rules(
        manager,
        exclusive_categories=[first.id],
        redeemables_sorting_rule="CATEGORY_HIERARCHY",
        redeemables_application_mode="PARTIAL",
    )
    try:
        assert (made.id[:4], made.redeemables_limit, made.joint_categories) == ("stk_", 30, [])
        body = sdk.ManagementProjectsStackingRulesCreateRequestBody.from_dict({})
        again = refused(manager.api.create_stacking_rules, manager.project, body)
        assert again[:2] == (409, "stacking_rules_exist")
        regular = shop.discount(category_id=second.id).code
        exclusive = shop.discount(category_id=first.id).code
        checked = shop.validate(regular, exclusive)
        assert [each.id for each in checked.redeemables] == [exclusive]
        assert checked.skipped_redeemables[0].result.details.key == "exclusion_rules_not_met"
        change = sdk.ManagementProjectsStackingRulesUpdateRequestBody.from_dict(
            {"exclusive_categories": [], "applicable_redeemables_limit": 1}
        )
        changed = told(manager.api.update_stacking_rules, manager.project, made.id, change)
        assert changed.redeemables_application_mode == "PARTIAL"
        redeemed = shop.redeem(regular, exclusive)
        assert [each.voucher.code for each in redeemed.redemptions] == [exclusive]
        found = told(manager.api.get_stacking_rules, manager.project, made.id)
        assert found.applicable_redeemables_limit == 1
    finally:
        told(manager.api.delete_stacking_rules, manager.project, made.id)
    assert shop.validate(shop.discount().code).stacking_rules.applicable_redeemables_limit == 5
