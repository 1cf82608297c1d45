"""The host distribution is killed in the middle of an action: it goes on, and each row is done once."""

from tests.chaos.killing import BACK_SECONDS_MAX, assert_verified
from tests.e2e.plain import Plain
from tests.e2e.shop import Shop, new_code, told
from tests.e2e.system import System, eventually
from tests.e2e.test_imports import lines

ROWS = 12_000
KILLS = 3


def test_a_killed_worker_goes_on_from_the_log(system: System, shop: Shop, plain: Plain) -> None:
    mark = new_code()
    rows = [(f"{mark}-{n}", 100, "AMOUNT", n) for n in range(ROWS)]
    file = lines(("Code", "Value", "Discount Type", "n"), *rows)
    started = told(shop.vouchers.import_vouchers_using_csv, file=file)
    killed = [kill_after(system, shop, started.async_action_id, part) for part in range(KILLS)]
    assert len(set(killed)) == KILLS
    action = shop.done(started)
    assert (action.status, action.progress) == ("DONE", 100)
    assert (action.result["done_count"], action.result["failed_count"]) == (ROWS, 0)
    eventually(system.is_healthy, BACK_SECONDS_MAX)
    assert system.process("distribution").pid not in killed
    for n in (0, ROWS // 2, ROWS - 1):
        assert told(shop.vouchers.get_voucher, f"{mark}-{n}").metadata == {"n": str(n)}
    assert_verified(system)


def kill_after(system: System, shop: Shop, action_id: str, part: int) -> int:
    """Kills the worker's host once so many parts of the rows are done; its process id."""
    wanted = ROWS * part // (KILLS + 1)

    def is_there() -> bool:
        action = told(shop.actions.get_async_action, action_id)
        return bool(action.status == "IN_PROGRESS" and action.result["done_count"] >= wanted)

    eventually(is_there, BACK_SECONDS_MAX)
    (process, *_) = eventually(lambda: system.processes("distribution"))
    process.kill()
    process.wait(10)
    return int(process.pid)
