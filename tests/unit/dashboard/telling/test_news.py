"""What is new since somebody looked last."""

from typing import Any

from tests.unit.dashboard.kit import Browser, FakeApi, Page, me_with

_CHANGES = [{"title": "Lists", "text": "with filters"}]
RELEASES = {
    "installed": "0.10.0",
    "data": [
        {"version": "0.10.0", "date": "2026-11-29", "installed": True, "changes": _CHANGES},
        {"version": "0.9.1", "date": "2026-11-28", "installed": False, "changes": []},
        {"version": "0.9.0", "date": "2026-11-27", "installed": False, "changes": []},
    ],
}


def seen(read: str | None, installed: str = "0.10.0") -> FakeApi:
    api = FakeApi(me_with(release_read=read, release_installed=installed))
    api.says("GET", "/v1/releases", RELEASES)
    return api


def news_in(page: Page) -> bool:
    """Whether the navigation says that there is news."""
    (link,) = (each for each in page.find_all("a", href="/whats-new") if "What is new" in each.text)
    return link.text.endswith("New")


def marked(page: Page) -> list[Any]:
    return [each.text for each in page.find_all("h2") if "New since last time" in each.text]


def test_every_page_says_that_there_is_news_until_it_was_shown() -> None:
    assert news_in(Browser(seen("0.9.0")).get("/support"))
    assert news_in(Browser(seen(None)).get("/support"))
    api = seen("0.10.0")
    assert not news_in(Browser(api).get("/support"))
    assert {each.url.path for each in api.asked} <= {"/users/v1/me", "/health", "/v1/diagnostics"}


def test_what_is_new_since_last_time_is_marked_and_read_by_being_shown() -> None:
    api = seen("0.9.0")
    api.says("PUT", "/users/v1/me", {})
    page = Browser(api).get("/whats-new")
    assert [each.split()[0] for each in marked(page)] == ["0.10.0", "0.9.1"]
    assert not news_in(page)
    assert api.sent("PUT", "/users/v1/me") == {"release_read": "0.10.0"}


def test_the_first_time_all_is_new_so_nothing_is_marked() -> None:
    api = seen(None)
    assert not marked(Browser(api).get("/whats-new"))
    assert api.sent("PUT", "/users/v1/me") == {"release_read": "0.10.0"}


def test_what_was_read_is_not_noted_again_and_what_cannot_be_noted_is_shown() -> None:
    api = seen("0.10.0")
    assert not marked(Browser(api).get("/whats-new"))
    assert not api.asked_for("PUT", "/users/v1/me")
    busy = seen("0.9.1")
    busy.refuses("PUT", "/users/v1/me", 503, key="unavailable")
    assert len(marked(Browser(busy).get("/whats-new"))) == 1
