"""What counts for a tier, and what is missing to the next."""

from engine.kernel import tables
from engine.kernel.calendar import parse_iso
from engine.loyalty_tiers.find import Progress, progress_of
from schemas.loyalty_tiers import TiersExpiration
from tests.unit.engine.loyalty_tiers.club import Club
from tests.unit.engine.world import found

JANUARY = parse_iso("2025-01-10T12:00:00.000Z")
FEBRUARY = parse_iso("2025-02-01T00:00:00.000Z")
LASTING = TiersExpiration("POINTS_IN_PERIOD", "IMMEDIATE", "END_OF_NEXT_PERIOD", "MONTH")


def progress(club: Club) -> Progress:
    """How the member stands now."""
    card = found(club.world.view.get(tables.VOUCHERS, club.card))
    return found(progress_of(club.world.view, card, club.world.now))


def told(club: Club) -> tuple[int, str | None, str | None, int]:
    """The points that count, the tier, the next one, and what is missing to it."""
    now = progress(club)
    tier, following = (None if each is None else each.name for each in (now.tier, now.next_tier))
    return now.points, tier, following, now.missing


def test_the_balance_counts_where_nothing_else_is_said() -> None:
    club = Club(points=120)
    assert told(club) == (120, "Silver", "Gold", 380)
    club.add(-50)
    assert told(club) == (70, "Basic", "Silver", 30)
    club.add(500)
    assert told(club) == (570, "Gold", None, 0)


def test_what_the_running_period_collected_counts_and_a_tier_of_the_last_one_stays() -> None:
    club = Club(LASTING, at=JANUARY)
    club.add(150)
    club.add(-100)
    assert told(club) == (150, "Silver", "Gold", 350)
    club.world.now = FEBRUARY
    # nothing is collected in February yet: the tier is that of January, the next one is far
    assert told(club) == (0, "Silver", "Gold", 500)


def test_a_program_without_tiers_says_nothing() -> None:
    club = Club(ladder={}, points=5)
    card = found(club.world.view.get(tables.VOUCHERS, club.card))
    assert progress_of(club.world.view, card, club.world.now) is None
