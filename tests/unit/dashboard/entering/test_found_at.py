"""Where links lead that somebody is given, however the request came."""

import pytest

from tests.unit.dashboard.kit import Browser, FakeApi, me_with

INVITATIONS = "/management/v1/projects/proj_1/invitations"
HTTPS = {"X-Forwarded-Proto": "https"}


def api_that_invites() -> FakeApi:
    api = FakeApi(me_with())
    api.says("POST", INVITATIONS, {"email": "eve@shop.example", "url_token": "tok-once"})
    api.says("POST", "/users/v1/sessions", {"token": "a-new-session"})
    return api


@pytest.mark.parametrize(
    ("url", "headers", "found"),
    [
        (None, {}, "http://desk"),
        (None, HTTPS, "https://desk"),
        (None, {"X-Forwarded-Proto": "javascript"}, "http://desk"),
        (None, {"X-Forwarded-Host": "evil.example"}, "http://desk"),
        ("https://desk.example", {}, "https://desk.example"),
        ("https://desk.example", {"Host": "evil.example"}, "https://desk.example"),
        ("http://10.0.0.1:8080", HTTPS, "http://10.0.0.1:8080"),
    ],
)
def test_a_link_leads_to_where_the_dashboard_is_found(
    url: str | None, headers: dict[str, str], found: str
) -> None:
    browser = Browser(api_that_invites(), url)
    if found.startswith("https"):
        browser.cookies = {"__Host-tessera": "a-session"}
    sent = {"Sec-Fetch-Site": "same-origin"} | headers
    form = {"email": "eve@shop.example", "role": "USER"}
    made = browser.send("POST", "/team/invite", sent, form)
    assert made.find("code").text == f"{found}/invitation#token=tok-once"


def test_the_cookie_is_of_https_where_people_come_by_it_whatever_is_in_front() -> None:
    form = {"email": "a", "password": "b"}
    for url, name in (("https://desk.example", "__Host-tessera="), ("http://desk", "tessera=")):
        browser = Browser(api_that_invites(), url)
        cookie = browser.post("/sign-in", form).headers["set-cookie"]
        assert cookie.startswith(name)
        assert ("Secure" in cookie) == url.startswith("https")


def test_an_old_browser_may_write_from_the_address_that_it_was_given() -> None:
    form = {"email": "a", "password": "b"}
    for origin, status in (("https://desk.example", 303), ("http://desk", 403)):
        browser = Browser(api_that_invites(), "https://desk.example")
        assert browser.send("POST", "/sign-in", {"Origin": origin}, form).status == status
