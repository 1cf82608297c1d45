"""The hand-written SQL services keep what a redemption promises, so they are a fair measure."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import httpx
import pytest

from bench.baselines.postgres import PostgresAbsent
from bench.baselines.run import Baseline, run_baseline

CODES = ["PLAIN", "ONCE-A", "ONCE-B"]
WAYS = pytest.mark.parametrize(
    ("path", "limited"), [("/guarded/redemptions", "ONCE-A"), ("/for-update/redemptions", "ONCE-B")]
)


@pytest.fixture(scope="module")
def baseline() -> Iterator[Baseline]:
    try:
        with run_baseline(CODES, 10) as running:
            asyncio.run(_limit(running.postgres.dsn))
            yield running
    except PostgresAbsent as absent:
        pytest.skip(str(absent))


async def _limit(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE vouchers SET quantity = 1 WHERE code LIKE 'ONCE-%'")
    await connection.close()


def ask(baseline: Baseline, path: str, code: str, **headers: str) -> httpx.Response:
    body = {"redeemables": [{"object": "voucher", "id": code}], "order": {"amount": 10_000}}
    url = f"http://127.0.0.1:{baseline.port}{path}"
    return httpx.post(url, json=body, headers={**baseline.headers, **headers}, trust_env=False)


@WAYS
def test_a_redemption_counts_and_takes_off_what_the_voucher_says(
    baseline: Baseline, path: str, limited: str
) -> None:
    first, second = (_redeemed(ask(baseline, path, "PLAIN")) for _ in range(2))
    assert first["order"]["total_amount"] == 9000
    counted = [each["voucher"]["redemption"]["redeemed_quantity"] for each in (first, second)]
    assert counted == [counted[0], counted[0] + 1]


@WAYS
def test_a_repeat_with_the_same_key_is_the_same_redemption(
    baseline: Baseline, path: str, limited: str
) -> None:
    key = {"Idempotency-Key": f"once {path}"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: ask(baseline, path, "PLAIN", **key), range(4)))
    assert len({_redeemed(each)["id"] for each in answers}) == 1


@WAYS
def test_no_limit_is_exceeded(baseline: Baseline, path: str, limited: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: ask(baseline, path, limited).status_code, range(8)))
    assert sorted(answers) == [200, *[400] * 7]


@pytest.mark.parametrize(
    "path", ["/guarded/redemptions", "/for-update/redemptions", "/validations"]
)
def test_what_is_not_right_is_refused(baseline: Baseline, path: str) -> None:
    assert ask(baseline, path, "NONE").status_code == 404
    assert ask(baseline, path, "PLAIN", **{"X-App-Token": "wrong"}).status_code == 401


def test_a_validation_answers_what_a_redemption_would_take_off(baseline: Baseline) -> None:
    answer = ask(baseline, "/validations", "PLAIN").json()
    assert answer["valid"] is True
    assert answer["order"]["total_amount"] == 9000


def _redeemed(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()["redemptions"][0]
