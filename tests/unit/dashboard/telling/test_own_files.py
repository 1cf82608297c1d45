"""Own files: kept by browsers until an update, and nothing but them is served."""

import pytest

from services.dashboard.own_files import own_files, own_url
from tests.unit.dashboard.kit import Browser, FakeApi


def test_a_page_names_its_files_by_what_they_are() -> None:
    page = Browser(FakeApi()).get("/sign-in")
    styles = [each["href"] for each in page.find_all("link", rel="stylesheet")]
    assert own_url("css/base.css") in styles
    for href in styles:
        if "vendor" not in href:
            answer = Browser(FakeApi()).get(href)
            assert answer.status == 200
            assert answer.headers["cache-control"].endswith("immutable")


def test_without_the_version_a_file_is_asked_for_anew() -> None:
    answer = Browser(FakeApi()).get("/static/css/base.css")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path",
    [
        "/static/package.json",
        "/static/../service.py",
        "/static/%2e%2e/service.py",
        "/static/old/css/no.css",
    ],
)
def test_nothing_else_is_served(path: str) -> None:
    assert Browser(FakeApi()).get(path).status == 404


def test_every_script_and_style_is_there() -> None:
    assert {"js/app.js", "css/tokens.css", "icon.svg"} <= own_files().keys()
