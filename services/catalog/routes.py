"""The endpoints of the catalog, and the task that makes the first project."""

from collections.abc import Mapping

from runtime.http.service import Part, Service
from runtime.http.writes import Writes
from services.catalog.bootstrap import Bootstrap
from services.catalog.front import entity_router, project_router, voucher_router
from services.catalog.reads import Reads


def make_service(writes: Writes, view_of: Reads, bootstrap: Bootstrap) -> Service:
    """The service, to be mounted in a host."""

    def health() -> Mapping[str, Part]:
        return {"project": Part("starting") if bootstrap.keys is None else Part()}

    return Service(
        name="catalog",
        routers=(
            voucher_router(writes, view_of),
            entity_router(writes, view_of),
            project_router(writes, view_of),
        ),
        tasks={"bootstrap": bootstrap.run},
        health=health,
    )
