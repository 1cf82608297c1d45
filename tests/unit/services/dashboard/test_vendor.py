"""The files of others, as they are served."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from services.dashboard.vendor import vendor_hashes, vendor_route, vendor_url


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    (tmp_path / "htmx.min.js").write_bytes(b"script " * 100)
    (tmp_path / "inter-latin-wght-normal.woff2").write_bytes(b"font")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    transport = httpx.ASGITransport(Starlette(routes=[vendor_route(tmp_path)]))
    async with httpx.AsyncClient(transport=transport, base_url="http://dashboard.test") as made:
        yield made


async def test_an_address_with_its_version_is_kept_for_good(client: httpx.AsyncClient) -> None:
    answer = await client.get(vendor_url("htmx.min.js"))
    assert answer.text == "script " * 100
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    plain = await client.get("/static/vendor/htmx.min.js")
    assert "immutable" not in plain.headers["cache-control"]


async def test_texts_are_packed_where_the_browser_unpacks_them(client: httpx.AsyncClient) -> None:
    async with client.stream("GET", "/static/vendor/htmx.min.js") as answer:
        packed = b"".join([each async for each in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == b"script " * 100
    plain = await client.get("/static/vendor/htmx.min.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert (
        "content-encoding"
        not in (await client.get(vendor_url("inter-latin-wght-normal.woff2"))).headers
    )


async def test_what_a_browser_has_is_not_sent_again(client: httpx.AsyncClient) -> None:
    mark = (await client.get("/static/vendor/htmx.min.js")).headers["etag"]
    again = await client.get("/static/vendor/htmx.min.js", headers={"if-none-match": f"W/{mark}"})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name", ["secret.txt", "uPlot.iife.min.js", "..%2fhtmx.min.js", "%2e%2e/htmx.min.js", ""]
)
async def test_nothing_is_served_but_what_is_listed_and_there(
    client: httpx.AsyncClient, name: str
) -> None:
    assert (await client.get(f"/static/vendor/{name}")).status_code == 404


def test_a_name_that_is_not_listed_has_no_address() -> None:
    assert "htmx.min.js" in vendor_hashes()
    with pytest.raises(KeyError):
        vendor_url("jquery.js")
