"""A host: services mounted in one application, their tasks kept, served until told to stop.

A task that fails takes the host down with it: the process ends with status 1 and its runner
starts it again, which is the one way back that is always taken the same way. Until then `/health`
answers 503 and names the part.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import msgspec
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from runtime.base.disk import is_full
from runtime.http.api_calls import Noted
from runtime.http.auth import Gate
from runtime.http.description import answer_description
from runtime.http.edge import Edge
from runtime.http.errors import JSON, answer_fault, error_response, invalid_payload
from runtime.http.payload import HotRequest, describe_pydantic
from runtime.http.routing import Unmatched
from runtime.http.service import Part, Service

log = structlog.get_logger(__name__)


class Host:
    """One process's services. Serve it as an ASGI application, or with `runtime.http.serving`."""

    def __init__(
        self,
        name: str,
        services: Sequence[Service],
        gate: Gate,
        *,
        forward: ASGIApp | None = None,
        note: Callable[[Noted], None] | None = None,
    ) -> None:
        self.name = name
        self.fault: str | None = None
        self.failed = asyncio.Event()
        self._services = services
        self._tasks: list[asyncio.Task[None]] = []
        application = self._application()
        unmatched = Unmatched(application.router.routes, forward)
        application.router.default = unmatched
        application.router.routes.append(Route("/{path:path}", unmatched))
        self._edge = Edge(Hot(services, unmatched, application), gate, note=note)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._edge(scope, receive, send)

    def health(self) -> dict[str, Part]:
        """Every part of every service."""
        parts = {name: part for each in self._services for name, part in each.health().items()}
        parts["ignored-members"] = Part(times=self._edge.ignoring)
        if self.fault is not None:
            parts[self.name] = Part(self.fault)
        return parts

    def paths(self) -> set[str]:
        """The paths that the services answer, as their routes write them."""
        return {
            route.path
            for service in self._services
            for route in (*service.routes, *(r for each in service.routers for r in each.routes))
            if isinstance(route, Route)
        }

    def _application(self) -> FastAPI:
        app = FastAPI(
            title=f"Tessera {self.name}",
            lifespan=self._lifespan,
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
        )
        app.router.routes.append(Route("/health", self._answer_health))
        app.router.routes.append(Route("/health/live", answer_live))
        app.router.routes.append(Route("/openapi.json", answer_description))
        for service in self._services:
            app.router.routes.extend(service.routes)
        for service in self._services:
            for router in service.routers:
                # a router that is included looks for its route twice, the second time layer by layer
                app.router.routes.extend(router.routes)
        for kind in (HTTPException, Exception):
            app.add_exception_handler(kind, answer_fault)
        app.add_exception_handler(RequestValidationError, _answer_invalid)
        return app

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for service in self._services:
                if service.lifespan is not None:
                    await stack.enter_async_context(service.lifespan())
            stack.push_async_callback(self._stop_tasks)
            for service in self._services:
                for name, run in service.tasks.items():
                    task = asyncio.create_task(run(), name=f"{service.name}/{name}")
                    task.add_done_callback(self._note_end)
                    self._tasks.append(task)
            yield

    def _note_end(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or task.exception() is None:
            return
        self.fault = f"{task.get_name()} failed"
        if is_full(task.exception() or Exception()):
            self.fault += f": {task.exception()}"
        log.error("task failed", task=task.get_name(), exc_info=task.exception())
        self.failed.set()

    async def _stop_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def look(self) -> dict[str, Part]:
        """Every part as it is found now."""
        await asyncio.gather(*(each.look() for each in self._services if each.look is not None))
        return self.health()

    async def _answer_health(self, _: Request) -> Response:
        parts = await self.look()
        well = all(part.state == "ok" for part in parts.values())
        body = {"status": "ok" if well else "unavailable", "parts": _show_parts(parts)}
        return Response(msgspec.json.encode(body), 200 if well else 503, media_type=JSON)


class Hot:
    """Answers plain routes with a fixed path at once; everything else goes to `rest`.

    What is known to be served elsewhere is passed on at once as well. The application's layers cost
    as much as a redemption's own work, and add nothing to these routes: the edge maps their faults,
    and they read their bodies themselves.
    """

    def __init__(self, services: Sequence[Service], unmatched: Unmatched, rest: ASGIApp) -> None:
        self._unmatched = unmatched
        self._rest = rest
        self._endpoints = {
            (method, route.path): route.endpoint
            for service in services
            for route in service.routes
            if isinstance(route, Route) and "{" not in route.path
            for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self._endpoints.get((scope.get("method", ""), scope.get("path", "")))
        if endpoint is None:
            rest = self._unmatched if self._unmatched.passes_on(scope) else self._rest
            await rest(scope, receive, send)
            return
        response = await endpoint(HotRequest(scope, receive))
        await response(scope, receive, send)


async def answer_live(_: Request) -> Response:
    """Says only that the process answers; whether it is well is `/health`."""
    return Response(b'{"status":"ok"}', media_type=JSON)


def _show_parts(parts: dict[str, Part]) -> dict[str, Any]:
    return {
        name: {"state": part.state}
        | ({} if part.lag_ms is None else {"lag_ms": part.lag_ms})
        | ({} if part.times is None else {"times": part.times})
        for name, part in parts.items()
    }


async def _answer_invalid(request: Request, fault: Exception) -> Response:
    if not isinstance(fault, RequestValidationError):
        return await answer_fault(request, fault)
    details = describe_pydantic(list(fault.errors()))
    return error_response(invalid_payload(details), request.scope)
