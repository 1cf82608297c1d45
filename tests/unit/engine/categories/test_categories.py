"""Categories: their names, their number, and what is left of a deleted one."""

import pytest
from msgspec import Raw

from engine.kernel import tables
from engine.kernel.lookup import category_id_of
from schemas.categories import (
    CATEGORIES_MAX,
    CategoriesOrdered,
    Category,
    CategoryCreated,
    CategoryUpdated,
    CreateCategory,
    DeleteCategory,
    OrderCategories,
    UpdateCategory,
)
from schemas.errors import Refusal
from schemas.locations import LOCATIONS_MAX, Circle, CreateLocation, Location, LocationCreated
from schemas.voucher_events import VoucherUpdated
from schemas.vouchers import UpdateVoucher
from tests.unit.engine.world import NOON, World, only, voucher


def category(number: int = 1) -> Category:
    return Category(f"cat_{number}", f"C{number}", number, NOON)


def test_a_name_is_free_once_its_category_has_another() -> None:
    world = World().given(CategoryCreated(category()))
    assert world.when(CreateCategory("C1", 2)).refusal is not None
    world.when(UpdateCategory("cat_1", Raw(b'{"name":"D"}')))
    assert category_id_of(world.view, "D") == "cat_1"
    assert isinstance(category_id_of(world.view, "C1"), Refusal)
    assert world.when(CreateCategory("C1", 2)).refusal is None
    world.when(DeleteCategory("cat_1"))
    assert world.view.get(tables.CATEGORY_NAMES, "D") is None


def test_a_record_holds_the_categories_that_its_answer_shows() -> None:
    inside = voucher(category_id="cat_1", category="old")
    world = World().given(CategoryCreated(category()), inside)
    record = world.when(UpdateVoucher("TEN", Raw(b'{"additional_info":"x"}')))
    assert record.categories == (category(),)
    world.when(DeleteCategory("cat_1"))
    record = world.when(UpdateVoucher("TEN", Raw(b'{"additional_info":"y"}')))
    assert record.categories == ()
    assert any(isinstance(each, VoucherUpdated) for each in record.events)


@pytest.mark.parametrize("name", ["cat_1", "C1"])
def test_a_category_is_named_by_id_or_name(name: str) -> None:
    world = World().given(CategoryCreated(category()))
    assert category_id_of(world.view, name) == "cat_1"


def test_a_project_has_a_bounded_number_of_categories_and_locations() -> None:
    world = World().given(*(CategoryCreated(category(n)) for n in range(CATEGORIES_MAX)))
    refusal = world.when(CreateCategory("one more", 1)).refusal
    assert refusal is not None
    assert str(CATEGORIES_MAX) in (refusal.details or "")
    circle = Circle("0,0", "1", (0, 0), 1.0)
    world.given(
        *(LocationCreated(Location(f"loc_{n}", "L", circle, NOON)) for n in range(LOCATIONS_MAX))
    )
    refusal = world.when(CreateLocation("one more", circle)).refusal
    assert refusal is not None
    assert str(LOCATIONS_MAX) in (refusal.details or "")


def test_all_categories_are_put_in_an_order_by_one_record() -> None:
    world = World().given(*(CategoryCreated(category(n)) for n in (1, 2, 3)))
    record = world.when(OrderCategories(("cat_3", "cat_2", "cat_1")))
    assert only(record, CategoriesOrdered).places == {"cat_3": 1, "cat_2": 2, "cat_1": 3}
    # the one that stays says nothing
    assert [type(each) for each in record.events] == [
        CategoryUpdated,
        CategoryUpdated,
        CategoriesOrdered,
    ]
    assert {each.id: each.hierarchy for each in world.view.scan(tables.CATEGORIES)} == {
        "cat_1": 3,
        "cat_2": 2,
        "cat_3": 1,
    }


@pytest.mark.parametrize(
    ("ids", "key", "details"),
    [
        (("cat_1", "cat_1"), "invalid_payload", "Property `.ids` names cat_1 twice"),
        (("cat_1", "cat_9", "cat_2"), "not_found", "cat_9"),
        (("cat_2",), "invalid_payload", "Property `.ids` does not name cat_1"),
    ],
)
def test_an_order_names_every_category_once(ids: tuple[str, ...], key: str, details: str) -> None:
    world = World().given(CategoryCreated(category(1)), CategoryCreated(category(2)))
    refusal = world.when(OrderCategories(ids)).refusal
    assert refusal is not None
    assert refusal.key == key
    assert details in (refusal.details or "")


def test_names_that_no_record_holds_are_not_moved_at_once() -> None:
    made = [Category(f"cat_{n:04}", "é" * 500 + str(n), n, NOON) for n in range(1, 601)]
    world = World().given(*map(CategoryCreated, made))
    refusal = world.when(OrderCategories(tuple(each.id for each in reversed(made)))).refusal
    assert refusal is not None
    assert "too long" in (refusal.details or "")
