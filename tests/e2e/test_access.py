"""Who may ask what: keys and their kinds, trusted origins, other projects, unknown paths."""

import httpx
import pytest
import voucherify as sdk

from tests.contract.answers import client
from tests.e2e.plain import ORIGIN, Plain, refused
from tests.e2e.projects import second_project
from tests.e2e.shop import Shop, asked, new_code, told
from tests.e2e.shop import refused as refused_to_client
from tests.e2e.system import System

SERVER = ("X-App-Id", "X-App-Token")
CLIENT = ("X-Client-Application-Id", "X-Client-Token")
MANAGEMENT = ("X-Management-Id", "X-Management-Token")
UNTRUSTED = (
    "http://evil.test",
    "https://localhost.evil.test",
    "null",
    "http://localhost.evil.test",
)


@pytest.fixture
def keys(system: System) -> dict[str, str]:
    """Every header pair of the project."""
    found = system.keys
    return {
        "X-App-Id": found["app_id"],
        "X-App-Token": found["app_token"],
        "X-Client-Application-Id": found["client_app_id"],
        "X-Client-Token": found["client_token"],
        "X-Management-Id": found["management_id"],
        "X-Management-Token": found["management_token"],
    }


def _pick(keys: dict[str, str], names: tuple[str, str]) -> dict[str, str]:
    return {name: keys[name] for name in names}


def _ask(system: System, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
    body = asked((new_code(),), {}) if method == "POST" else None
    with client(base_url=system.url, patient=True) as http:
        return http.request(method, path, headers=headers, json=body)


def test_a_request_without_a_whole_valid_pair_is_401(system: System, keys: dict[str, str]) -> None:
    server, browser = _pick(keys, SERVER), _pick(keys, CLIENT)
    wrong: tuple[dict[str, str], ...] = (
        {},
        {"X-App-Id": keys["X-App-Id"]},
        {"X-App-Token": keys["X-App-Token"]},
        server | {"X-App-Token": keys["X-App-Token"][:-1]},
        server | {"X-App-Token": ""},
        server | {"X-App-Token": keys["X-Client-Token"]},
        server | {"X-App-Id": "nobody"},
        server | {"X-App-Id": "x" * 5000},
        {"X-App-Id": keys["X-App-Token"], "X-App-Token": keys["X-App-Id"]},
        {"Authorization": f"Bearer {keys['X-App-Token']}"},
    )
    for headers in wrong:
        for method, path in (
            ("POST", "/v1/redemptions"),
            ("GET", "/v1/vouchers"),
            ("GET", "/v1/x"),
        ):
            assert refused(_ask(system, method, path, headers)) == (401, "unauthorized")
    for headers in ({}, browser | {"X-Client-Token": "x"}):
        answer = _ask(system, "POST", "/client/v1/redemptions", headers | {"Origin": ORIGIN})
        assert refused(answer) == (401, "unauthorized")


def test_header_names_are_written_as_one_likes(system: System, keys: dict[str, str]) -> None:
    loud = {name.upper(): value for name, value in _pick(keys, SERVER).items()}
    assert _ask(system, "GET", "/v1/vouchers", loud).status_code == 200


def test_each_kind_of_key_has_its_paths(system: System, keys: dict[str, str]) -> None:
    paths = {
        SERVER: ("GET", "/v1/vouchers"),
        CLIENT: ("POST", "/client/v1/validations"),
        MANAGEMENT: ("GET", "/management/v1/projects"),
    }
    for names in paths:
        headers = _pick(keys, names) | {"Origin": ORIGIN}
        for owner, (method, path) in paths.items():
            answer = _ask(system, method, path, headers)
            if owner == names:
                assert answer.status_code == 200, answer.text
            else:
                assert refused(answer) == (403, "forbidden")


def test_the_first_management_key_sees_its_own_project(
    system: System, keys: dict[str, str]
) -> None:
    headers, own = _pick(keys, MANAGEMENT), system.keys["project_id"]
    listed = _ask(system, "GET", "/management/v1/projects", headers).json()
    assert own in [each["id"] for each in listed["data"]]
    found = _ask(system, "GET", f"/management/v1/projects/{own}", headers)
    assert found.status_code == 200
    for text in (found.text, str(listed)):
        assert not any(keys[token] in text for _, token in (SERVER, CLIENT, MANAGEMENT))
    unknown = _ask(system, "GET", "/management/v1/projects/proj_unknown", headers)
    assert refused(unknown) == (404, None)


def test_a_storefront_in_a_browser(shop: Shop) -> None:
    code = shop.percent(10).code
    assert shop.validate_in_browser(code).order.total_amount == 9000
    body = shop.redeem_in_browser(code)
    assert body.redemptions[0].voucher.code == code
    assert shop.state(code) == (1, None)
    failed = shop.validate_in_browser(new_code())
    assert (failed.valid, failed.redeemables[0].result.error.key) == (False, "not_found")


def test_a_browser_is_not_told_what_was_compared(system: System, keys: dict[str, str]) -> None:
    server = _pick(keys, SERVER)
    body = {"type": "DISCOUNT_VOUCHER", "active": False} | {
        "discount": {"type": "AMOUNT", "amount_off": 1}
    }
    code = new_code()
    question = asked((code,), {})
    browser = _pick(keys, CLIENT) | {"Origin": ORIGIN}
    with client(base_url=system.url, patient=True) as http:
        http.post(f"/v1/vouchers/{code}", headers=server, json=body)
        from_server = http.post("/v1/redemptions", headers=server, json=question)
        from_browser = http.post("/client/v1/redemptions", headers=browser, json=question)
    assert refused(from_server) == refused(from_browser) == (400, "voucher_disabled")
    assert "explanation" in from_server.json()
    assert "explanation" not in from_browser.json()


def test_a_browser_learns_nothing_by_a_guessed_source_id(shop: Shop, plain: Plain) -> None:
    code, named = shop.discount().code, new_code()
    customer = {"source_id": named, "name": "Ann", "email": "ann@shop.test"}
    order = {"source_id": named, "amount": 1000}
    shop.redeem(code, customer=customer, order=order)
    told_to_browser = shop.redeem_in_browser(code, customer={"source_id": named})
    seen = told_to_browser.redemptions[0].customer
    assert (seen.source_id, seen.name, seen.email) == (named, None, None)
    guessed = shop.validate_in_browser(code, order={"source_id": named})
    assert (guessed.valid, guessed.redeemables[0].result.error.key) == (False, "invalid_order")
    own = shop.validate_in_browser(code, order=order, customer={"source_id": named})
    assert own.valid
    assert plain.get(f"/v1/customers/{named}")["name"] == "Ann"


@pytest.mark.parametrize("origin", UNTRUSTED)
def test_an_origin_that_is_not_trusted(shop: Shop, system: System, origin: str) -> None:
    code = shop.discount().code
    body = sdk.ClientRedemptionsRedeemRequestBody.from_dict(asked((code,), {}))
    call = shop.browser.redeem_stacked_discounts_client_side
    assert refused_to_client(call, origin, body)[:2] == (403, "forbidden")
    preflight = _preflight(system, origin)
    assert refused(preflight) == (403, "forbidden")
    assert "access-control-allow-origin" not in preflight.headers
    assert shop.state(code) == (0, None)


def test_a_client_side_key_needs_an_origin(system: System, keys: dict[str, str]) -> None:
    answer = _ask(system, "POST", "/client/v1/redemptions", _pick(keys, CLIENT))
    assert refused(answer) == (403, "forbidden")


def _preflight(system: System, origin: str, path: str = "/client/v1/redemptions") -> httpx.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-client-token",
    }
    with client(base_url=system.url, patient=True) as http:
        return http.options(path, headers=headers)


def test_a_browser_may_see_the_answers_of_the_client_side_api(
    system: System, keys: dict[str, str]
) -> None:
    allowed = _preflight(system, ORIGIN)
    assert (allowed.status_code, allowed.content) == (204, b"")
    assert allowed.headers["access-control-allow-origin"] == ORIGIN
    assert "POST" in allowed.headers["access-control-allow-methods"]
    assert "X-Client-Token" in allowed.headers["access-control-allow-headers"]
    browser = _pick(keys, CLIENT) | {"Origin": ORIGIN}
    for headers in (browser, browser | {"X-Client-Token": "wrong"}):
        answer = _ask(system, "POST", "/client/v1/validations", headers)
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert "origin" in answer.headers["vary"].lower()
    assert refused(_preflight(system, ORIGIN, "/v1/redemptions"))[0] == 403
    server = _ask(system, "GET", "/v1/vouchers", _pick(keys, SERVER) | {"Origin": ORIGIN})
    assert "access-control-allow-origin" not in server.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/v1/redemptions"),
        ("PUT", "/v1/redemptions"),
        ("PUT", "/v1/validations"),
        ("PATCH", "/v1/vouchers/x"),
        ("GET", "/v1/vouchers/x/enable"),
        ("POST", "/v1/vouchers/x/sessions/y"),
        ("GET", "/v1/redemptions/x/rollback"),
        ("PATCH", "/v1/customers/x"),
        ("POST", "/v1/analytics/totals"),
        ("POST", "/health"),
    ],
)
def test_a_known_path_with_another_method_is_405(plain: Plain, method: str, path: str) -> None:
    answer = plain.ask(method, path)
    assert refused(answer) == (405, None)
    assert answer.json()["message"] == "HTTP Method Not Allowed"


@pytest.mark.parametrize(
    "path", ["/v1/nothing", "/v1/", "/v1/vouchers/x/y/z", "/v1/redemptionss/", "/nothing", "/"]
)
def test_an_unknown_path_is_404(plain: Plain, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert refused(plain.ask(method, path)) == (404, "not_found")


async def test_another_projects_things_are_unknown(system: System, shop: Shop) -> None:
    voucher = shop.discount(redemption={"quantity": 5})
    customer, order = new_code(), new_code()
    body = shop.redeem(
        voucher.code, customer={"source_id": customer}, order={"source_id": order, "amount": 100}
    )
    redemption_id = body.redemptions[0].id
    key = shop.validate(voucher.code, session={"type": "LOCK"}).session.key
    other = Shop(system.url, await second_project(system))
    try:
        for call, *named in (
            (other.vouchers.get_voucher, voucher.code),
            (other.vouchers.get_voucher, voucher.id),
            (other.vouchers.disable_voucher, voucher.id),
            (other.vouchers.delete_voucher, voucher.code),
            (other.vouchers.release_validation_session, voucher.code, key),
            (other.customers.get_customer, customer),
            (other.customers.get_customer, body.redemptions[0].customer_id),
            (other.orders.get_order, order),
            (other.orders.get_order, body.order.id),
            (other.redemptions.get_redemption, redemption_id),
            (other.redemptions.rollback_redemption, redemption_id),
            (other.redemptions.rollback_stacked_redemptions, redemption_id),
        ):
            assert refused_to_client(call, *named)[:2] == (404, "not_found")
        assert other.not_redeemed(voucher.code).key == "not_found"
        assert other.not_redeemed(voucher.id).key == "not_found"
        assert other.validate(voucher.code).redeemables[0].result.error.key == "not_found"
        assert {
            each.id for each in told(other.redemptions.list_redemptions).redemptions
        }.isdisjoint(each.id for each in shop.listed(voucher_code=voucher.code).redemptions)
        other.discount(100, code=voucher.code)
        assert other.redeem(voucher.code).order.total_discount_amount == 100
    finally:
        other.close()
    assert shop.state(voucher.code) == (1, None)
    assert shop.listed(voucher_code=voucher.code).total == 1
