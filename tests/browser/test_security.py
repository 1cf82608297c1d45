"""What other sites cannot do with who is signed in, seen from a real browser."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import OpenWindow
from tests.browser.people import SESSION_COOKIE, Person, bring_session, session_token, sign_in
from tests.browser.watched import Watched
from tests.e2e.system import System

#: A site of somebody else, and one on the same host, to which browsers send cookies of this one.
OTHERS = ("http://evil.test/", "http://127.0.0.1:9/")
GIVEN_BEFORE = "a-session-that-somebody-else-knows"


def session_in(context: BrowserContext) -> str | None:
    kept = [each for each in context.cookies() if each["name"] == SESSION_COOKIE]
    return kept[0]["value"] if kept else None


def open_other(page: Page, address: str, content: str) -> None:
    """Opens a page of another site."""

    def answer(route: Route) -> None:
        route.fulfill(content_type="text/html", body=f"<!doctype html><title>x</title>{content}")

    page.route(address, answer)
    page.goto(address)


def test_a_session_that_the_browser_brought_is_not_kept(
    system: System, open_window: OpenWindow, admin: Person
) -> None:
    window = open_window()
    bring_session(window.context, system.dashboard_url, GIVEN_BEFORE)
    page = window.context.new_page()
    sign_in(page, admin)
    first = session_in(window.context)
    assert first not in (None, GIVEN_BEFORE)
    sign_in(page, admin)
    assert session_in(window.context) not in (None, first, GIVEN_BEFORE)


@pytest.mark.parametrize("other", OTHERS)
def test_a_form_of_another_site_does_nothing(
    system: System, window: Watched, page: Page, other: str
) -> None:
    form = f"""<form method=post action="{system.dashboard_url}/sign-out">
      <input name=project value=x><button>Win a prize</button></form>"""
    open_other(page, other, form)
    with page.expect_response(re.compile("/sign-out")) as answer:
        page.get_by_role("button").click()
    assert answer.value.status == 403
    page.goto(f"{system.dashboard_url}/redemptions")
    expect(page.get_by_role("heading", level=1)).to_have_text("Redemptions")
    window.excuse("evil|Cross-Origin-Opener-Policy")


@pytest.mark.parametrize("other", OTHERS)
def test_a_script_of_another_site_reads_nothing(
    system: System, window: Watched, page: Page, other: str
) -> None:
    open_other(page, other, "")
    read = f"fetch('{system.dashboard_url}/redemptions', {{credentials: 'include'}})"
    said = page.evaluate(f"{read}.then((answer) => answer.text(), (fault) => `${{fault}}`)")
    assert "Failed to fetch" in said
    window.excuse("CORS|Cross-Origin|blocked|net::ERR_FAILED")


@pytest.mark.parametrize("other", OTHERS)
def test_another_site_shows_no_page_in_a_frame(
    system: System, window: Watched, page: Page, other: str
) -> None:
    open_other(page, other, f'<iframe src="{system.dashboard_url}/redemptions"></iframe>')
    page.wait_for_timeout(300)
    for frame in page.frames[1:]:
        assert "Redemptions" not in frame.content()
    window.excuse("frame|Framing|evil|X-Frame-Options")


@pytest.mark.parametrize("target", ["//evil.test/", "https://evil.test/", "/\\evil.test", "/\t/evil.test"])  # fmt: skip
def test_a_link_to_the_sign_in_leads_nowhere_else(
    system: System, open_window: OpenWindow, admin: Person, target: str
) -> None:
    page = open_window().context.new_page()
    page.goto("/sign-in")
    page.goto(f"/sign-in?next={target.replace(chr(9), '%09')}")
    page.get_by_label("E-mail").fill(admin.email)
    page.get_by_label("Password").fill(admin.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation").first).to_be_visible()
    assert urlsplit(page.url).netloc == urlsplit(system.dashboard_url).netloc


def test_an_open_page_ends_with_its_session(
    system: System, open_window: OpenWindow, admin: Person
) -> None:
    window = open_window()
    bring_session(window.context, system.dashboard_url, session_token(system, admin))
    first, second = window.context.new_page(), window.context.new_page()
    first.goto("/redemptions")
    expect(first.locator("#live")).to_have_text(re.compile("Live"))
    second.goto("/redemptions")
    token = session_in(window.context)
    second.request.post("/sign-out", headers={"Sec-Fetch-Site": "same-origin"}, max_redirects=0)
    assert session_in(window.context) is None
    expect(first.locator("#live")).not_to_have_text(re.compile("Live"))
    bring_session(window.context, system.dashboard_url, str(token))
    first.reload()
    expect(first.get_by_role("heading", name="Sign in to Tessera")).to_be_visible()
    window.excuse("/live|EventSource|sse|401")
