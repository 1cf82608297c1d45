"""`make demo` on a project that has no shop yet, and again on one that has."""

from hashlib import sha256

from tests.e2e.plain import Plain
from tests.e2e.system import System

SMALL = ("--minutes", "0.05", "--codes", "400", "--customers", "20", "--rate", "40")

MADE_ONCE = (
    ("/v1/categories", "Goods"),
    ("/v1/segments", "Readers"),
    ("/v1/product-collections", "Clothes"),
    ("/v1/validation-rules", "Readers, 100 a day"),
    ("/v1/rewards", "Pay with points"),
)


def test_the_demo_fills_a_shop_once_and_plays_its_traffic(system: System, plain: Plain) -> None:
    for _ in range(2):
        played = system.module("demo", *SMALL)
        assert played.returncode == 0, played.stdout + played.stderr
        assert "redemptions: done" in played.stdout
        assert "customers: 20/20" in played.stdout
        assert plain.get("/v1/campaigns/Welcome")["vouchers_count"] == 160
        assert plain.get("/v1/campaigns/Gift%20cards")["vouchers_count"] == 20
        assert plain.get("/v1/campaigns/Every%20day")["promotion"]["total"] == 4
        assert len(_named(plain, "/v1/promotions/stacks", "Clothes and from 50.00")) == 1
        for path, name in MADE_ONCE:
            assert len(_named(plain, path, name)) == 1, name
        assert plain.get("/v1/vouchers/POINTS-0007")["loyalty_card"]["points"] == 20_000
        assert "qualifications: done" in played.stdout
        _look_at_the_club(plain)
    assert plain.get("/v1/customers/shopper-7")["address"]["line_1"] == "Market Street 8"


def _look_at_the_club(plain: Plain) -> None:
    """Its tiers, rules, rewards and members; who was brought; the draw that anybody can check."""
    club = "/v1/loyalties/Points%20club"
    tiers = [each["name"] for each in plain.get(f"{club}/tiers")["data"]]
    assert sorted(tiers) == ["Bronze", "Gold", "Silver"]
    assert plain.get(f"{club}/earning-rules")["total"] == 2
    assert plain.get(f"{club}/reward-assignments")["total"] == 3
    for name in ("A gift card with 5.00", "A mug for points"):
        assert len(_named(plain, "/v1/rewards", name)) == 1, name
    member = plain.get("/v1/customers/shopper-0")
    # other stories may have programs that everybody joins
    assert member["loyalty"]["campaigns"][plain.get(club)["id"]]["points"] > 0
    assert member["loyalty"]["referred_customers"] == 3
    assert plain.get("/v1/customers/shopper-10")["referrals"]["total"] == 1
    proof = plain.get("/v1/giveaways/Spring%20draw/proof")
    assert sha256(proof["seed"].encode()).hexdigest() == proof["commitment"]
    assert len(proof["places"]) == 5


def _named(plain: Plain, path: str, name: str) -> list[str]:
    """The ids of what a list has under a name, on its first page: nothing else was made since."""
    return [each["id"] for each in plain.get(f"{path}?limit=100")["data"] if each["name"] == name]
