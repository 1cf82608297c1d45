"""Pages without a browser: an API that answers what a test says, and what comes of it as a tree."""

import asyncio
import json
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx

from services.dashboard.routes import PAGES
from services.dashboard.service import dashboard_app

EVERYTHING = [
    "analytics.read",
    "campaigns.read",
    "campaigns.write",
    "vouchers.read",
    "vouchers.write",
    "promotions.read",
    "promotions.write",
    "categories.read",
    "categories.write",
    "rewards.read",
    "rewards.write",
    "rules.read",
    "rules.write",
    "products.read",
    "products.write",
    "orders.read",
    "orders.write",
    "locations.read",
    "locations.write",
    "customers.read",
    "customers.write",
    "customers.forget",
    "segments.read",
    "segments.write",
    "redemptions.read",
    "redemptions.redeem",
    "redemptions.rollback",
    "validations.read",
    "validations.validate",
    "publications.read",
    "publications.publish",
    "sessions.read",
    "sessions.release",
    "exports.read",
    "exports.create",
    "imports.create",
    "alerts.write",
    "audit.read",
    "notifications.read",
    "bin.read",
    "bin.write",
    "project.read",
    "project.write",
    "keys.manage",
    "team.manage",
    "projects.create",
]


def me_with(*privileges: str, **said: Any) -> dict[str, Any]:
    """Who is signed in, as `GET /users/v1/me` tells it; with every privilege unless told which."""
    project = {
        "id": "proj_1",
        "name": "Corner shop",
        "role": "ADMIN",
        "privileges": list(privileges or EVERYTHING),
        "timezone": "Europe/Warsaw",
        "currency": "EUR",
    }
    me = {"id": "user_1", "email": "ann@shop.example", "name": "Ann", "projects": [project]}
    return me | said


class FakeApi:
    """Answers by method and path; keeps what it was asked."""

    def __init__(self, me: Mapping[str, Any] | None = None) -> None:
        self.answers: dict[tuple[str, str], tuple[int, Any]] = {}
        self.asked: list[httpx.Request] = []
        self.says("GET", "/users/v1/me", me or me_with())

    def says(self, method: str, path: str, body: Any, status: int = 200) -> None:
        """What it answers from now on."""
        self.answers[method, path] = (status, body)

    def refuses(self, method: str, path: str, status: int = 400, **said: Any) -> None:
        """Has it refuse with a body in the API's shape."""
        body = {"code": status, "key": "invalid_payload", "message": "Invalid payload"} | said
        self.says(method, path, body, status)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """See `httpx.MockTransport`."""
        self.asked.append(request)
        missing = {"code": 404, "key": "not_found", "message": "Resource not found"}
        status, body = self.answers.get((request.method, request.url.path), (404, missing))
        return httpx.Response(status, json=body) if body is not None else httpx.Response(status)

    def asked_for(self, method: str, path: str) -> list[httpx.Request]:
        """Every request of that kind."""
        return [each for each in self.asked if (each.method, each.url.path) == (method, path)]

    def sent(self, method: str, path: str) -> Any:
        """The body of the only request of that kind."""
        (request,) = self.asked_for(method, path)
        return json.loads(request.content)


class Browser:
    """Asks pages as somebody who is signed in."""

    def __init__(self, api: FakeApi, url: str | None = None) -> None:
        self.api = api
        self.cookies = {"tessera": "a-session"}
        transport = httpx.MockTransport(api)
        self._app = dashboard_app(
            "http://api", Path("nowhere"), PAGES, url=url, transport=transport
        )

    def get(self, path: str, *, into: str = "") -> "Page":
        """A page, or the part that goes into the element with that id."""
        headers = {"HX-Request": "true", "HX-Target": f"div#{into}"} if into else {}
        return self.send("GET", path, headers)

    def post(self, path: str, form: Mapping[str, Any] | None = None, *, into: str = "") -> "Page":
        """Sends a form as a page of ours does."""
        headers = {"Sec-Fetch-Site": "same-origin"}
        if into:
            headers |= {"HX-Request": "true", "HX-Target": f"div#{into}"}
        return self.send("POST", path, headers, dict(form or {}))

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        form: Mapping[str, Any] | None = None,
    ) -> "Page":
        """Any request."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://desk", cookies=self.cookies
            ) as client:
                return await client.request(method, path, headers=dict(headers), data=form)

        return Page(asyncio.run(ask()))


class Page:
    """An answer, read as a tree."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.headers = answer.headers
        self.text = answer.text
        self.root = read_html(answer.text)

    def find(self, tag: str = "", **attributes: str) -> "Element":
        """The only element like that."""
        found = self.find_all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of {tag} {attributes}"
        return found[0]

    def find_all(self, tag: str = "", **attributes: str) -> "list[Element]":
        """All elements of that tag with those attributes (`class_` holds the class)."""
        return self.root.find_all(tag, **attributes)

    def texts(self, tag: str = "", **attributes: str) -> list[str]:
        """What they say."""
        return [each.text for each in self.find_all(tag, **attributes)]

    @property
    def links(self) -> list[str]:
        """Where its links lead."""
        return [each["href"] for each in self.find_all("a") if "href" in each.attributes]


class Element:
    """A tag with what is in it."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element | str] = []

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    @property
    def text(self) -> str:
        """All text within, with single spaces."""
        said = (each if isinstance(each, str) else each.text for each in self.children)
        return " ".join(" ".join(said).split())

    def find_all(self, tag: str = "", **attributes: str) -> "list[Element]":
        """See `Page.find_all`."""
        found: list[Element] = []
        for each in self.children:
            if isinstance(each, str):
                continue
            if (not tag or each.tag == tag) and each.has(**attributes):
                found.append(each)
            found += each.find_all(tag, **attributes)
        return found

    def has(self, **attributes: str) -> bool:
        """Whether it has all of them."""
        for name, value in attributes.items():
            plain = name.rstrip("_").replace("_", "-")
            mine = self.attributes.get(plain)
            if mine is None or (value not in mine.split() if plain == "class" else mine != value):
                return False
        return True


_VOID = frozenset({"area", "br", "hr", "img", "input", "link", "meta", "source", "wbr"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read_html(text: str) -> Element:
    """The tree of a document or a part; what is not well formed fails."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == [reader.root], f"<{reader.open[-1].tag}> is not closed"
    return reader.root
