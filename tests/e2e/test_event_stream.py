"""Events as they happen, through the front: who reads them, and how a stream ends."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.contract.answers import ANSWER_SECONDS_MAX, client
from tests.e2e.shop import Shop
from tests.e2e.system import System


@contextmanager
def stream(system: System, query: str = "", last: str | None = None) -> Iterator[httpx.Response]:
    headers = {"X-App-Id": system.keys["app_id"], "X-App-Token": system.keys["app_token"]}
    if last is not None:
        headers["Last-Event-ID"] = last
    url = f"{system.url}/v1/audit/stream?{query}"
    with (
        client(timeout=ANSWER_SECONDS_MAX) as asking,
        asking.stream("GET", url, headers=headers) as answer,
    ):
        yield answer


def data_of(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    for line in answer.iter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def test_what_happens_is_told_at_once_and_after_a_break(system: System, shop: Shop) -> None:
    voucher = shop.discount()
    with stream(system, f"voucher={voucher.code}") as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream"
        assert answer.headers["x-request-id"]
        redeemed = shop.redeem(voucher.code)
        told = next(data_of(answer))
    assert told["type"] == "redemption.succeeded"
    assert redeemed.redemptions[0].id in told["data"]["redemption_ids"]
    shop.redeem(voucher.code)
    with stream(system, f"voucher={voucher.code}", last=told["id"]) as answer:
        missed = next(data_of(answer))
    assert (missed["type"], missed["id"] > told["id"]) == ("redemption.succeeded", True)


def test_a_stream_needs_a_server_side_key(system: System) -> None:
    url = f"{system.url}/v1/audit/stream"
    browser = {
        "X-Client-Application-Id": system.keys["client_app_id"],
        "X-Client-Token": system.keys["client_token"],
        "Origin": "https://shop.test",
    }
    for headers, status in (({}, 401), (browser, 403)):
        with client(patient=True) as asking:
            answer = asking.get(url, headers=headers)
        assert answer.status_code == status
