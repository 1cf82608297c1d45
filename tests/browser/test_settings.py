"""The profile, the team, the project's settings and its integrations."""

import base64
import re
import time
from contextlib import closing

import httpx
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow
from tests.browser.people import Person, new_person, sign_in
from tests.browser.watched import check_axe_in_both_themes
from tests.e2e.plain import Plain
from tests.e2e.system import System


def test_a_key_works_until_it_is_ended_and_its_token_is_shown_once(
    page: Page, system: System
) -> None:
    page.goto("/settings/keys/new")
    page.get_by_label("Name").fill("Till in Gdynia")
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator(".secret code")).to_have_count(2)
    ident, token = page.locator(".secret code").all_inner_texts()
    page.get_by_role("link", name="To the keys").click()
    expect(page.get_by_role("cell", name="Till in Gdynia", exact=True)).to_be_visible()
    assert token not in page.content()
    with closing(Plain(system.url, {"X-App-Id": ident, "X-App-Token": token})) as till:
        till.ask("GET", "/v1/vouchers")
    page.get_by_role("link", name="Change Till in Gdynia").click()
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="End", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("works no more")
    ended = page.get_by_role("region", name="Ended")
    expect(ended.get_by_role("cell", name="Till in Gdynia", exact=True)).to_be_visible()


def test_an_oauth_client_makes_tokens_of_what_was_chosen(page: Page, system: System) -> None:
    page.goto("/settings/keys/new-client")
    check_axe_in_both_themes(page)
    page.get_by_label("Name").fill("Partner")
    page.get_by_label("rewards", exact=True).check()
    page.get_by_role("button", name="Make the client").click()
    expect(page.locator(".secret code")).to_have_count(2)
    ident, token = page.locator(".secret code").all_inner_texts()
    form = {"grant_type": "client_credentials", "scope": "rewards"}
    pair = {"X-App-Id": ident, "X-App-Token": token}
    made = httpx.post(f"{system.url}/v1/oauth/token", data=form, headers=pair)
    bearer = {"Authorization": f"Bearer {made.json()['access_token']}"}
    with closing(Plain(system.url, bearer)) as partner:
        partner.ask("GET", "/v1/rewards")
        assert partner.ask("GET", "/v1/segments").status_code == 403
    page.get_by_role("link", name="To the keys").click()
    expect(page.get_by_role("row", name="Partner")).to_contain_text("OAuth client rewards")


def test_a_webhook_is_made_paused_and_deleted(page: Page) -> None:
    page.goto("/integrations/webhooks/new")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#errors")).to_contain_text("Choose one event")
    page.get_by_label("URL").fill("https://hooks.example/tessera")
    page.get_by_label("redemption.succeeded", exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile("/integrations/webhooks/"))
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".facts")).to_contain_text("Paused")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts")).to_contain_text("deleted")


def test_a_second_factor_is_bound_and_switched_off(system: System, open_window: OpenWindow) -> None:
    person = new_person(system, role="VIEWER", name="Grace Hopper")
    page = open_window().context.new_page()
    sign_in(page, person)
    page.goto("/team")
    expect(page.get_by_role("heading", name="Your role does not allow this")).to_be_visible()
    page.goto("/profile/two-factor")
    _give_password(page, person, "Go on")
    secret = page.locator(".secret code").inner_text()
    page.get_by_label("Code that the device shows").fill(_code_of(secret))
    page.get_by_role("button", name="Switch on").click()
    expect(page.locator("#codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("10 recovery codes left")).to_be_visible()
    page.get_by_role("link", name="Switch off").click()
    _give_password(page, person, "Switch off")
    expect(page.locator("#toasts")).to_contain_text("The second factor is off")


def _give_password(page: Page, person: Person, then: str) -> None:
    page.get_by_label("Current password").fill(person.password)
    page.get_by_role("button", name=then).click()


def _code_of(secret: str) -> str:
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    device = TOTP(key, 6, SHA1(), 30, enforce_key_length=False)
    return device.generate(int(time.time())).decode()
