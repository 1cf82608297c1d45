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


class CategoryCreated(Shape, tag="category.created", frozen=True):
    """A category exists."""

    category: Category


class CategoryUpdated(Shape, tag="category.updated", frozen=True):
    """A category changed; `category` is the whole after it."""

    category: Category


class CategoryDeleted(Shape, tag="category.deleted", frozen=True):
    """A category is gone."""

    category: Category


CategoryCommand = CreateCategory | UpdateCategory | DeleteCategory
CategoryEvent = CategoryCreated | CategoryUpdated | CategoryDeleted
#: Categories by themselves.
CATEGORY_EVENTS: Final = frozenset({CategoryCreated, CategoryUpdated, CategoryDeleted})
