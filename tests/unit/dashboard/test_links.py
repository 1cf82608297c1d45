"""Links that somebody was given: opened by a form, so that no address has what opens them."""

import pytest

from services.dashboard.web.sign_in import token_in
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


def test_an_invitation_is_shown_and_then_accepted() -> None:
    api = FakeApi()
    api.says("POST", LOOK, INVITED)
    browser = stranger(api)
    page = browser.post("/invitation", {"link": "http://desk/invitation#token=tok-1"})
    assert "Corner shop as USER" in page.text
    assert page.find("input", name="token")["value"] == "tok-1"
    assert not api.asked_for("POST", ACCEPT)
    api.says("POST", ACCEPT, {"id": "user_2", "email": "eve@shop.example"})
    said = {"token": "tok-1", "name": "Eve", "password": "a long password"}
    done = browser.post("/invitation", said)
    assert (done.status, done.headers["location"]) == (303, "/sign-in?welcome=1")
    assert api.sent("POST", ACCEPT) == said


def test_a_link_that_is_over_says_so() -> None:
    api = FakeApi()
    api.refuses("POST", LOOK, 404, key="link_not_valid", message="The link is over")
    page = stranger(api).post("/invitation", {"link": "old"})
    assert (page.status, page.texts("h1")) == (404, ["This link is not valid any more"])


def test_a_password_is_set_by_its_link() -> None:
    api = FakeApi()
    browser = stranger(api)
    page = browser.post("/new-password", {"link": "#token=tok-2"})
    assert page.find("input", name="token")["value"] == "tok-2"
    assert api.asked == []
    api.refuses("POST", RESET, details="Property `.password` must have 12 to 128 characters")
    again = browser.post("/new-password", {"token": "tok-2", "password": "short"})
    assert (again.status, again.find("input", name="token")["value"]) == (400, "tok-2")
    api.says("POST", RESET, None, 204)
    done = browser.post("/new-password", {"token": "tok-2", "password": "a long password"})
    assert (done.status, done.headers["location"]) == (303, "/sign-in")
