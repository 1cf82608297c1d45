"""What every page goes through: sign-in, privileges, writes of other sites, faults of the API."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.dashboard.routes import PAGES
from services.dashboard.service import dashboard_app
from services.dashboard.web.sign_in import safe_target
from tests.unit.dashboard.kit import EVERYTHING, Browser, FakeApi, me_with


def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_the_page() -> None:
    browser = Browser(FakeApi())
    browser.cookies = {}
    page = browser.get("/redemptions?f=result:is:FAILURE")
    assert page.status == 303
    assert page.headers["location"] == "/sign-in?next=%2Fredemptions%3Ff%3Dresult%3Ais%3AFAILURE"


def test_a_session_that_is_over_is_taken_from_the_browser() -> None:
    api = FakeApi()
    api.refuses("GET", "/users/v1/me", 401, key="unauthorized")
    page = Browser(api).get("/redemptions")
    assert page.status == 303
    assert page.headers["location"].startswith("/sign-in")
    assert 'tessera=""' in page.headers["set-cookie"]


def test_a_page_is_refused_without_its_privilege() -> None:
    faults = []
    for needed in sorted({each.needs for each in PAGES if each.needs}):
        others = [each for each in EVERYTHING if each != needed]
        browser = Browser(FakeApi(me_with(*others)))
        for page in (each for each in PAGES if each.needs == needed):
            path = page.path.replace(":path}", "}").replace("{", "").replace("}", "")
            answer = browser.get(path) if page.method == "GET" else browser.post(path)
            if answer.status != 403 or needed not in answer.text:
                faults.append(f"{page.method} {page.path}")
    assert faults == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ],
    ids=str,
)
def test_a_write_of_another_site_is_refused(headers: dict[str, str]) -> None:
    api = FakeApi()
    answer = Browser(api).send("POST", "/redemptions/r_1/rollback", headers)
    assert answer.status == 403
    assert api.asked == []


def test_an_old_browser_tells_by_its_origin_that_a_write_is_ours() -> None:
    api = FakeApi()
    answer = Browser(api).send("POST", "/redemptions/r_1/rollback", {"Origin": "http://desk"})
    assert answer.status != 403
    assert api.asked_for("GET", "/v1/redemptions/r_1")


def test_an_address_that_is_led_to_begins_no_header_of_its_own() -> None:
    for into, header in (("", "location"), ("form", "hx-redirect")):
        answer = Browser(FakeApi()).post("/validation-rules/a%0D%0Ab/assign", into=into)
        assert answer.headers[header] == "/validation-rules/a%0D%0Ab"


def test_every_answer_says_what_a_browser_may_do_with_it() -> None:
    for path in ("/sign-in", "/redemptions", "/static/css/base.css", "/nowhere"):
        headers = Browser(FakeApi()).get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_a_list_that_is_not_ready_says_so_and_asks_again_by_itself() -> None:
    api = FakeApi()
    api.refuses("GET", "/v1/redemptions", 503, key="unavailable", message="Not there yet")
    page = Browser(api).get("/redemptions", into="list")
    assert page.status == 200
    assert page.find("h1").text == "Catching up"
    notice = page.find("div", class_="empty")
    assert notice["hx-trigger"] == "load delay:2s"
    # asked again as the list that it stands for, else a whole page would come into it
    assert (notice["id"], notice["hx-target"]) == ("list", "this")


def test_a_page_that_is_not_ready_is_loaded_again_as_a_whole() -> None:
    api = FakeApi()
    api.refuses("GET", "/v1/redemptions", 503, key="unavailable", message="Not there yet")
    page = Browser(api).get("/redemptions")
    assert (page.status, page.headers["refresh"]) == (503, "2")
    # by itself it would bring a page into this one
    assert "hx-get" not in page.find("div", class_="empty").attributes


def test_a_drawer_that_is_not_ready_is_filled_later() -> None:
    api = FakeApi()
    api.refuses("GET", "/v1/redemptions/r_1", 503, key="unavailable", message="Not there yet")
    page = Browser(api).get("/redemptions/r_1", into="drawer")
    assert page.find("div", class_="empty")["hx-target"] == "#drawer"
    assert not page.find_all(id="drawer")


def test_a_page_behind_the_end_of_a_list_leads_to_its_first() -> None:
    api = FakeApi()
    api.says("GET", "/v1/redemptions", {"redemptions": [], "total": 3})
    page = Browser(api).get("/redemptions?page=2&f=result:is:FAILURE")
    assert "/redemptions?f=result%3Ais%3AFAILURE" in page.links
    assert "The list ends before this page" in page.root.text


def test_no_list_leads_beyond_the_pages_that_the_api_has() -> None:
    api = FakeApi()
    rows = [{"id": "r_1", "object": "redemption"}]
    api.says("GET", "/v1/redemptions", {"redemptions": rows, "total": 1_000_000})
    assert "page=1001" not in Browser(api).get("/redemptions?page=1000").text


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "/a\nb",
    ],
)
def test_a_link_to_the_sign_in_leads_nowhere_else(address: str) -> None:
    assert safe_target(address) == "/"


def test_somebody_with_a_first_password_is_sent_to_change_it() -> None:
    page = Browser(FakeApi(me_with(must_change_password=True))).get("/redemptions")
    assert page.headers["location"] == "/profile/password"


@pytest.mark.parametrize(
    ("project", "said", "first"),
    [
        ({}, {"must_change_password": True}, "/profile/password"),
        ({"second_factor_required": True}, {}, "/profile/two-factor"),
    ],
)
def test_what_a_page_asks_by_itself_does_not_load_the_page_that_has_to_be_done_again(
    project: dict[str, Any], said: dict[str, Any], first: str
) -> None:
    projects = [me_with()["projects"][0] | project]
    browser = Browser(FakeApi(me_with(projects=projects, **said)))
    shown = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{first}"}
    assert browser.send("GET", "/notifications/unread", shown).status == 204
    elsewhere = shown | {"HX-Current-URL": "http://testserver/vouchers?page=2"}
    answer = browser.send("GET", "/notifications/unread", elsewhere)
    assert answer.headers["hx-redirect"] == first


def test_over_https_the_cookie_is_of_this_host_alone() -> None:
    api = FakeApi()
    api.says("POST", "/users/v1/sessions", {"token": "a-new-session"})
    browser = Browser(api)
    for proxy in ({}, {"X-Forwarded-Proto": "https", "X-Forwarded-For": "1.1.1.1, 9.8.7.6"}):
        headers = {"Sec-Fetch-Site": "same-origin"} | proxy
        answer = browser.send("POST", "/sign-in", headers, {"email": "a", "password": "b"})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-tessera=" if proxy else "tessera=")
        assert ("Secure" in cookie) == bool(proxy)
        assert all(each in cookie for each in ("HttpOnly", "SameSite=strict", "Path=/"))
    direct, forwarded = api.asked_for("POST", "/users/v1/sessions")
    assert direct.headers["x-forwarded-for"] == "127.0.0.1"
    assert forwarded.headers["x-forwarded-for"] == "9.8.7.6"


def test_an_address_of_a_project_of_others_is_not_answered_with_one_s_own() -> None:
    api = FakeApi()
    page = Browser(api).get("/redemptions?project=proj_of_others")
    assert page.status == 404
    assert api.asked_for("GET", "/v1/redemptions") == []
    assert Browser(api).get("/live?project=proj_of_others").status == 404


def test_who_may_not_see_what_happens_is_not_told_that_it_connects() -> None:
    for privileges, says in (((), True), (("redemptions.read",), False)):
        api = FakeApi(me_with(*privileges))
        api.says("GET", "/v1/redemptions", {"redemptions": [], "total": 0})
        page = Browser(api).get("/redemptions")
        assert bool(page.find_all(id="live")) is says
        assert ("data-live" in page.find("body").attributes) is says


def test_while_nobody_can_be_asked_a_page_looks_again_and_a_write_is_told() -> None:
    api = FakeApi()
    api.refuses("GET", "/users/v1/me", 503, key="unavailable", message="Not there yet")
    page = Browser(api).get("/redemptions?page=2")
    assert (page.status, page.headers["refresh"]) == (503, "2")
    assert page.find("h1").text == "Catching up"
    part = Browser(api).get("/redemptions?page=2", into="list")
    assert part.find(id="list")["hx-get"] == "/redemptions?page=2"
    write = Browser(api).post("/vouchers/v_1/enable", into="drawer")
    assert write.find(class_="toast").text == "Not there yet"
    assert write.headers["hx-reswap"] == "none"


def test_a_browser_that_leaves_while_its_form_is_read_is_no_fault() -> None:
    app = dashboard_app(
        "http://api", Path("nowhere"), PAGES, transport=httpx.MockTransport(FakeApi())
    )
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/campaigns/new/told",
        "query_string": b"",
        "headers": [
            (b"cookie", b"tessera=a-session"),
            (b"sec-fetch-site", b"same-origin"),
            (b"content-type", b"application/x-www-form-urlencoded"),
        ],
    }
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 400
