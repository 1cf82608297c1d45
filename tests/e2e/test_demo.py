"""`make demo` on a project that has no shop yet, and again on one that has."""

from tests.e2e.plain import Plain
from tests.e2e.system import System

SMALL = ("--minutes", "0.05", "--codes", "400", "--customers", "20", "--rate", "40")


def test_the_demo_fills_a_shop_once_and_plays_its_traffic(system: System, plain: Plain) -> None:
    for _ in range(2):
        played = system.module("demo", *SMALL)
        assert played.returncode == 0, played.stdout + played.stderr
        assert "redemptions: done" in played.stdout
        assert "customers: 20/20" in played.stdout
        assert plain.get("/v1/campaigns/Welcome")["vouchers_count"] == 160
        assert plain.get("/v1/campaigns/Gift%20cards")["vouchers_count"] == 20
    assert plain.get("/v1/customers/shopper-7")["address"]["line_1"] == "Market Street 8"
