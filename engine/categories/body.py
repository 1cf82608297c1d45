"""Categories. Source: the API contract, sections 5 and 11."""

from collections.abc import Sequence
from functools import partial
from types import MappingProxyType

from engine.kernel.calendar import iso
from engine.kernel.encode import Body, places_body
from engine.kernel.room import Answers, shows, shows_nothing
from schemas.categories import (
    CategoriesOrdered,
    Category,
    CategoryCreated,
    CategoryDeleted,
    CategoryUpdated,
)
from schemas.evaluations import CategoryShown


def category_body(category: Category) -> Body:
    """The category as its own endpoints show it."""
    body: Body = {
        "id": category.id,
        "name": category.name,
        "hierarchy": category.hierarchy,
        "created_at": iso(category.created_at),
    }
    if category.updated_at is not None:
        body["updated_at"] = iso(category.updated_at)
    body["object"] = "category"
    return body


def category_shown_body(shown: CategoryShown) -> Body:
    """The category of a redeemable; what is neither exclusive nor joint says nothing of it."""
    body = category_body(shown.category)
    if shown.stacking_rules_type is not None:
        body["stacking_rules_type"] = shown.stacking_rules_type
    return body


def categories_shown(categories: Sequence[Category], category_id: str | None) -> list[Body]:
    """The one category that something is in, as a list; empty where it is gone."""
    return [category_body(each) for each in categories if each.id == category_id]


ANSWERS: Answers = MappingProxyType(
    {
        CategoryCreated: shows(category_body, "category"),
        CategoryUpdated: shows(category_body, "category"),
        CategoryDeleted: shows_nothing,
        CategoriesOrdered: shows(partial(places_body, "category"), "places"),
    }
)
