"""Categories in the state: by id, and their ids by name."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.categories import CategoryCreated, CategoryDeleted, CategoryUpdated


def category_stored(state: State, event: CategoryCreated | CategoryUpdated, _: Millis) -> None:
    """The category is as the event says, and found by this name alone."""
    category = event.category
    before = state.get(tables.CATEGORIES, category.id)
    if before is not None and before.name != category.name:
        state.delete(tables.CATEGORY_NAMES, before.name)
    state.put(tables.CATEGORIES, category, category.id)
    state.put(tables.CATEGORY_NAMES, category.id, category.name)


def category_deleted(state: State, event: CategoryDeleted, _: Millis) -> None:
    """The category is gone, and its name free."""
    state.delete(tables.CATEGORIES, event.category.id)
    state.delete(tables.CATEGORY_NAMES, event.category.name)


FOLDS: Folds = MappingProxyType(
    {
        CategoryCreated: category_stored,
        CategoryUpdated: category_stored,
        CategoryDeleted: category_deleted,
    }
)
