"""My profile: what is typed stays, secrets are shown once, sessions are ended."""

from typing import Any

from tests.unit.dashboard.kit import Browser, FakeApi, me_with

SESSION = {
    "id": "uss_1",
    "object": "user_session",
    "started_at": "2026-11-29T20:00:00Z",
    "last_used_at": "2026-11-29T20:10:00Z",
    "expires_at": "2026-11-30T08:00:00Z",
    "ip": "127.0.0.1",
    "agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/153.0.0.0 Safari/537.36",
    "current": True,
}
ELSEWHERE = SESSION | {"id": "uss_2", "agent": "<script>x</script>", "current": False}


def account(**said: Any) -> FakeApi:
    api = FakeApi(me_with(**said))
    api.says("GET", "/users/v1/me/sessions", {"data": [SESSION, ELSEWHERE]})
    activity = {"type": "sign_in_failed", "created_at": "2026-11-29T20:00:00Z", "ip": "10.0.0.1"}
    api.says("GET", "/users/v1/me/activity", {"data": [activity]})
    api.says("GET", "/management/v1/projects/proj_1/branding", {"data": []})
    return api


def test_what_is_done_with_an_account_is_done_from_where_somebody_is() -> None:
    api = FakeApi()
    api.says("POST", "/users/v1/me/password", {})
    form = {"current_password": "old", "new_password": "new", "again": "new"}
    Browser(api).post("/profile/password", form)
    (asked,) = api.asked_for("POST", "/users/v1/me/password")
    assert asked.headers["x-forwarded-for"] == "127.0.0.1"


def test_the_form_shows_who_i_am_and_saves_what_i_say() -> None:
    api = account(language="pl", theme="dark")
    page = Browser(api).get("/profile")
    assert page.find("input", name="name")["value"] == "Ann"
    assert page.find("option", value="pl").has(selected="")
    assert page.find("input", name="theme", value="dark").has(checked="")
    api.says("PUT", "/users/v1/me", {})
    said = {"name": "Anna", "language": "de", "theme": "light", "density": "compact"}
    done = Browser(api).post("/profile", said)
    assert done.headers["location"] == "/profile"
    assert api.sent("PUT", "/users/v1/me") == said


def test_without_a_name_the_form_comes_back_as_it_was_typed() -> None:
    api = account()
    page = Browser(api).post("/profile", {"name": " ", "language": "fr", "theme": "auto"})
    assert "A name is needed" in page.find("div", id="errors").text
    assert page.find("option", value="fr").has(selected="")
    assert not api.asked_for("PUT", "/users/v1/me")


def test_the_contact_for_personal_data_is_the_brands() -> None:
    api = account()
    brand = {
        "brand": {"name": "<b>Shop</b>"},
        "address": {"street": "Long 1"},
        "contact": {"email": "data@shop.example"},
    }
    api.says("GET", "/management/v1/projects/proj_1/branding", {"data": [brand]})
    page = Browser(api).get("/profile")
    assert "data@shop.example" in page.text
    assert "<b>Shop" not in page.text


def test_sessions_elsewhere_can_be_ended_and_this_one_cannot() -> None:
    api = account()
    page = Browser(api).get("/profile/security")
    ends = [each["hx-post"] for each in page.find_all("form") if "hx-post" in each.attributes]
    assert "/profile/security/sessions/uss_2/end" in ends
    assert "/profile/security/sessions/uss_1/end" not in ends
    assert "Chrome on Linux" in page.text
    assert "<script>x" not in page.text
    assert "A sign-in failed" in page.text
    for path, called in (
        ("uss_2/end", "/users/v1/me/sessions/uss_2"),
        ("end-others", "/users/v1/me/sessions"),
    ):
        api.says("DELETE", called, None, 204)
        Browser(api).post(f"/profile/security/sessions/{path}")
        assert len(api.asked_for("DELETE", called)) == 1


def test_the_second_factor_begins_with_the_password_and_ends_with_codes_shown_once() -> None:
    api = account()
    browser = Browser(api)
    assert "password" in browser.get("/profile/two-factor").text
    begun = {
        "secret": "JBSWY3DPEHPK3PXP",
        "otpauth_url": "otpauth://totp/t?secret=JBSWY3DPEHPK3PXP",
    }
    api.says("POST", "/users/v1/me/two-factor", begun)
    page = browser.post("/profile/two-factor", {"password": "p"})
    assert page.find("code").text == "JBSWY3DPEHPK3PXP"
    assert page.find_all("svg")
    kept = {name: page.find("input", name=name)["value"] for name in ("secret", "address")}
    api.refuses("POST", "/users/v1/me/two-factor/confirm", details="Property `.code` is wrong")
    again = browser.post("/profile/two-factor/confirm", kept | {"code": "000000"})
    assert "is wrong" in again.find("span", id="code-error").text
    assert again.find("code").text == "JBSWY3DPEHPK3PXP"
    api.says("POST", "/users/v1/me/two-factor/confirm", {"recovery_codes": ["aaaaa-bbbbb"]})
    done = browser.post("/profile/two-factor/confirm", kept | {"code": "123 456"})
    assert done.find("ul", id="codes").text == "aaaaa-bbbbb"
    assert "aaaaa-bbbbb" not in browser.get("/profile/security").text


def test_switching_it_off_takes_the_password() -> None:
    api = account(two_factor_enabled=True, recovery_codes_left=7)
    assert "7 recovery codes left" in Browser(api).get("/profile/security").text
    api.refuses("DELETE", "/users/v1/me/two-factor", key="wrong_password", message="Wrong password")
    page = Browser(api).post("/profile/two-factor/off", {"password": "no"})
    assert page.find("span", id="password-error").text == "Wrong password"
    api.says("DELETE", "/users/v1/me/two-factor", None, 204)
    done = Browser(api).post("/profile/two-factor/off", {"password": "yes"})
    assert done.headers["location"] == "/profile/security"


def test_a_second_factor_that_a_project_wants_is_set_up_before_anything_else() -> None:
    wants = me_with()["projects"][0] | {"second_factor_required": True}
    browser = Browser(account(projects=[wants]))
    assert browser.get("/redemptions").headers["location"] == "/profile/two-factor"
    page = browser.get("/profile/two-factor")
    assert "asks everybody for a second factor" in page.text
    # nothing beside the page asks for what is refused, which would lead here again
    assert not page.find_all("span", hx_get="/notifications/unread")
    assert "/redemptions" not in page.links
    assert browser.get("/profile/security").status == 200
    done = Browser(account(projects=[wants], two_factor_enabled=True)).get("/profile/two-factor")
    assert "/redemptions" in done.links


def test_a_first_password_is_changed_before_anything_else() -> None:
    api = account(must_change_password=True)
    browser = Browser(api)
    assert browser.get("/profile").headers["location"] == "/profile/password"
    assert "First password" in browser.get("/profile/password").text
    page = browser.post(
        "/profile/password", {"current_password": "a", "new_password": "b", "again": "c"}
    )
    assert "not the same" in page.text
    api.says("POST", "/users/v1/me/password", None, 204)
    said = {"current_password": "a", "new_password": "a-new-one-here", "again": "a-new-one-here"}
    assert browser.post("/profile/password", said).headers["location"] == "/"
