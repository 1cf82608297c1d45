"""Whoever works here signs in, and is out again when they want to be."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.people import Person, invite, sign_in
from tests.browser.watched import check_axe_in_both_themes
from tests.e2e.system import System


def test_a_person_signs_in_by_hand_and_comes_back_to_where_they_wanted(
    open_window: OpenWindow, admin: Person
) -> None:
    page = open_window().context.new_page()
    page.goto("/redemptions")
    expect(page.get_by_role("heading", name="Sign in to Tessera")).to_be_visible()
    check_axe_in_both_themes(page)
    page.get_by_label("E-mail").fill(admin.email)
    page.get_by_label("Password").fill(admin.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Redemptions")).to_be_visible()


def test_a_wrong_password_is_told_and_the_address_is_kept(
    open_window: OpenWindow, admin: Person
) -> None:
    page = open_window().context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(admin.email)
    page.get_by_label("Password").fill("another long password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    expect(page.get_by_label("E-mail")).to_have_value(admin.email)


def test_who_follows_a_link_leaves_what_opens_it_in_no_address(
    open_window: OpenWindow, system: System
) -> None:
    token = invite(system, system.keys["project_id"], "link@people.test", "VIEWER")
    page = open_window().context.new_page()
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url + each.all_headers().get("referer", "")))
    page.goto(f"/invitation#token={token}")
    expect(page.get_by_role("heading", name="You are invited")).to_be_visible()
    assert page.url.endswith("/invitation")
    page.reload()
    check_axe_in_both_themes(page)
    page.get_by_label("Your name").fill("Lin Key")
    page.get_by_label("Password").fill("a long password for a link")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("heading", name="Sign in to Tessera")).to_be_visible()
    assert [each for each in asked if token in each] == []
    page.go_back()
    expect(page.get_by_role("heading", name="Open your link")).to_be_visible()
    assert token not in page.url
    check_axe_in_both_themes(page)


def test_a_session_belongs_to_the_browser_that_began_it(
    open_window: OpenWindow, admin: Person
) -> None:
    window = open_window()
    sign_in(window.context.new_page(), admin)
    (kept,) = [each for each in window.context.cookies() if each["name"] == "tessera"]
    assert (kept["httpOnly"], kept["sameSite"], kept["path"]) == (True, "Strict", "/")
