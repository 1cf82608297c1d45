"""What has to hold in the project of `budget_world.py`, by what is noted of it."""

from collections.abc import Iterable, Mapping
from typing import Final

from engine.counters.pending import TallyScope
from engine.counters.tallies import read_sums
from engine.kernel import tables
from schemas.expiry import ExpireDue
from schemas.tallies import Period, Sums
from schemas.vouchers import Voucher
from tests.property.budget_notes import Notes, Sum, lately
from tests.property.budget_world import IN_CAMPAIGN, SINGLE, TIERS
from tests.unit.engine.world import World

_PERIODS: Final[Mapping[str, Period | None]] = {
    "ever": None,
    "daily": "daily",
    "weekly": "weekly",
    "monthly": "monthly",
}


def _sum(sums: Sums, people: int) -> Sum:
    return Sum(sums.count, sums.amount, sums.discounted, people)


def balance_of(voucher: Voucher) -> int:
    """What is left on a card, in credits or points."""
    if voucher.gift is not None:
        return voucher.gift.balance
    return 0 if voucher.loyalty_card is None else voucher.loyalty_card.balance


def check_counters(world: World, notes: Notes) -> None:
    """Vouchers and tiers count what was redeemed of them, and hold what sessions do."""
    view, now = world.view, world.now
    for voucher in view.scan(tables.VOUCHERS):
        made = notes.of(voucher.code)
        credits = sum(each.credits for each in made)
        points = sum(each.points for each in made)
        counted = (voucher.redeemed_quantity, voucher.redeemed_amount, voucher.redeemed_points)
        assert counted == (len(made), credits, points)
        spent = credits + points
        assert balance_of(voucher) == notes.loaded.get(voucher.code, spent) - spent >= 0
        stored = list(view.scan(tables.HOLDS, voucher.id))
        assert voucher.holds == len(stored)
        live = {
            each.session_key: (each.credits, each.points)
            for each in stored
            if each.expires_at > now
        }
        assert live == notes.holds(voucher.code, now)
        if voucher.quantity is not None:
            assert voucher.redeemed_quantity + len(live) <= voucher.quantity
        if voucher.code in notes.loaded and voucher.code not in notes.lowered:
            assert sum(map(sum, live.values())) <= balance_of(voucher)
    for tier in view.scan(tables.TIERS):
        made = notes.of(tier.id)
        counts = (tier.redeemed_quantity, tier.orders_amount, tier.orders_discount)
        amounts = sum(each.amount for each in made)
        assert counts == (len(made), amounts, sum(each.taken for each in made))


def check_guests(world: World, notes: Notes) -> None:
    """Whoever is found by an address exists, and nothing is kept of who was forgotten."""
    view = world.view
    customers = list(view.scan(tables.CUSTOMERS))
    known = [each.personal.data and each.personal.data.guest_key for each in customers]
    assert [view.get(tables.GUESTS, key) for key in known if key] == [
        each.id for each, key in zip(customers, known, strict=True) if key
    ]
    assert sum(1 for _ in view.scan(tables.GUESTS)) == len(list(filter(None, known)))
    assert {each.id for each in customers} == set(notes.living)


def check_tallies(world: World, notes: Notes) -> None:
    """What budgets count is what counting everything anew comes to."""
    view, now = world.view, world.now
    scopes = {("campaign", "camp"): IN_CAMPAIGN, ("campaign", "prom"): TIERS}
    scopes |= {("promotion_tier", each): (each,) for each in TIERS}
    scopes |= {("voucher", f"v_{each}"): (each,) for each in SINGLE}
    for scope, names in scopes.items():
        made = notes.of(*names)
        for period, expected in lately(made, now):
            found = read_sums(view, scope, (), _PERIODS[period], now)
            assert _sum(found, found.customers) == expected
            key = read_sums(view, scope, ("key", "app_1"), _PERIODS[period], now)
            assert _sum(key, expected.people) == expected
        for person, customer_id in notes.people.items():
            known = view.get(tables.TALLIES, *scope, "customer", customer_id) is not None
            if not known and customer_id not in notes.living:
                continue  # it may have been forgotten long enough
            own = [each for each in made if each.person == person]
            for period, expected in lately(own, now):
                found = read_sums(view, scope, ("customer", customer_id), _PERIODS[period], now)
                assert _sum(found, expected.people) == expected
    _check_forgotten(world, notes, scopes)


def _check_forgotten(world: World, notes: Notes, scopes: Iterable[TallyScope]) -> None:
    """Of those who were forgotten nothing is left in the end; of all others all is found."""
    living = set(notes.living)
    gone = set(notes.people.values()) - living
    world.when(ExpireDue(), after=tables.WINDOW_MS)
    view = world.view
    for scope in scopes:
        for customer_id in gone:
            assert view.get(tables.TALLIES, *scope, "customer", customer_id) is None
    for customer_id in gone | living:
        counted = list(view.scan(tables.CUSTOMER_SCOPES, customer_id))
        assert counted == [
            each
            for each in sorted(scopes)
            if view.get(tables.TALLIES, *each, "customer", customer_id) is not None
        ]
