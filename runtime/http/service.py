"""What a service gives to the host that mounts it."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fastapi import APIRouter
from starlette.routing import BaseRoute

#: Runs as long as the host does, or ends when its work is done; a fault of it ends the host.
Task = Callable[[], Coroutine[Any, Any, None]]


class Part(NamedTuple):
    """The health of one part of a host; `state` is `ok`, or says what is wrong."""

    state: str = "ok"
    lag_ms: int | None = None
    #: How often it happened since the host was started.
    times: int | None = None


def _healthy() -> Mapping[str, Part]:
    return {}


@dataclass(frozen=True, slots=True)
class Service:
    """A service, ready to be mounted.

    `lifespan` is entered before the first task starts and left after the last one ended.
    """

    name: str
    #: Hot endpoints, plain Starlette routes.
    routes: Sequence[BaseRoute] = ()
    #: Management endpoints, with pydantic bodies.
    routers: Sequence[APIRouter] = ()
    tasks: Mapping[str, Task] = field(default_factory=dict)
    lifespan: Callable[[], AbstractAsyncContextManager[Any]] | None = None
    health: Callable[[], Mapping[str, Part]] = _healthy
    #: Awaited before `health` is told to somebody, where that has to be found out first; bounded.
    look: Callable[[], Awaitable[None]] | None = None
