"""Bad input to validations, redemptions and rollbacks: docs/bad-input.md, row by row, over HTTP.

Each test looks at the answer, at what is recorded of the code, and that the voucher is as before.
"""

import socket
from collections.abc import Iterator
from http.client import HTTPResponse
from typing import Any

import pytest

from tests.contract.answers import assert_answer
from tests.e2e.bad_values import ATTEMPT, Member, merged, shown
from tests.e2e.plain import JSON, Plain, refused
from tests.e2e.shop import Shop, asked, new_code
from tests.e2e.system import System

REDEEM, VALIDATE = "/v1/redemptions", "/v1/validations"
MIB = 1024 * 1024
ONE = b'{"object":"voucher","id":"%s"}'

#: Bodies whose redeemables cannot be read; %s is the code of a good voucher.
UNREADABLE: dict[str, bytes] = {
    "nothing": b"",
    "blanks": b"  \n",
    "cut off": b'{"redeemables":[' + ONE,
    "a comma too many": b'{"redeemables":[' + ONE + b",]}",
    "two values": b'{"redeemables":[' + ONE + b"]} {}",
    "a comment": b'{"redeemables":[' + ONE + b"]} // no",
    "single quotes": b"{'redeemables':[]}",
    "NaN": b'{"redeemables":[' + ONE + b'],"metadata":{"a":NaN}}',
    "Infinity": b'{"redeemables":[' + ONE + b'],"order":{"amount":Infinity}}',
    "a control character": b'{"redeemables":[{"object":"voucher","id":"a\nb"}]}',
    "not UTF-8": b'{"redeemables":[{"object":"voucher","id":"%s\xff"}]}',
    "not UTF-8 elsewhere": b'{"redeemables":[' + ONE + b'],"customer":{"name":"\xc3("}}',
    "not UTF-8 where nobody looks": b'{"redeemables":[' + ONE + b'],"else":"\xff"}',
    "UTF-16": '{"redeemables":[]}'.encode("utf-16"),
    "half a surrogate": b'{"redeemables":[{"object":"voucher","id":"\\ud800"}]}',
    "a list": b"[" + ONE + b"]",
    "a number": b"5",
    "a text": b'"redeemables"',
    "null": b"null",
    "no redeemables": b"{}",
    "redeemables null": b'{"redeemables":null}',
    "redeemables a text": b'{"redeemables":"%s"}',
    "redeemables an object": b'{"redeemables":' + ONE + b"}",
    "redeemables empty": b'{"redeemables":[]}',
    "31 redeemables": b'{"redeemables":[' + b",".join([ONE] * 31) + b"]}",
    "a redeemable null": b'{"redeemables":[' + ONE + b",null]}",
    "a redeemable a text": b'{"redeemables":["%s"]}',
    "no object": b'{"redeemables":[{"id":"%s"}]}',
    "object null": b'{"redeemables":[{"object":null,"id":"%s"}]}',
    "another object": b'{"redeemables":[{"object":"product","id":"%s"}]}',
    "no id": b'{"redeemables":[{"object":"voucher"}]}',
    "id null": b'{"redeemables":[{"object":"voucher","id":null}]}',
    "id a number": b'{"redeemables":[{"object":"voucher","id":7}]}',
    "id a list": b'{"redeemables":[{"object":"voucher","id":["%s"]}]}',
    "id empty": b'{"redeemables":[{"object":"voucher","id":""}]}',
    "id too long": b'{"redeemables":[{"object":"voucher","id":"' + b"A" * 513 + b'"}]}',
    "nested too deep": b'{"redeemables":['
    + ONE
    + b'],"metadata":'
    + b'{"a":' * 40
    + b"1"
    + b"}" * 41,
    "nested without end": b"[" * 500_000,
    "a number without end": b'{"redeemables":[' + ONE + b'],"order":{"amount":1' + b"0" * 5000,
}
#: What is wrong beyond the redeemables, and cannot be told from one member alone.
WRONG_TOGETHER: dict[str, tuple[dict[str, Any], int, str]] = {
    "items whose sum is too high": (
        {"order": {"items": [{"price": 10**15, "quantity": 10**9}]}},
        400,
        "invalid_amount",
    ),
    "501 items": ({"order": {"items": [{"amount": 1}] * 501}}, 400, "invalid_payload"),
    "an unknown order": ({"order": {"id": "ord_unknown"}}, 404, "not_found"),
    "an unknown customer": ({"customer": {"id": "cust_unknown"}}, 404, "not_found"),
}


@pytest.fixture
def untouched(shop: Shop, plain: Plain) -> Iterator[str]:
    """The code of a voucher that is afterwards exactly as it was, and so is its customer's data.

    The code is the customer's source id, too.
    """
    voucher = shop.gift(100_000, redemption={"quantity": 100})
    shop.validate(voucher.code, customer={"source_id": voucher.code, "name": "Ann"})
    paths = (f"/v1/vouchers/{voucher.code}", f"/v1/customers/{voucher.code}")
    before = [_apart_from_failures(plain.get(path)) for path in paths]
    yield voucher.code
    assert [_apart_from_failures(plain.get(path)) for path in paths] == before


def _apart_from_failures(body: dict[str, Any]) -> dict[str, Any]:
    """A customer's summary counts what failed; that is all that a bad attempt may change."""
    body.get("summary", {}).get("redemptions", {}).pop("total_failed", None)
    return body


def _failure_codes(plain: Plain, code: str) -> list[str]:
    return [each["failure_code"] for each in reversed(plain.redemptions(code))]


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_an_error_and_nothing_else(
    plain: Plain, untouched: str, body: bytes
) -> None:
    content = body.replace(b"%s", untouched.encode())
    for path in (REDEEM, VALIDATE):
        assert refused(plain.send("POST", path, content)) == (400, "invalid_payload")
    assert plain.redemptions(untouched) == []


@pytest.mark.parametrize("member", ATTEMPT, ids=[member.path for member in ATTEMPT])
def test_an_attempt_with_a_bad_member_is_recorded_as_failed(
    plain: Plain, untouched: str, member: Member
) -> None:
    key = "invalid_amount" if member.kind == "amount" else "invalid_payload"
    failed = []
    named = {"customer": {"source_id": untouched, "name": "Mallory"}}
    for bad in member.bodies():
        body = merged(asked((untouched,), named), bad)
        answer = plain.ask("POST", REDEEM, json=body)
        assert refused(answer) == (400, key), shown(bad)
        assert answer.json()["resource_type"] == "redemption"
        assert member.path.split(".")[-1].removesuffix("[]") in answer.json()["details"]
        failed.append(answer.json()["resource_id"])
        assert refused(plain.ask("POST", VALIDATE, json=body)) == (400, key), shown(bad)
        locked = merged(asked((untouched,), named | {"session": {"type": "LOCK"}}), bad)
        assert refused(plain.ask("POST", VALIDATE, json=locked)) == (400, key), shown(bad)
    recorded = plain.redemptions(untouched)
    assert [each["id"] for each in reversed(recorded)] == failed
    assert {each["failure_code"] for each in recorded} == {key}
    assert {each["result"] for each in recorded} == {"FAILURE"}


@pytest.mark.parametrize("case", WRONG_TOGETHER.values(), ids=WRONG_TOGETHER)
def test_an_attempt_that_is_wrong_as_a_whole_is_recorded_as_failed(
    plain: Plain, untouched: str, case: tuple[dict[str, Any], int, str]
) -> None:
    more, status, key = case
    answer = plain.ask("POST", REDEEM, json=asked((untouched,), more))
    assert refused(answer) == (status, key)
    assert _failure_codes(plain, untouched) == [key]


def test_members_that_are_null_count_as_left_out(shop: Shop, plain: Plain) -> None:
    code = shop.discount().code
    names = ("order", "customer", "session", "metadata", "tracking_id", "options")
    body = asked((code,), dict.fromkeys(names))
    assert plain.ask("POST", REDEEM, json=body).status_code == 200
    body = asked((code,), {"order": {"amount": 100, "items": None, "id": None}, "else": 5})
    assert plain.ask("POST", REDEEM, json=body).status_code == 200
    assert shop.state(code) == (2, None)


def test_the_same_redeemable_twice(shop: Shop, plain: Plain) -> None:
    voucher = shop.discount(redemption={"quantity": 9})
    for again in (voucher.code, voucher.id):
        for path in (REDEEM, VALIDATE):
            answer = plain.ask("POST", path, json=asked((voucher.code, again), {}))
            assert refused(answer) == (400, "duplicated_redeemables")
    assert _failure_codes(plain, voucher.code) == ["duplicated_redeemables"] * 2
    assert shop.state(voucher.code) == (0, None)


def test_redeemables_that_do_not_fit(plain: Plain, untouched: str) -> None:
    stack = {"object": "promotion_stack", "id": "stack_unknown"}
    answer = plain.ask("POST", REDEEM, json=asked((untouched, stack), {}))
    assert refused(answer) == (400, "invalid_redeemables")
    for kind in ("promotion_stack", "promotion_tier"):
        unknown = f"{kind}_{new_code()}"
        body = asked(({"object": kind, "id": unknown},), {})
        answer = plain.ask("POST", REDEEM, json=body)
        assert refused(answer) == (404, "not_found")
        assert answer.json()["resource_type"] == kind
        named = {"filters[related_object_id][conditions][$is][0]": unknown}
        [failed] = plain.get("/v1/redemptions", **named)["redemptions"]
        assert failed["failure_code"] == "not_found"
        named["filters[reason][conditions][$is]"] = failed["reason"]
        assert plain.get("/v1/redemptions", **named)["redemptions"] == [failed]
        named["filters[reason][conditions][$is]"] = "Voucher expired"
        assert plain.get("/v1/redemptions", **named)["redemptions"] == []
    assert _failure_codes(plain, untouched) == ["invalid_redeemables"]


def test_an_order_that_is_not_as_it_was(shop: Shop, plain: Plain) -> None:
    code, order = shop.discount(500).code, new_code()
    first = shop.redeem(code, order={"source_id": order, "amount": 1000}).order.id
    other = shop.redeem(code, order={"source_id": new_code(), "amount": 1000}).order.id
    less = plain.ask("POST", REDEEM, json=asked((code,), {"order": {"id": first, "amount": 499}}))
    assert refused(less) == (400, "invalid_order")
    taken = {"order": {"id": other, "source_id": order, "amount": 1000}}
    assert refused(plain.ask("POST", REDEEM, json=asked((code,), taken))) == (
        400,
        "duplicate_source_id",
    )
    ann, ben = new_code(), new_code()
    shop.redeem(code, customer={"source_id": ann})
    known = shop.redeem(code, customer={"source_id": ben}).redemptions[0].customer_id
    taken = {"customer": {"id": known, "source_id": ann}}
    assert refused(plain.ask("POST", REDEEM, json=asked((code,), taken))) == (
        400,
        "duplicate_source_id",
    )
    codes = ["duplicate_source_id", "duplicate_source_id", "invalid_order"]
    failed = [each.get("failure_code") for each in plain.redemptions(code)]
    assert [each for each in failed if each] == codes
    assert shop.state(code) == (4, None)


@pytest.mark.parametrize("size", [MIB + 1, 4 * MIB])
def test_a_body_over_a_mebibyte(plain: Plain, untouched: str, size: int) -> None:
    head = b'{"redeemables":[' + ONE.replace(b"%s", untouched.encode()) + b'],"metadata":{"a":"'
    body = head + b"x" * (size - len(head) - 3) + b'"}}'
    assert len(body) == size

    def chunks() -> Iterator[bytes]:
        for start in range(0, size, 65_536):
            yield body[start : start + 65_536]

    for path in (REDEEM, VALIDATE, "/v1/vouchers", f"/v1/vouchers/{untouched}/disable"):
        for content in (body, chunks()):
            answer = plain.ask("POST", path, content=content, headers=JSON)
            assert refused(answer) == (413, "payload_too_large")
    assert plain.redemptions(untouched) == []


def test_a_body_of_a_mebibyte_is_read(plain: Plain, shop: Shop) -> None:
    code = shop.discount().code
    head = b'{"redeemables":[' + ONE.replace(b"%s", code.encode()) + b'],"else":"'
    answer = plain.send("POST", REDEEM, head + b"x" * (MIB - len(head) - 2) + b'"}')
    assert answer.status_code == 200, answer.text


def test_an_outcome_that_is_too_large_to_be_recorded(plain: Plain, untouched: str) -> None:
    body = asked((untouched,), {"metadata": {"a": "x" * 900_000}})
    answer = plain.ask("POST", REDEEM, json=body)
    assert refused(answer) == (413, "too_large")
    assert plain.redemptions(untouched) == []


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", "x"])
def test_a_body_that_says_it_is_not_json(plain: Plain, untouched: str, kind: str) -> None:
    content = b'{"redeemables":[' + ONE.replace(b"%s", untouched.encode()) + b"]}"
    for path in (REDEEM, VALIDATE, "/v1/vouchers"):
        answer = plain.ask("POST", path, content=content, headers={"Content-Type": kind})
        assert refused(answer) == (415, "unsupported_media_type")
    assert plain.redemptions(untouched) == []


@pytest.mark.parametrize(
    "content",
    [b"{", b"[1]", b"5", b'{"reason":5}', b'{"customer":"x"}', b'{"order":{"amount":-1}}',
     b'{"metadata":[1]}', b'{"reason":"\xff"}', b'{"tracking_id":{}}'],
)  # fmt: skip
def test_a_rollback_with_a_bad_body(shop: Shop, plain: Plain, content: bytes) -> None:
    code = shop.discount().code
    redemption_id = shop.redeem(code).redemptions[0].id
    for word in ("rollback", "rollbacks"):
        answer = plain.send("POST", f"/v1/redemptions/{redemption_id}/{word}", content)
        assert refused(answer) == (400, "invalid_payload")
    assert shop.state(code) == (1, None)
    assert len(plain.redemptions(code)) == 1


IMPOSSIBLE = ("%FF", "%C3%28", "%ED%A0%80", "x" * 513, "x" * 8000, "%00" * 513)


@pytest.mark.parametrize("name", IMPOSSIBLE, ids=[name[:12] for name in IMPOSSIBLE])
def test_an_id_that_nothing_can_have(plain: Plain, name: str) -> None:
    for method, path in (
        ("GET", f"/v1/vouchers/{name}"),
        ("DELETE", f"/v1/vouchers/{name}"),
        ("POST", f"/v1/vouchers/{name}/disable"),
        ("DELETE", f"/v1/vouchers/x/sessions/{name}"),
        ("GET", f"/v1/customers/{name}"),
        ("GET", f"/v1/orders/{name}"),
        ("GET", f"/v1/redemptions/{name}"),
        ("POST", f"/v1/redemptions/{name}/rollback"),
    ):
        assert refused(plain.ask(method, path)) == (404, "not_found")


@pytest.mark.parametrize(
    "code", ["a\x00b", "\x7f", "line\nbreak", "\u202eback", "../../etc", "😀" * 100]
)
def test_a_code_of_odd_characters_is_a_code_like_any(shop: Shop, plain: Plain, code: str) -> None:
    code = f"{new_code()}{code}"
    answer = plain.ask("POST", REDEEM, json=asked((code,), {}))
    assert refused(answer) == (404, "not_found")
    shop.discount(code=code)
    assert plain.ask("POST", REDEEM, json=asked((code,), {})).status_code == 200
    results = [each["result"] for each in plain.redemptions(code)]
    assert results == ["SUCCESS", "FAILURE"]


@pytest.mark.parametrize("length", ["-1", "x", "1, 2", "9" * 30])
def test_a_length_that_is_none(system: System, plain: Plain, untouched: str, length: str) -> None:
    content = b'{"redeemables":[' + ONE.replace(b"%s", untouched.encode()) + b"]}"
    lines = {"Host": "shop", "Content-Length": length} | JSON | system.server_key
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    with socket.create_connection(("127.0.0.1", system.port), timeout=120) as connection:
        connection.sendall(f"POST {REDEEM} HTTP/1.1\r\n{head}\r\n".encode() + content)
        answer = HTTPResponse(connection)
        answer.begin()
        told = answer.read()
    assert answer.status in (400, 413)
    assert_answer("POST", REDEEM, answer.status, told)
    assert plain.redemptions(untouched) == []


def test_the_logs_show_no_traces_statements_tokens_or_persons(system: System, plain: Plain) -> None:
    person = "tell-nobody@shop.test"
    body = asked((new_code(),), {"customer": {"source_id": person, "email": person, "name": 5}})
    for path in (REDEEM, VALIDATE):
        plain.ask("POST", path, json=body)
    tokens = [value for name, value in system.keys.items() if name.endswith("_token")]
    for name, text in system.logs().items():
        for hidden in (*tokens, person, "Traceback", "SELECT ", "INSERT "):
            assert hidden not in text, f"{hidden} in the log of {name}"
