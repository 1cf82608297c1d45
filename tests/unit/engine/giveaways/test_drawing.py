"""A draw is what anybody computes from what is published, and gives every entry the same chance."""

from collections import Counter
from fractions import Fraction
from hashlib import sha256
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from engine.giveaways import drawing
from engine.giveaways.drawing import draw_entries

IDS = st.lists(st.text("abcdef0123456789", min_size=1, max_size=6), unique=True, max_size=40)
SEEDS = st.integers(0, 2**256 - 1).map(lambda number: f"{number:064x}")


@given(IDS, SEEDS, st.integers(0, 60), st.randoms(use_true_random=False))
def test_a_draw_depends_on_the_seed_and_the_set_of_entries_alone(
    ids: list[str], seed: str, places: int, random: object
) -> None:
    shuffled = list(ids)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = draw_entries(seed, ids, places)
    assert found == draw_entries(seed, shuffled, places)
    assert len(found) == min(places, len(ids)) and len(set(found)) == len(found)
    assert set(found) <= set(ids)


@given(IDS, SEEDS, st.integers(0, 60))
def test_the_first_places_do_not_depend_on_those_after_them(
    ids: list[str], seed: str, places: int
) -> None:
    assert draw_entries(seed, ids, places) == draw_entries(seed, ids, len(ids))[:places]


@given(IDS, SEEDS)
def test_a_draw_is_repeated_by_the_documented_steps(ids: list[str], seed: str) -> None:
    pool, counter, repeated = sorted(ids), 0, []
    while pool:
        fair = 2**64 - 2**64 % len(pool)
        number = fair
        while number >= fair:
            number = int(sha256(f"{seed}/{counter}".encode()).hexdigest()[:16], 16)
            counter += 1
        chosen = number % len(pool)
        repeated.append(pool[chosen])
        pool[chosen] = pool[0]
        pool = pool[1:]
    assert draw_entries(seed, ids, len(ids)) == repeated


def test_every_number_that_counts_is_as_likely_as_any_other() -> None:
    """Of all blocks as many lead to each number: 2^64 divided by the bound, rounded down."""
    space, drawing_space = 2**10, drawing.SPACE
    try:
        drawing.SPACE = space  # type: ignore[misc]
        for bound in range(1, 65):
            fair = space - space % bound
            counts = Counter(drawing._below(iter((number,)), bound) for number in range(fair))
            assert counts == dict.fromkeys(range(bound), space // bound)
    finally:
        drawing.SPACE = drawing_space  # type: ignore[misc]


def test_every_order_of_the_entries_comes_of_as_many_drawn_numbers() -> None:
    """The numbers that are drawn and the orders correspond one to one: n! of them."""
    ids = ["a", "b", "c", "d"]
    found = Counter()  # type: ignore[var-annotated]
    for first in range(4):
        for second in range(3):
            for third in range(2):
                found[_order_of(ids, (first, second, third, 0))] += 1
    assert found == dict.fromkeys(permutations(ids), 1)


def _order_of(ids: list[str], drawn: tuple[int, ...]) -> tuple[str, ...]:
    left = list(ids)
    for place, number in enumerate(drawn):
        left[place], left[place + number] = left[place + number], left[place]
    return tuple(left)


def test_over_many_seeds_every_entry_wins_as_often_as_expected() -> None:
    """Chi-square over 12,000 given seeds and ten entries stays below its bound of one in 10,000."""
    ids, seeds = [f"gve_{number}" for number in range(10)], 12_000
    for place in (0, 1):
        wins = Counter(draw_entries(f"{seed:064x}", ids, 2)[place] for seed in range(seeds))
        expected = Fraction(seeds, len(ids))
        statistic = sum((wins[each] - expected) ** 2 / expected for each in ids)
        # nine degrees of freedom
        assert statistic < Fraction("33.72")
