"""Codes that hold what addresses are made of."""

import pytest

from services.dashboard.routes import PAGES
from services.dashboard.web.visit import WORDS, escape_segment
from tests.unit.dashboard.kit import Browser, FakeApi
from tests.unit.dashboard.test_vouchers import voucher_with

AWKWARD = (
    "A/B", "A/history", "/", "A%2FB", "%", "A?B", "A#B", "A B", " ", "+", "A&B=C", "...", "ä€😀",
    *sorted(WORDS),
)  # fmt: skip


@pytest.mark.parametrize("code", AWKWARD)
def test_the_page_of_a_code_is_found_and_what_is_done_by_it_is_done_to_it(code: str) -> None:
    api = FakeApi()
    path = f"/v1/vouchers/{code}"
    api.says("GET", path, voucher_with(code=code))
    api.says("POST", f"{path}/disable", voucher_with(code=code, active=False))
    browser, segment = Browser(api), escape_segment(code)
    assert browser.get(f"/vouchers/{segment}").status == 200
    assert browser.post(f"/vouchers/{segment}/disable").status in (200, 303)
    asked = [(each.method, each.url.raw_path) for each in api.asked]
    assert ("GET", f"/v1/vouchers/{segment}".encode()) in asked
    assert ("POST", f"/v1/vouchers/{segment}/disable".encode()) in asked


def test_a_name_that_no_address_can_hold_is_not_found() -> None:
    api = FakeApi()
    page = Browser(api).get(f"/vouchers/{'(' * 30_000}")
    assert page.status == 404
    assert not [each for each in api.asked if each.url.path.startswith("/v1/")]


def test_every_word_of_our_addresses_that_could_be_a_name_is_known() -> None:
    got = [each.path.split("/") for each in PAGES if each.method == "GET"]
    named = {tuple(each[:at]) for each in got for at, word in enumerate(each) if word[:1] == "{"}
    words = {
        word
        for each in got
        for at, word in enumerate(each)
        if word and word[0] != "{" and tuple(each[:at]) in named
    }
    assert words == WORDS
