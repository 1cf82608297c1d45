"""A disk that fills up: what users and operators are told, and that nothing acknowledged is lost."""

from collections.abc import Iterator

import httpx
import pytest

from runtime.base.disk import MIB
from runtime.http.disk_watch import KEPT_FREE_PART
from tests.contract.answers import client
from tests.e2e.plain import refused
from tests.e2e.shop import new_code
from tests.e2e.small_disk import SmallSystem, small_disk
from tests.e2e.system import START_SECONDS_MAX, eventually

DISK_MIB = 640
#: What has to be free for the installation to be well.
FREE_MIN = 64 * MIB
KEPT_FREE = FREE_MIN // KEPT_FREE_PART
VOUCHER = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallSystem]:
    """Up, on a small disk."""
    folder = tmp_path_factory.mktemp("small")
    with small_disk(folder, DISK_MIB) as disk:
        if disk is None:
            pytest.skip("the kernel lets nobody mount a disk here")
        made = SmallSystem(folder, disk, TESSERA_DISK_FREE_MIB_MIN=str(FREE_MIN // MIB))
        with made.running():
            yield made


@pytest.fixture
def http(system: SmallSystem) -> Iterator[httpx.Client]:
    """Requests whose answers may be faults."""
    with client(base_url=system.url, headers=system.server_key, timeout=30.0) as made:
        yield made


def written(http: httpx.Client) -> tuple[str, httpx.Response | None]:
    """A new code and what became of it; None when nobody answered."""
    code = new_code()
    try:
        return code, http.post(f"/v1/vouchers/{code}", json=VOUCHER)
    except httpx.TransportError:
        return code, None


def is_there(http: httpx.Client, code: str) -> bool:
    return http.get(f"/v1/vouchers/{code}").status_code == 200


def test_before_it_is_full_writing_is_refused_with_a_reason_and_goes_on_by_itself(
    system: SmallSystem, http: httpx.Client
) -> None:
    code, made = written(http)
    assert made is not None
    assert made.status_code == 200
    system.disk.fill(left=KEPT_FREE // 2)

    def refusal() -> httpx.Response | None:
        _, answer = written(http)
        return answer if answer is not None and answer.status_code == 503 else None

    answer = eventually(refusal)
    assert answer is not None
    assert refused(answer) == (503, "unavailable")
    assert "too little space on the disk" in answer.json()["details"]
    assert (answer.headers["retry-after"], str(system.home) in answer.text) == ("1", False)
    redemption = {"redeemables": [{"object": "voucher", "id": code}]}
    assert refused(http.post("/v1/redemptions", json=redemption)) == (503, "unavailable")
    # reading, and asking what would be, go on
    assert is_there(http, code)
    assert http.post("/v1/validations", json=redemption).json()["valid"]
    health = http.get("/health")
    assert health.status_code == 503
    assert f"MiB are left in {system.home}/" in health.json()["parts"]["disk"]["state"]
    for event in ("little disk space", "nothing is written for want of disk space"):
        eventually(lambda event=event: f'"event":"{event}"' in system.logs()["api"])  # type: ignore[misc]

    system.disk.empty()
    eventually(lambda: http.post("/v1/redemptions", json=redemption).status_code == 200)
    eventually(system.is_healthy)


def test_when_it_is_full_operators_are_told_and_nothing_acknowledged_is_lost(
    system: SmallSystem, http: httpx.Client
) -> None:
    kept = []
    system.disk.fill()
    for _ in range(20):
        code, answer = written(http)
        if answer is not None and answer.status_code == 200:
            kept.append(code)
        else:
            assert answer is None or answer.status_code in (503, 504), answer.text
    status = system.command("status")
    assert f"MiB are left in {system.home}" in status.stdout + status.stderr
    refusal = system.command("up", seconds_max=START_SECONDS_MAX)
    assert refusal.returncode == 1
    assert f"MiB are left in {system.home}" in refusal.stderr

    system.disk.empty()
    # what still runs is not started anew, and comes back by itself
    eventually(lambda: system.command("up", seconds_max=START_SECONDS_MAX).returncode == 0)
    assert all(is_there(http, code) for code in kept)
    code, answer = written(http)
    assert answer is not None
    assert answer.status_code == 200, answer.text
    verified = system.command("verify", seconds_max=START_SECONDS_MAX)
    assert verified.returncode == 0, verified.stdout + verified.stderr
