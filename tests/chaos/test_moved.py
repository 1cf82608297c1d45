"""Where commands are decided is changed between starts: state, keys and memory are what they were."""

import httpx

from tests.chaos.killing import assert_verified
from tests.e2e.plain import Plain, refused
from tests.e2e.shop import Shop, asked, new_code
from tests.e2e.system import System


def test_both_ways_to_decide_go_on_with_the_same_data(
    system: System, shop: Shop, plain: Plain
) -> None:
    code, key = shop.discount(redemption={"quantity": 3}).code, {"Idempotency-Key": new_code()}

    def redeem(**more: dict[str, str]) -> httpx.Response:
        return plain.ask("POST", "/v1/redemptions", json=asked((code,), {}), **more)

    first = redeem(headers=key)
    assert first.status_code == 200, first.text
    with system.apart():
        assert _told(system) == ["broker", "ledger", "distribution", "insight", "api"]
        assert redeem(headers=key).content == first.content
        assert redeem().status_code == 200
        assert shop.state(code) == (2, None)
        assert_verified(system)
    assert _told(system) == ["broker", "distribution", "insight", "api"]
    # it would not be rid of whoever is forgotten from now on
    assert list((system.home / "state").glob("ledger*")) == []
    assert redeem(headers=key).content == first.content
    assert redeem().status_code == 200
    assert refused(redeem()) == (400, "quantity_exceeded")
    assert shop.state(code) == (3, None)
    assert len(plain.redemptions(code)) == 4
    assert_verified(system)


def _told(system: System) -> list[str]:
    """The processes that `tessera status` names, all of them well."""
    told = system.command("status")
    assert told.returncode == 0, told.stdout
    return [line.split()[0] for line in told.stdout.splitlines()[:-1]]
