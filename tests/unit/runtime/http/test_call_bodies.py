"""What the log of calls keeps of bodies: of nobody, without secrets, and not too much."""

import json
from typing import Any

import pytest

from runtime.http.api_calls import (
    BODY_BYTES_WAITING_MAX,
    RECORD_BODY_BYTES_MAX,
    Noted,
    as_call,
    sent_of,
)
from runtime.http.auth import Caller
from runtime.http.call_bodies import (
    BODY_NOTED_MAX,
    BUSY,
    LARGE,
    NO_JSON,
    SentBody,
    keeps_body,
    mask_body,
)
from tests.unit.runtime.http.test_api_calls import Topic, calls_to


@pytest.mark.parametrize(
    ("method", "path", "kept"),
    [
        ("POST", "/v1/campaigns", True),
        ("PUT", "/v1/vouchers/A", True),
        ("POST", "/v1/vouchers/A/balance", True),
        ("POST", "/v1/validation-rules", True),
        ("POST", "/management/v1/projects/p/webhooks", True),
        ("GET", "/v1/campaigns", False),
        ("POST", "/v1/redemptions", False),
        ("POST", "/v1/validations", False),
        ("POST", "/v1/vouchers/A/validate", False),
        ("POST", "/v1/promotions/tiers/t/redemption", False),
        ("POST", "/v1/customers", False),
        ("POST", "/v1/orders", False),
        ("POST", "/v1/publications", False),
        ("POST", "/v1/events", False),
        ("POST", "/v1/loyalties/members", False),
        ("POST", "/v1/segments", False),
        ("POST", "/v1/exports", False),
        ("POST", "/v1/vouchers/A/transactions/export", False),
        ("POST", "/v1/campaigns/c/transactions/export", False),
        ("POST", "/v1/oauth/token", False),
        ("POST", "/v1/vouchers/importCSV", False),
        ("POST", "/client/v1/publish", False),
        ("POST", "/client/v1/vouchers", False),
        ("POST", "/", False),
        ("POST", "", False),
    ],
)
def test_only_bodies_of_what_a_shop_sets_up_are_kept(method: str, path: str, kept: bool) -> None:
    assert keeps_body(method, path) is kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"name": "Summer", "n": [1, None, 2.5, True]}, None),
        ({"password": "x", "apiKey": "x", "to": {"access_token": 1}},
         {"password": "*", "apiKey": "*", "to": {"access_token": "*"}}),
        ({"APIKey": "x", "apikey": "x", "auth": {"user": "x"}, "SKUName": "x", "author": "x"},
         {"APIKey": "*", "apikey": "*", "auth": "*", "SKUName": "x", "author": "x"}),
        ({"clientSecret": "x", "keys": ["a"], "Secret-Key": {"a": 1}},
         {"clientSecret": "*", "keys": "*", "Secret-Key": "*"}),
        ({"keyword": "x", "tokenize": 1, "monkey": 2}, None),
        ({"customer": {"id": "c"}, "a": [{"email": "x"}], "phone": None},
         {"customer": "*", "a": [{"email": "*"}], "phone": None}),
        ({"note": "ann@shop.test", "ann@shop.test": 1}, {"note": "*", "ann@shop.test": "*"}),
        ({"target_url": "https://h.test/a?sig=1#x"}, {"target_url": "https://h.test/a?*"}),
        ({"q": "what? that"}, None),
        ([{"code": "A"}], None),
    ],
)  # fmt: skip
def test_secrets_and_people_are_masked(sent: Any, kept: Any) -> None:
    body, unkept = mask_body(json.dumps(sent).encode())
    assert (json.loads(body), unkept) == (sent if kept is None else kept, "")


@pytest.mark.parametrize(
    "sent", [b"{", b"\xff", b'"text"', b"1", b"[" * 9000, b'{"a":"\\ud800"}', b"a=b&password=x"]
)
def test_what_is_no_json_is_not_kept(sent: bytes) -> None:
    assert mask_body(sent) == ("", NO_JSON)


async def passed(*parts: bytes) -> SentBody:
    messages = [{"type": "http.request", "body": part} for part in parts]

    async def receive() -> Any:
        return messages.pop(0)

    body = SentBody(receive)
    assert [(await body())["body"] for _ in parts] == list(parts)
    return body


async def test_the_bytes_pass_by_and_no_more_is_kept_than_may_be() -> None:
    assert sent_of(await passed(b"{", b"}")) == (b"{}", "")
    assert sent_of(await passed(b"x" * BODY_NOTED_MAX)) == (b"x" * BODY_NOTED_MAX, "")
    assert sent_of(await passed(b"x" * BODY_NOTED_MAX, b"x", b"y")) == (b"", LARGE)
    assert sent_of(None) == (b"", "")


def noted(number: int, body: bytes, **more: Any) -> Noted:
    caller = Caller("p", "server", "key_1")
    return Noted(caller, f"v-{number}", "POST", "/v1/campaigns", 200, 5.0, 0.25, body=body, **more)


def test_a_call_holds_its_body_or_why_it_has_none() -> None:
    call = as_call(noted(1, b'{"name": "Summer", "token": "t"}'))
    assert (call.body, call.unkept) == ('{"name":"Summer","token":"*"}', "")
    assert (as_call(noted(1, b"{")).body, as_call(noted(1, b"{")).unkept) == ("", NO_JSON)
    assert as_call(noted(1, b"", unkept=LARGE)).unkept == LARGE
    assert as_call(noted(1, b"", validation="valid_1")).validation == "valid_1"


async def test_bodies_that_wait_are_bounded_and_so_are_records() -> None:
    topic = Topic()
    calls = calls_to(topic, 2000)
    body = b'{"a":"' + b"x" * (16 * 1024 - 8) + b'"}'
    fitting = BODY_BYTES_WAITING_MAX // len(body)
    for number in range(fitting + 1):
        calls.note(noted(number, body))
    await calls.flush()
    written = [call for record in topic.records for call in record.calls]
    assert [call.unkept for call in written] == [""] * fitting + [BUSY]
    each = RECORD_BODY_BYTES_MAX // len(body)
    # all of a record is masked in one go, while nobody else has a turn
    assert each <= 2
    assert {len(record.calls) for record in topic.records[:-1]} == {each}
    calls.note(noted(0, body))
    await calls.flush()
    assert topic.records[-1].calls[0].body == body.decode()
