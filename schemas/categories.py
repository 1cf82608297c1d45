"""Categories: names and ranks by which redeemables are grouped; a lower hierarchy goes first."""

from typing import Final

import msgspec

from schemas.base import Millis, Shape

CATEGORIES_MAX = 1000


class Category(Shape, frozen=True):
    """A category."""

    id: str
    name: str
    hierarchy: int
    created_at: Millis
    updated_at: Millis | None = None


class CreateCategory(Shape, tag="create_category", frozen=True):
    """Creates a category; its name is its own."""

    name: str
    hierarchy: int


class UpdateCategory(Shape, tag="update_category", frozen=True):
    """Sets the named fields, in the encoding of the state."""

    category_id: str
    changes: msgspec.Raw


class DeleteCategory(Shape, tag="delete_category", frozen=True):
    """Removes a category; what was in it is in none."""

    category_id: str


class OrderCategories(Shape, tag="order_categories", frozen=True):
    """Puts all categories in an order: the first has the hierarchy 1."""

    ids: tuple[str, ...]


class CategoryCreated(Shape, tag="category.created", frozen=True):
    """A category exists."""

    category: Category


class CategoryUpdated(Shape, tag="category.updated", frozen=True):
    """A category changed; `category` is the whole after it."""

    category: Category


class CategoryDeleted(Shape, tag="category.deleted", frozen=True):
    """A category is gone."""

    category: Category


class CategoriesOrdered(Shape, tag="categories.ordered", frozen=True):
    """All categories were put in an order; those that got another hierarchy say so beside it."""

    #: Category id → its hierarchy, the first first.
    places: dict[str, int]


CategoryCommand = CreateCategory | UpdateCategory | DeleteCategory | OrderCategories
CategoryEvent = CategoryCreated | CategoryUpdated | CategoryDeleted | CategoriesOrdered
#: Categories by themselves.
CATEGORY_EVENTS: Final = frozenset(
    {CategoryCreated, CategoryUpdated, CategoryDeleted, CategoriesOrdered}
)
