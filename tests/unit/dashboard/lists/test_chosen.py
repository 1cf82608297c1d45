"""What is done with many rows at once, where some of them are refused."""

from urllib.parse import unquote

import pytest

from tests.unit.dashboard.kit import Browser, FakeApi, Page


def _said(page: Page) -> str:
    """What the next page tells."""
    cookie = page.headers["set-cookie"].partition("tessera-said=")[2].partition(";")[0]
    return unquote(cookie.strip('"'))


@pytest.mark.parametrize(
    ("action", "method", "path", "said"),
    [
        ("/bin/delete", "DELETE", "/v1/trash-bin/{}", "deleted for good"),
        ("/sessions/release", "DELETE", "/v1/sessions/{}", "released"),
        ("/promotion-tiers/disable", "POST", "/v1/promotions/tiers/{}/disable", "disabled"),
        ("/customers/delete", "DELETE", "/v1/customers/{}", "deleted"),
        ("/validation-rules/delete", "DELETE", "/v1/validation-rules/{}", "deleted"),
        ("/campaigns/disable", "POST", "/v1/campaigns/{}/disable", "off"),
    ],
)
def test_one_that_is_refused_keeps_no_other_from_being_done(
    action: str, method: str, path: str, said: str
) -> None:
    api = FakeApi()
    for each in ("a", "c"):
        api.says(method, path.format(each), {})
    api.refuses(method, path.format("b"), details="It is in use")
    page = Browser(api).post(action, {"keys": ["a", "b", "c"]})
    assert page.status == 303
    assert _said(page) == f"2 {said}, 1 not: It is in use"
    assert api.asked_for(method, path.format("c"))
