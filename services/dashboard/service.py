"""The dashboard's application: sections behind sign-in, files of the browser, the live stream.

It has no state, no secret and no way around the API: each page is made of calls with the session
of who looks at it (web/asking.py), so what a page can, a program can.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from runtime.base.plain_http import trust_nobody
from services.dashboard.own_files import own_route
from services.dashboard.vendor import vendor_route
from services.dashboard.web.asking import TIMEOUT_SECONDS
from services.dashboard.web.bodies import BodyLimit
from services.dashboard.web.callers import Callers
from services.dashboard.web.headers import AsSent, FoundAt, GuardHeaders
from services.dashboard.web.links import link_routes
from services.dashboard.web.live import Hub, live_route
from services.dashboard.web.people import People
from services.dashboard.web.routes import Page, make_route
from services.dashboard.web.sign_in import sign_in_routes

#: Connections to the API: one for each project that is looked at, the others for pages.
CONNECTIONS_MAX: Final = 100
GZIP_BYTES_MIN: Final = 600


def dashboard_app(
    api_url: str,
    assets: Path,
    pages: Iterable[Page],
    *,
    url: str | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Starlette:
    """The application.

    `pages`: those of the sections (routes.py). `assets`: the folder of third-party browser files. `url`: where people find it; None: where
    a request came to. `transport`: what carries its calls to the API; None: the network.
    """
    client = httpx.AsyncClient(
        base_url=api_url,
        timeout=httpx.Timeout(TIMEOUT_SECONDS, connect=2.0),
        limits=httpx.Limits(max_connections=CONNECTIONS_MAX, max_keepalive_connections=20),
        verify=trust_nobody(),
        trust_env=False,
        transport=transport,
    )
    people, callers = People(client), Callers()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await client.aclose()

    routes: list[BaseRoute] = [
        vendor_route(assets),
        own_route(),
        *sign_in_routes(client, people),
        *link_routes(client),
        live_route(Hub(client, people), people),
        *(make_route(each, client, people, callers) for each in pages),
    ]
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(AsSent),
            Middleware(FoundAt, url=url),
            Middleware(GuardHeaders),
            Middleware(BodyLimit),
            Middleware(GZipMiddleware, minimum_size=GZIP_BYTES_MIN),
        ],
        lifespan=lifespan,
        exception_handlers={404: _nothing_there, 500: _mistake},
    )


async def _nothing_there(_: Request, __: Exception) -> Response:
    return Response("There is no such page.", 404, media_type="text/plain")


async def _mistake(_: Request, __: Exception) -> Response:
    return Response("That went wrong here; it stands in the log.", 500, media_type="text/plain")
