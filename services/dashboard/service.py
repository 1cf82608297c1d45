"""The application of the dashboard."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from services.dashboard.vendor import vendor_route


def dashboard_app(api_url: str, assets: Path) -> Starlette:
    """The pages over the API at `api_url`; what others wrote of them is served from `assets`."""

    async def answer_start(_: Request) -> Response:
        page = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Tessera</title>'
            f"<main><h1>Tessera</h1><p>The API is at {api_url}.</p></main></html>"
        )
        policy = "default-src 'none'; frame-ancestors 'none'"
        return HTMLResponse(page, headers={"content-security-policy": policy})

    return Starlette(routes=[Route("/", answer_start), vendor_route(assets)])
