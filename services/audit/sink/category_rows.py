"""From an event to the row of the category that it changed."""

from schemas.categories import CategoryCreated, CategoryDeleted, CategoryUpdated
from services.audit.sink.entities import EntityRow, entity_row, gone_row

KIND = "category"


def category_changed(
    project: str, event: CategoryCreated | CategoryUpdated
) -> tuple[EntityRow, ...]:
    """The category as it is."""
    return (entity_row(project, KIND, event.category, alias=event.category.name),)


def category_deleted(project: str, event: CategoryDeleted) -> tuple[EntityRow, ...]:
    """That the category is gone."""
    return (gone_row(project, KIND, event.category.id, event.category.name),)
