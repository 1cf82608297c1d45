"""Which tiers of all are found, by the index, and in which order, however many there are."""

import pytest

from engine.evaluation.evaluate import Asker
from engine.qualification import tier_offers
from engine.qualification.tier_offers import WantedTiers, find_applying_tiers
from engine.qualification.turns import run_at_once
from schemas.api import OrderInput, OrderItemInput
from tests.unit.engine.qualification_world import PROMOTION, Shop
from tests.unit.engine.rule_world import MUG, POSTER, one, product
from tests.unit.engine.world import DAY, NOON

ORDER = OrderInput(items=(OrderItemInput(product_id=MUG, quantity=2, price=1000),))
OF_POSTERS = one("order.items.any", {"$is": [product(POSTER)]})
OF_MUGS = one("order.items.any", {"$is": [product(MUG)]})
#: Any request is asked, and this one does not meet it.
OF_MANY = one("order.items.count", {"$more_than": [900]})
ANY = WantedTiers()


def names(shop: Shop, wanted: WantedTiers = ANY, order: OrderInput | None = ORDER) -> list[str]:
    """The tiers that apply."""
    asker = Asker(None, "server")
    steps = find_applying_tiers(shop.world.view, order, asker, None, wanted, shop.world.now)
    return [each.tier.id for each in run_at_once(steps)]


def test_what_cannot_match_takes_no_place_of_what_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tier_offers, "EVALUATED_MAX", 3)
    monkeypatch.setattr(tier_offers, "PASSED_MAX", 9)
    shop = Shop()
    shop.rule("val_posters", OF_POSTERS)
    shop.rule("val_mugs", OF_MUGS)
    shop.rule("val_many", OF_MANY)
    for n in range(12):
        shop.tier(f"promo_a{n}", "val_posters", at=NOON + n, hierarchy=n + 1)
    for n in range(2):
        # found under the set that is met
        shop.tier(f"promo_b{n}", "val_mugs", "val_many", at=NOON + n, hierarchy=n + 20)
        shop.tier(f"promo_c{n}", at=NOON, hierarchy=n + 30, expiration_date=NOON - DAY)
    for n in range(3):
        shop.tier(f"promo_z{n}", "val_mugs", at=NOON - n, hierarchy=49 - n)
    assert names(shop) == ["promo_z2", "promo_z1", "promo_z0"]


def test_those_of_the_best_hierarchy_are_tried_and_shown_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = Shop()
    for n in range(5):
        shop.tier(f"promo_{n}", at=NOON + n, hierarchy=n // 2 + 1)
    assert names(shop) == [f"promo_{n}" for n in range(5)]
    monkeypatch.setattr(tier_offers, "SHOWN_MAX", 3)
    assert names(shop) == ["promo_0", "promo_1", "promo_2"]
    monkeypatch.setattr(tier_offers, "EVALUATED_MAX", 1)
    assert names(shop) == ["promo_0"]
    wanted = WantedTiers(lambda tier: tier.id in ("promo_3", "promo_4"))
    assert names(shop, wanted) == ["promo_3"]


def test_of_those_that_can_match_so_many_newest_are_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tier_offers, "PASSED_MAX", 2)
    shop = Shop()
    for n in range(4):
        shop.tier(f"promo_{n}", at=NOON + n, hierarchy=n + 1)
    assert names(shop) == ["promo_2", "promo_3"]
    # of campaigns that are named, those of the best hierarchy
    assert names(shop, WantedTiers(campaign_ids=frozenset({PROMOTION}))) == ["promo_0", "promo_1"]


def test_sets_that_are_not_met_are_passed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Shop()
    for n in range(4):
        shop.rule(f"val_{n}", OF_MANY)
        shop.tier(f"promo_{n}", f"val_{n}", at=NOON + n, hierarchy=n + 1)
    shop.tier("promo_z", at=NOON, hierarchy=9)
    monkeypatch.setattr(tier_offers, "PASSED_MAX", 5)
    assert names(shop) == ["promo_z"]
    monkeypatch.setattr(tier_offers, "PASSED_MAX", 4)
    assert names(shop) == []


def test_no_tier_applies_to_an_order_that_cannot_be() -> None:
    shop = Shop()
    shop.tier("promo_1", hierarchy=1)
    assert names(shop, order=None) == ["promo_1"]
    assert names(shop, order=OrderInput(id="ord_unknown")) == []
