"""Ids and codes derive from the seed."""

import re

import pytest

from engine.kernel.ids import LENGTHS, PARENT, new_id, new_ids

SEED = "0" * 32
NOW = 1_760_000_000_000


@pytest.mark.parametrize("prefix", LENGTHS)
def test_an_id_is_a_prefix_and_as_many_hex_digits_as_the_contract_says(prefix: str) -> None:
    made = new_id(SEED, prefix)
    assert re.fullmatch(f"{prefix}[0-9a-f]{{{LENGTHS[prefix]}}}", made)


def test_the_same_seed_makes_the_same_ids_and_no_two_are_alike() -> None:
    made = {new_id(SEED, prefix, n) for prefix in LENGTHS for n in (PARENT, 0, 1, 2)}
    assert len(made) == 4 * len(LENGTHS)
    assert new_id(SEED, "r_", 1) == new_id(SEED, "r_", 1)
    assert new_id(SEED, "r_") != new_id("1" * 32, "r_")


def test_many_ids_at_once_have_the_same_form_and_are_all_different() -> None:
    made = new_ids(SEED, "v_", 500, NOW)
    assert len({*made, new_id(SEED, "v_")}) == 501
    assert all(re.fullmatch("v_[0-9a-f]{32}", each) for each in made)
    assert new_ids(SEED, "v_", 2, NOW) == made[:2]


def test_ids_that_are_made_together_begin_with_the_time_and_differ_in_80_bits() -> None:
    made = new_ids(SEED, "v_", 500, NOW)
    assert {int(each[2:14], 16) for each in made} == {NOW}
    assert len({each[14:] for each in made}) == 500
    assert max(made) < min(new_ids("f" * 32, "v_", 500, NOW + 1))
    assert {each[14:] for each in new_ids("f" * 32, "v_", 500, NOW)}.isdisjoint(
        each[14:] for each in made
    )
