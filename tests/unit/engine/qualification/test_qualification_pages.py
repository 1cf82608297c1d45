"""Pages of qualifications that end early, and what changes while one is worked out."""

import pytest

from engine.kernel import tables
from engine.qualification import page
from engine.qualification.cursor import Cursor, parse_cursor
from engine.qualification.trial import Trial
from engine.qualification.turns import run_at_once
from schemas.promotion_events import TierDeleted
from tests.unit.engine.qualification_world import PROMOTION, Shop
from tests.unit.engine.rule_world import MUG, line, one, order
from tests.unit.engine.world import DAY, NOON, found, voucher

ORDER = order(line(MUG, 2, 1000))


def test_a_page_ends_early_and_goes_on_where_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "LOOKED_AT_MAX", 3)
    made = Shop()
    for n in range(7):
        made.world.given(voucher(f"OVER{n}", expiration_date=NOON - DAY))
    made.tier("promo_1", at=NOON - 9 * DAY)
    first = page.find_page(made.trial(ORDER), page.PageQuery())
    assert first.rows == []
    assert first.more_after is not None
    assert made.ids(made.trial(ORDER)) == ["promo_1"]


def _many_in_vain(made: Shop, count: int, *, apart: int) -> None:
    """Tiers with a set each that any request is asked and that none meets, and an old one without."""
    for n in range(count):
        made.rule(f"val_{n}", one("order.items.count", {"$more_than": [900]}))
        made.tier(f"promo_{n}", f"val_{n}", at=NOON - n * apart, hierarchy=n + 1)
    made.tier("promo_old", at=NOON - 9 * DAY, hierarchy=count + 1)


@pytest.mark.parametrize(("apart", "asked_max"), [(1, 4), (0, 9)])
def test_sets_that_are_not_met_end_a_page_too(
    monkeypatch: pytest.MonkeyPatch, apart: int, asked_max: int
) -> None:
    monkeypatch.setattr(page, "LOOKED_AT_MAX", 3)
    made = Shop()
    _many_in_vain(made, 9, apart=apart)
    query, found_ids, pages = page.PageQuery(), [], 0
    while True:
        trial = made.trial(ORDER)
        asked: list[str] = []

        def counted(rule_id: str, asked: list[str] = asked, trial: Trial = trial) -> bool:
            asked.append(rule_id)
            return Trial.can_be_met(trial, rule_id)

        monkeypatch.setattr(trial, "can_be_met", counted)
        shown = page.find_page(trial, query)
        # those of the time that a page begins with do not count, so that each gets further
        assert len(asked) <= asked_max
        found_ids += [each.candidate.found.id for each in shown.rows]
        pages += 1
        if shown.more_after is None:
            break
        assert parse_cursor(shown.more_after.text()) == shown.more_after
        query = query._replace(after=shown.more_after)
    assert found_ids == ["promo_old"]
    assert pages == (4 if apart else 1)


def test_a_set_is_asked_when_what_is_left_of_it_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "LOOKED_AT_MAX", 2)
    made = Shop()
    for n in range(3):
        made.rule(f"val_{n}", one("order.items.count", {"$more_than": [900]}))
        made.tier(f"promo_{n}", f"val_{n}", at=NOON - n, hierarchy=n + 1)
        made.tier(f"promo_old{n}", f"val_{n}", at=NOON - 100 - n, hierarchy=n + 10)
    made.tier("promo_between", at=NOON - 10, hierarchy=20)
    first = page.find_page(made.trial(ORDER), page.PageQuery())
    assert first == page.Page([], Cursor.before(NOON - 2))
    assert made.ids(made.trial(ORDER)) == ["promo_between"]


def test_deals_are_compared_behind_sets_that_are_not_met(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Shop()
    _many_in_vain(made, 9, apart=1)
    query = page.PageQuery(sorting_rule="BEST_DEAL")
    monkeypatch.setattr(page, "DEAL_SETS_MAX", 10)
    assert len(page.find_page(made.trial(ORDER), query).rows) == 1
    monkeypatch.setattr(page, "DEAL_SETS_MAX", 9)
    assert page.find_page(made.trial(ORDER), query) == page.Page([])


def test_what_changes_between_two_steps_is_shown_once_or_not_at_all() -> None:
    made = Shop()
    made.rule("val_1", one("order.items.count", {"$is": [1]}))
    made.rule("val_2", one("order.items.count", {"$more_than": [0]}))
    for n in range(6):
        made.tier(f"promo_{n}", f"val_{n % 2 + 1}", at=NOON - n, hierarchy=n + 1)
    steps = page.page_steps(made.trial(ORDER), page.PageQuery(limit=50))
    next(steps)  # promo_0
    made.assign("val_2", "promotion_tier", "promo_0")
    made.tier("promo_new", "val_2", at=NOON + 1, hierarchy=9)
    made.unassign("val_1", "promotion_tier", "promo_4")
    promotion = found(made.world.view.get(tables.CAMPAIGNS, PROMOTION))
    gone = found(made.world.view.get(tables.TIERS, "promo_3"))
    made.world.given(TierDeleted(gone, promotion))
    ids = [each.candidate.found.id for each in run_at_once(steps).rows]
    assert ids[:2] == ["promo_0", "promo_1"]
    assert len(ids) == len(set(ids))
    assert set(ids) - {"promo_4"} == {"promo_0", "promo_1", "promo_2", "promo_5"}
