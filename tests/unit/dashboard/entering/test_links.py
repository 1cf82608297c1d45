"""Links that somebody was given: opened by a form, so that no address has what opens them."""

import json

import pytest

from services.dashboard.web.links import token_in
from tests.unit.dashboard.kit import Browser, FakeApi

LOOK = "/users/v1/invitations/look"
ACCEPT = "/users/v1/invitations/accept"
RESET = "/users/v1/password-resets/accept"
INVITED = {"email": "eve@shop.example", "projects": [{"name": "Corner shop", "role": "USER"}]}


def stranger(api: FakeApi) -> Browser:
    browser = Browser(api)
    browser.cookies = {}
    return browser


@pytest.mark.parametrize("path", ["/invitation", "/new-password"])
def test_a_link_is_opened_by_a_form_and_nothing_is_asked_before(path: str) -> None:
    api = FakeApi()
    page = stranger(api).get(path)
    assert page.find("form", data_link="")["action"] == path
    assert page.find("input", id="link")["autocomplete"] == "off"
    assert api.asked == []


@pytest.mark.parametrize(
    "pasted",
    ["tok-1", " tok-1 ", "#token=tok-1", "https://desk/invitation#token=tok-1", "x?token=tok-1"],
)
def test_a_link_is_known_however_it_is_pasted(pasted: str) -> None:
    assert token_in(pasted) == "tok-1"


def test_an_invitation_is_opened_shown_and_accepted() -> None:
    api = FakeApi()
    api.says("POST", LOOK, INVITED)
    browser = stranger(api)
    opened = browser.post("/invitation", {"link": "http://desk/invitation#token=tok-1"})
    assert (opened.status, opened.headers["location"]) == (303, "/invitation")
    cookie = opened.headers["set-cookie"]
    assert cookie.startswith("tessera-link=tok-1;")
    assert all(each in cookie for each in ("HttpOnly", "SameSite=strict", "Path=/invitation"))
    assert api.asked == []
    browser.cookies = {"tessera-link": "tok-1"}
    page = browser.get("/invitation")
    assert "Corner shop as USER" in page.text
    assert "tok-1" not in page.text
    said = {"name": "Eve", "password": "a long password"}
    api.refuses("POST", ACCEPT, details="Property `.password` must have 12 to 128 characters")
    again = browser.post("/invitation", said)
    assert (again.status, "12 to 128" in again.text) == (400, True)
    api.says("POST", ACCEPT, {"id": "user_2", "email": "eve@shop.example"})
    done = browser.post("/invitation", said)
    assert (done.status, done.headers["location"]) == (303, "/sign-in?welcome=invited")
    assert 'tessera-link=""' in done.headers["set-cookie"]
    assert "The invitation is accepted." in browser.get(done.headers["location"]).text
    assert json.loads(api.asked_for("POST", ACCEPT)[-1].content) == said | {"token": "tok-1"}


def test_a_link_that_is_over_says_so_and_is_forgotten() -> None:
    api = FakeApi()
    api.refuses("POST", LOOK, 404, key="link_not_valid", message="The link is over")
    browser = stranger(api)
    browser.cookies = {"tessera-link": "old"}
    page = browser.get("/invitation")
    assert (page.status, page.texts("h1")) == (404, ["This link is not valid any more"])
    assert 'tessera-link=""' in page.headers["set-cookie"]


def test_a_password_is_set_by_its_link() -> None:
    api = FakeApi()
    browser = stranger(api)
    opened = browser.post("/new-password", {"link": "#token=tok-2"})
    assert "Path=/new-password" in opened.headers["set-cookie"]
    browser.cookies = {"tessera-link": "tok-2"}
    page = browser.get("/new-password")
    assert page.texts("h1") == ["A new password"]
    assert "tok-2" not in page.text
    api.refuses("POST", RESET, details="Property `.password` must have 12 to 128 characters")
    assert browser.post("/new-password", {"password": "short"}).status == 400
    api.says("POST", RESET, None, 204)
    done = browser.post("/new-password", {"password": "a long password"})
    assert done.headers["location"] == "/sign-in?welcome=password"
    assert "The new password is saved." in browser.get(done.headers["location"]).text


def test_a_form_of_another_site_opens_no_link() -> None:
    page = stranger(FakeApi()).send(
        "POST", "/invitation", {"Sec-Fetch-Site": "cross-site"}, {"link": "tok"}
    )
    assert (page.status, "set-cookie" in page.headers) == (403, False)
