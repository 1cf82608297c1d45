"""Ids and codes derive from the seed."""

import re

import pytest

from engine.ids import LENGTHS, PARENT, new_code, new_id

SEED = "0" * 32


@pytest.mark.parametrize("prefix", LENGTHS)
def test_an_id_is_a_prefix_and_as_many_hex_digits_as_the_contract_says(prefix: str) -> None:
    made = new_id(SEED, prefix)
    assert re.fullmatch(f"{prefix}[0-9a-f]{{{LENGTHS[prefix]}}}", made)


def test_the_same_seed_makes_the_same_ids_and_no_two_are_alike() -> None:
    made = {new_id(SEED, prefix, n) for prefix in LENGTHS for n in (PARENT, 0, 1, 2)}
    assert len(made) == 4 * len(LENGTHS)
    assert new_id(SEED, "r_", 1) == new_id(SEED, "r_", 1)
    assert new_id(SEED, "r_") != new_id("1" * 32, "r_")


def test_a_code_follows_its_pattern_and_charset() -> None:
    assert re.fullmatch("A-[xyz]{3}-[xyz]{2}!", new_code(SEED, 0, "A-###-##!", "xyz"))
    assert new_code(SEED, 0, "##", "a") == "aa"
    assert new_code(SEED, 0, "####", "01") == new_code(SEED, 0, "####", "01")
    assert len({new_code(SEED, n, "########", "abcdefgh") for n in range(200)}) == 200


def test_every_character_of_the_charset_is_drawn() -> None:
    drawn = "".join(new_code(SEED, n, "########", "abcdefghij") for n in range(100))
    counts = [drawn.count(char) for char in "abcdefghij"]
    assert min(counts) > 50
    assert max(counts) < 110
