"""Team settings: members, links that are shown once, roles, projects."""

import pytest

from tests.unit.dashboard.kit import EVERYTHING, Browser, FakeApi, me_with

BASE = "/management/v1/projects/proj_1"
ANN = {
    "id": "user_1",
    "name": "Ann",
    "email": "ann@shop.example",
    "role": "ADMIN",
    "two_factor_enabled": True,
    "last_sign_in_at": "2026-11-29T10:00:00Z",
}
BOB = ANN | {
    "id": "user_2",
    "name": "<script>bob</script>",
    "role": "role_own",
    "two_factor_enabled": False,
    "last_sign_in_at": None,
}
ROLES = [
    {"id": "ADMIN", "name": "ADMIN", "privileges": EVERYTHING, "predefined": True},
    {"id": "role_own", "name": "Till", "privileges": ["redemptions.redeem"], "predefined": False},
]
INVITED = {
    "id": "inv_1",
    "email": "eve@shop.example",
    "role": "role_own",
    "created_at": "2026-11-29T10:00:00Z",
    "expires_at": "2026-12-06T10:00:00Z",
}


def team(*privileges: str) -> FakeApi:
    api = FakeApi(me_with(*privileges) if privileges else None)
    api.says("GET", f"{BASE}/users", {"data": [ANN, BOB]})
    api.says("GET", f"{BASE}/users/user_2", BOB)
    api.says("GET", f"{BASE}/invitations", {"data": [INVITED]})
    api.says("GET", f"{BASE}/roles", {"data": ROLES})
    api.says("GET", f"{BASE}/roles/role_own", ROLES[1])
    api.says("GET", "/v1/analytics/api-usage", {"total": 12, "errors": 1, "series": []})
    return api


def test_members_are_told_with_role_and_second_factor_and_nobody_removes_themselves() -> None:
    page = Browser(team()).get("/team")
    assert "<script>bob" not in page.text
    assert "Never" in page.find("section", aria_label="Members").text
    assert (
        page.find("select", id="role-user_2")
        .find_all("option", value="role_own")[0]
        .has(selected="")
    )
    assert page.find_all("dialog", id="remove-user_2")
    assert not page.find_all("dialog", id="remove-user_1")
    assert "Till" in page.find("section", aria_label="Open invitations").text


def test_a_role_is_changed_and_a_member_removed() -> None:
    api = team()
    api.says("PUT", f"{BASE}/users/user_2", BOB)
    api.says("DELETE", f"{BASE}/users/user_2", None, 204)
    api.says("DELETE", f"{BASE}/invitations/inv_1", None, 204)
    browser = Browser(api)
    browser.post("/team/members/user_2/role", {"role": "VIEWER"})
    assert api.sent("PUT", f"{BASE}/users/user_2") == {"role": "VIEWER"}
    browser.post("/team/members/user_2/remove")
    browser.post("/team/invitations/inv_1/withdraw")
    assert [each.method for each in api.asked].count("DELETE") == 2


def test_a_lost_second_factor_is_taken_off_after_it_was_told_what_happens() -> None:
    api = team()
    cara = BOB | {"id": "user_3", "name": "Cara", "two_factor_enabled": True}
    api.says("GET", f"{BASE}/users", {"data": [ANN, BOB, cara]})
    api.says("DELETE", f"{BASE}/users/user_3/two-factor", None, 204)
    browser = Browser(api)
    page = browser.get("/team")
    assert "All sessions of this person end" in page.find("dialog", id="factor-user_3").text
    for other in ("user_1", "user_2"):
        assert not page.find_all("dialog", id=f"factor-{other}")
    browser.post("/team/members/user_3/two-factor")
    assert len(api.asked_for("DELETE", f"{BASE}/users/user_3/two-factor")) == 1


def test_the_link_of_an_invitation_is_shown_once() -> None:
    api = team()
    api.says("POST", f"{BASE}/invitations", INVITED | {"url_token": "tok-once"})
    browser = Browser(api)
    made = browser.post("/team/invite", {"email": "eve@shop.example", "role": "role_own"})
    assert made.find("code").text == "http://desk/invitation#token=tok-once"
    assert "tok-once" not in browser.get("/team").text
    api.refuses("POST", f"{BASE}/invitations", details="Property `.email` is no address")
    again = browser.post("/team/invite", {"email": "eve", "role": "role_own"})
    assert "no address" in again.find("span", id="email-error").text


def test_the_link_for_a_new_password_is_made_after_it_was_told_what_it_does() -> None:
    api = team()
    made = {"url_token": "tok-reset", "expires_at": "2026-11-30T10:00:00Z"}
    api.says("POST", f"{BASE}/users/user_2/password-reset", made)
    browser = Browser(api)
    assert "works once, within a day" in browser.get("/team/members/user_2/password").text
    assert not api.asked_for("POST", f"{BASE}/users/user_2/password-reset")
    page = browser.post("/team/members/user_2/password")
    assert page.find("code").text == "http://desk/new-password#token=tok-reset"


def test_roles_stand_against_privileges_and_own_ones_are_changed() -> None:
    api = team()
    page = Browser(api).get("/team/roles")
    (redeem,) = [
        each for each in page.find_all("tr") if each.find_all("th", title="redemptions.redeem")
    ]
    assert [each["class"] for each in redeem.find_all("td")] == ["yes", "yes"]
    assert "/team/roles/role_own" in page.links
    form = Browser(api).get("/team/roles/role_own")
    assert form.find("input", value="redemptions.redeem").has(checked="")
    api.says("PUT", f"{BASE}/roles/role_own", ROLES[1])
    Browser(api).post("/team/roles/role_own", {"name": "Till", "privileges": ["orders.read"]})
    assert api.sent("PUT", f"{BASE}/roles/role_own")["privileges"] == ["orders.read"]
    api.says("POST", f"{BASE}/roles", ROLES[1])
    Browser(api).post("/team/roles/new", {"name": "Desk", "privileges": ["orders.read"]})
    assert api.sent("POST", f"{BASE}/roles")["name"] == "Desk"


def test_a_project_is_made_and_its_keys_are_shown_once() -> None:
    api = team()
    pair = {"app_id": "id-1", "app_token": "tok-1"}
    api.says("POST", "/management/v1/projects", {"id": "p", "name": "Two", "server_side_key": pair})
    said = {"name": "Two", "currency": "EUR", "timezone": "Etc/UTC"}
    page = Browser(api).post("/team/projects/new", said | {"case_sensitive_codes": "false"})
    assert page.texts("code") == ["id-1", "tok-1"]
    assert api.sent("POST", "/management/v1/projects")["case_sensitive_codes"] is False


def test_a_project_is_deleted_only_with_its_name() -> None:
    api = FakeApi(me_with(*EVERYTHING, "projects.delete"))
    api.says("DELETE", BASE, None, 204)
    browser = Browser(api)
    assert browser.get("/team/projects").find("input", name="typed")["data-match"] == "Corner shop"
    browser.post("/team/projects/delete", {"typed": "corner"})
    assert not api.asked_for("DELETE", BASE)
    browser.post("/team/projects/delete", {"typed": "Corner shop"})
    assert len(api.asked_for("DELETE", BASE)) == 1


def test_a_second_factor_is_asked_of_everybody_after_it_was_told_what_happens() -> None:
    api = team()
    path = f"{BASE}/security"
    told = {"second_factor_required": False, "members": 3, "members_without_second_factor": 2}
    api.says("GET", path, told)
    browser = Browser(api)
    page = browser.get("/team/security")
    assert "12 hours" in page.text
    assert "2 of 3 have none" in page.text
    assert "you set it up next" in page.find("dialog", id="ask-everybody").text
    api.says("PUT", path, told)
    browser.post("/team/security/required")
    assert api.sent("PUT", path) == {"second_factor_required": True}
    api.says("GET", path, told | {"second_factor_required": True})
    assert browser.get("/team/security").find_all("dialog", id="ask-nobody")
    browser.post("/team/security/optional")
    assert b"false" in api.asked_for("PUT", path)[-1].content


def test_a_member_is_deleted_for_good_only_with_the_address() -> None:
    api = team()
    api.says("GET", f"{BASE}/users", {"data": [ANN, BOB, BOB | {"id": "user_3", "is_owner": True}]})
    path = f"{BASE}/users/user_2/permanent-deletion"
    api.says("POST", path, None, 204)
    browser = Browser(api)
    page = browser.get("/team/data")
    assert "/customers" in page.links
    assert "cannot be brought back" in page.find("dialog", id="forget-user_2").text
    assert not [each for each in ("1", "3") if page.find_all("dialog", id=f"forget-user_{each}")]
    browser.post("/team/data/members/user_2/delete", {"typed": "bob"})
    assert not api.asked_for("POST", path)
    browser.post("/team/data/members/user_2/delete", {"typed": BOB["email"]})
    assert len(api.asked_for("POST", path)) == 1


def test_what_only_tells_is_there() -> None:
    browser = Browser(team())
    usage = browser.get("/team/usage").text
    assert "no subscription" in usage


@pytest.mark.parametrize(
    "path",
    [
        "/team",
        "/team/invite",
        "/team/roles",
        "/team/projects",
        "/team/security",
        "/team/data",
        "/team/usage",
    ],
)
def test_who_does_not_manage_the_team_sees_none_of_it(path: str) -> None:
    api = team("project.read")
    assert Browser(api).get(path).status == 403
    assert "/team" not in Browser(team("project.read")).get("/profile/two-factor").links
