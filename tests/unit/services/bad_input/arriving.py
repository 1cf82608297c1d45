"""What is bad about a request whatever it asks for, and about access tokens."""

from typing import Any, Final

from tests.unit.services.bad_input.asking import Ask, Before, Rows, get, post, shown
from tests.unit.services.world import CLIENT, SERVER, asked

FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_CONNECTION: Final = "tests/unit/runtime/http/test_connection.py"
_EDGE: Final = "tests/unit/runtime/http/test_edge.py"
_IMPORTS: Final = "tests/unit/services/catalog/imports/test_imports.py"


def _form(path: str, *contents: str) -> tuple[Ask, ...]:
    return tuple(Ask("POST", f"/v1/oauth/{path}", None, each.encode(), FORM) for each in contents)


def _bearing(token: str, path: str) -> Ask:
    return Ask("GET", path, headers={"Authorization": f"Bearer {token}"}, key={})


def _keyed(key: str, body: Any) -> Ask:
    return Ask("POST", "/v1/redemptions", body, headers={"Idempotency-Key": key})


BEFORE: Final[Before] = (
    ("narrow", _form("token", "grant_type=client_credentials&scope=vouchers")[0]),
    ("over", _form("token", "grant_type=client_credentials&scope=vouchers")[0]),
    ("revoked", _form("token/revoke", "access_token=<over>")[0]),
    ("once", _keyed("once", asked("A"))),
)
ARRIVING: Final[Rows] = {
    "no key, half a key pair, a wrong token, an unknown or revoked key, an access token that is wrong, over or revoked": (
        Ask("GET", "/v1/orders/o", key={}),
        Ask("GET", "/v1/orders/o", key={"X-App-Id": "app"}),
        Ask("GET", "/v1/orders/o", key={"X-App-Token": "t-app"}),
        Ask("GET", "/v1/orders/o", key={"X-App-Id": "app", "X-App-Token": "no"}),
        Ask("GET", "/v1/orders/o", key={"X-App-Id": "no", "X-App-Token": "t-app"}),
        _bearing("no", "/v1/orders/o"),
        _bearing("<over>", "/v1/orders/o"),
    ),
    "a valid key of the wrong kind for the path (/v1 server, /client/v1 client, /management/v1 management)": (
        Ask("GET", "/v1/orders/o", key=CLIENT),
        Ask("POST", "/client/v1/redemptions", asked("A"), key=SERVER),
        Ask("GET", "/management/v1/projects", key=SERVER),
    ),
    "a client-side key without Origin, or from an origin that the project does not trust": (
        Ask("POST", "/client/v1/redemptions", asked("A"), headers={"Origin": ""}),
        Ask("POST", "/client/v1/redemptions", asked("A"), headers={"Origin": "http://no.test"}),
    ),
    "an access token without the scope, or where only keys are taken": (
        _bearing("<narrow>", "/v1/orders/o"),
        _bearing("<narrow>", "/management/v1/projects"),
    ),
    "no HTTP at all; the connection ends": shown(f"{_CONNECTION}::test_what_is_no_http_is_400"),
    "path and query longer than 8 KiB as they were sent": shown(
        f"{_CONNECTION}::test_the_limits_are_exact"
    ),
    "headers of more than 32 KiB, names and values, or more than 100 of them": shown(
        f"{_CONNECTION}::test_the_limits_are_exact"
    ),
    "a head that has not ended after 64 KiB; nothing more of it is kept, and the connection ends": shown(
        f"{_CONNECTION}::test_a_head_without_end_is_answered_and_not_kept"
    ),
    "an unknown path, or one with an id that nothing can have: not UTF-8, or longer than 512 characters": (
        *get("nothing", "vouchers/%FF", "customers/" + "x" * 513),
        *post("redemptions/%80/rollback", None),
    ),
    "whatever is not found in the management API": (
        Ask("GET", "/management/v1/projects/none"),
        Ask("GET", "/management/v1/nothing"),
    ),
    "a known path with another method": (Ask("PATCH", "/v1/vouchers/A"),),
    "a query with a parameter, field or operator that is unknown or given twice, or with a value that it does not take": (
        *get("rewards?odd=1", "rewards?limit=0", "rewards?limit=1&limit=2"),
        *get("customers/ann/redeemables?filters[odd][conditions][$is][0]=1"),
        *post("campaigns/Spring/vouchers?vouchers_count=x", {}),
        Ask("DELETE", "/v1/vouchers/A?force=maybe"),
        Ask("GET", "/client/v1/validate?code=A&odd=1"),
    ),
    "a body over 1 MiB, of imports and bulk updates over 10 MiB, with a length or chunked": shown(
        f"{_EDGE}::test_a_body_that_is_too_large_is_413", f"{_IMPORTS}::test_limits"
    ),
    "a body that would be a command of over 960 KiB: at the limit, or of numbers that grow (1e15 is kept with 18 bytes)": shown(
        f"{_EDGE}::test_a_fault_shows_no_more_than_it_must",
        "tests/unit/runtime/replica/test_commands.py::test_the_largest_command_goes_into_a_batch_and_one_byte_more_does_not",
    ),
    "more than 100,000 rows in one import or bulk update, or 2,000 orders": (
        *post("orders/import", [{"source_id": "o"}] * 2001),
        *post("vouchers/metadata/async", {"codes": ["A"] * 100_001, "metadata": {}}),
    ),
    "a body that says it is not JSON": tuple(
        Ask("POST", path, None, b"{}", {"Content-Type": "text/plain"})
        for path in ("/v1/redemptions", "/v1/vouchers")
    ),
    "Idempotency-Key that is empty or over 255 characters": (
        _keyed("", asked("A")),
        _keyed("k" * 256, asked("A")),
    ),
    "Idempotency-Key of an earlier request with other content": (_keyed("once", asked("CARD")),),
    "too many requests at once; a fifth import or bulk update of a project while four of it are being read; Retry-After says when to try again": shown(
        f"{_EDGE}::test_more_requests_at_once_than_allowed_are_503",
        f"{_IMPORTS}::test_a_project_has_so_many_uploads_read_at_once",
    ),
    "anything to be written while the disk is almost full; details says so, Retry-After when to try again": shown(
        f"{_EDGE}::test_a_write_that_a_full_disk_stops_says_so_and_shows_no_folder"
    ),
    "the ledger does not answer in time; the error names the command": shown(
        f"{_EDGE}::test_a_fault_shows_no_more_than_it_must"
    ),
    "the ledger got it too late, nothing was done": shown(
        "tests/unit/engine/answers/test_answer.py::test_refusals_answer_with_their_status"
    ),
    "the outcome would exceed 768 KiB": shown(
        "tests/e2e/test_bad_input.py::test_an_outcome_that_is_too_large_to_be_recorded"
    ),
}  # fmt: skip
TOKENS: Final[Rows] = {
    "a token asked for without grant_type or scope; a token that is not named": _form(
        "token", "scope=api", "grant_type=client_credentials"
    ) + _form("token/revoke", "") + _form("introspect", ""),
    "a scope that is not one of an OAuth client's": shown(
        "tests/unit/services/catalog/projects/test_oauth_clients.py::test_a_client_asks_for_no_more_than_it_has"
    ),
    "another grant_type": _form("token", "grant_type=password&scope=api"),
    "an unknown or empty scope": _form("token", "grant_type=client_credentials&scope=odd"),
    "a form that is no form, or has a field twice": (
        *_form("token", "grant_type=client_credentials&scope=api&scope=api", "%FF"),
        Ask("POST", "/v1/oauth/token", None, b"\xff", FORM),
    ),
    "asking about a token that is not of the project": _form(
        "introspect", "access_token=none", "access_token=a.b"
    ),
    "revoking a token that has expired, or is another project's": shown(
        "tests/unit/services/catalog/projects/test_oauth.py::test_another_project_s_token_is_unknown"
    ),
}  # fmt: skip
