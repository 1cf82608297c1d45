"""The service of the host `distribution`: the tasks that follow the log, and how they are."""

from collections.abc import Mapping

from runtime.http.service import Part, Service
from services.distribution.worker.worker import Worker


def distribution_service(worker: Worker) -> Service:
    """The service, to be mounted in a host."""

    def health() -> Mapping[str, Part]:
        return {"worker": worker.health()}

    return Service("distribution", tasks={"worker": worker.run}, health=health)
