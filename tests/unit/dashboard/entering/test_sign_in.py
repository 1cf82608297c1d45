"""Signing in with a second factor, and how much a stranger may send."""

from services.dashboard.web.pending import PENDING_MAX, PENDING_SECONDS, Pending
from tests.unit.dashboard.kit import Browser, FakeApi

PASSWORD = "correct horse battery"


def stranger(api: FakeApi) -> Browser:
    browser = Browser(api)
    browser.cookies = {}
    return browser


def test_the_second_factor_is_asked_for_without_the_password_in_the_page() -> None:
    api = FakeApi()
    api.refuses("POST", "/users/v1/sessions", 401, key="second_factor_required")
    browser = stranger(api)
    page = browser.post("/sign-in", {"email": "ann@shop.example", "password": PASSWORD})
    assert PASSWORD not in page.text
    name = page.find("input", name="pending")["value"]
    api.says("POST", "/users/v1/sessions", {"token": "a-session"})
    done = browser.post("/sign-in", {"pending": name, "code": "123456", "next": "/orders"})
    assert (done.status, done.headers["location"]) == (303, "/orders")
    assert "tessera=a-session" in done.headers["set-cookie"]
    assert b"123456" in api.asked_for("POST", "/users/v1/sessions")[-1].content


def test_a_wrong_code_is_asked_for_again() -> None:
    api = FakeApi()
    api.refuses("POST", "/users/v1/sessions", 401, key="second_factor_required")
    browser = stranger(api)
    first = browser.post("/sign-in", {"email": "ann@shop.example", "password": PASSWORD})
    api.refuses("POST", "/users/v1/sessions", 401, key="invalid_code")
    again = browser.post(
        "/sign-in", {"pending": first.find("input", name="pending")["value"], "code": "1"}
    )
    assert again.status == 401
    assert "not valid" in again.text
    assert PASSWORD not in again.text


def test_what_was_typed_is_forgotten_after_a_while_and_never_piles_up() -> None:
    now = [0.0]
    pending = Pending(lambda: now[0])
    first = pending.keep("a", "b")
    assert pending.find(first) == ("a", "b")
    last = [pending.keep("c", "d") for _ in range(PENDING_MAX)][-1]
    assert pending.find(first) is None
    now[0] = PENDING_SECONDS + 1
    assert pending.find(last) is None


def test_a_stranger_may_send_little_and_nobody_more_than_a_file() -> None:
    browser = stranger(FakeApi())
    assert browser.post("/sign-in", {"email": "x" * 70_000}).status == 413
    browser.cookies = {"tessera": "a-session"}
    assert browser.post("/sign-in", {"email": "x" * 70_000}).status != 413
    assert browser.post("/sign-in", {"email": "x" * 11_000_000}).status == 413
