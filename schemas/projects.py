"""Projects after they were made: changed, deleted, closed."""

import msgspec

from schemas.base import Shape
from schemas.entities import Project


class UpdateProject(Shape, tag="update_project", frozen=True):
    """Sets what it names of a project; belongs to the control project."""

    project_id: str
    #: None: as it is.
    name: str | None = None
    #: Exactly the fields of `ProjectSettings` that the caller named.
    settings: msgspec.Raw = msgspec.Raw(b"{}")
    trusted_origins: tuple[str, ...] | None = None


class DeleteProject(Shape, tag="delete_project", frozen=True):
    """Revokes a project's keys and takes it from every list; belongs to the control project."""

    project_id: str


class CloseProject(Shape, tag="close_project", frozen=True):
    """Ends a deleted project in its own partition: nothing is decided for it any more."""


class ProjectUpdated(Shape, tag="project.updated", frozen=True):
    """A tenant's settings changed; `project` is the whole after it."""

    project: Project


class ProjectDeleted(Shape, tag="project.deleted", frozen=True):
    """A tenant is deleted; `project` is the whole after it."""

    project: Project


class ProjectClosed(Shape, tag="project.closed", frozen=True):
    """A tenant's own partition decides nothing for it any more."""

    project_id: str
