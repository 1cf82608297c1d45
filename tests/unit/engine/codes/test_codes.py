"""Random codes: what a rule makes, how many it has, and drawing those that are free."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.codes.code import (
    CHARSET,
    TRIED_MAX,
    CodeRule,
    code_rule,
    draw_codes,
    draw_free_codes,
    too_few_codes,
)
from engine.kernel import tables
from schemas.campaigns import CodeConfig
from schemas.errors import Refusal
from tests.unit.engine.world import World, voucher

SEED = "0" * 32
TEXT = st.text(st.characters(codec="utf-8"), max_size=6)


def rule(**config: object) -> CodeRule:
    """The rule of a config that makes sense."""
    found = code_rule(CodeConfig(**config))  # type: ignore[arg-type]
    assert isinstance(found, CodeRule)
    return found


def refusal(**config: object) -> str:
    """Why a config makes no sense."""
    found = code_rule(CodeConfig(**config))  # type: ignore[arg-type]
    assert isinstance(found, Refusal)
    assert found.key == "invalid_code_config"
    return found.details or ""


@given(
    prefix=TEXT,
    pieces=st.lists(st.one_of(TEXT, st.just("#")), max_size=8),
    postfix=TEXT,
    charset=st.text(st.characters(codec="utf-8"), min_size=1, max_size=300),
    seed=st.integers(0, 2**128 - 1).map("{:032x}".format),
)
def test_a_code_is_its_pattern_with_a_character_of_the_charset_in_each_place(
    prefix: str, pieces: list[str], postfix: str, charset: str, seed: str
) -> None:
    pattern = "".join(pieces) + "#"
    found = code_rule(CodeConfig(charset=charset, prefix=prefix, postfix=postfix, pattern=pattern))
    if isinstance(found, Refusal):
        assert len(set(charset)) > 256
        return
    assert (found.places, found.space) == (
        pattern.count("#"),
        len(set(charset)) ** pattern.count("#"),
    )
    one = f"[{re.escape(charset)}]"
    shape = re.escape(prefix) + one.join(map(re.escape, pattern.split("#"))) + re.escape(postfix)
    codes = draw_codes(seed, 0, found, 5)
    assert len(codes) == 5
    assert all(re.fullmatch(shape, code, re.DOTALL) for code in codes)
    assert codes == draw_codes(seed, 0, found, 5)


def test_the_default_is_eight_of_digits_lower_and_upper_case() -> None:
    assert rule() == CodeRule("", "########", "", CHARSET)
    assert rule(length=5).pattern == "#####"
    assert rule(length=5, pattern="A-##").pattern == "A-##"
    assert rule(charset="aabba").charset == "ab"


def test_what_makes_no_sense_is_refused() -> None:
    assert "length" in refusal(length=0)
    assert "length" in refusal(length=129)
    assert "pattern" in refusal(pattern="SPRING")
    assert "pattern" in refusal(pattern="#" * 129)
    assert "prefix" in refusal(prefix="x" * 129)
    assert "charset" in refusal(charset="".join(map(chr, range(1000, 1257))))


def test_every_character_is_as_likely() -> None:
    digits = rule(charset="0123456789")
    counts = Counter("".join(draw_codes(SEED, 0, digits, 10_000)))
    assert set(counts) == set("0123456789")
    assert all(abs(count - 8000) < 500 for count in counts.values())


def test_another_seed_or_attempt_gives_other_codes() -> None:
    drawn = {code for n in range(5) for code in draw_codes(SEED, n, rule(), 100)}
    assert len(drawn | set(draw_codes("1" * 32, 0, rule(), 100))) == 600


def test_free_codes_are_different_and_not_taken() -> None:
    world = World()
    taken = draw_codes(SEED, 0, rule(), 3)
    world.given(*(voucher(code) for code in taken))
    codes = draw_free_codes(world.view, SEED, rule(), 500)
    assert len(set(codes)) == len(codes) == 500
    assert not set(codes) & set(taken)


def test_a_small_rule_gives_every_code_it_has() -> None:
    world = World().given(voucher("aa"))
    two = rule(charset="abc", length=2)
    codes = draw_free_codes(world.view, SEED, two, 100)
    assert sorted([*codes, "aa"]) == sorted(a + b for a in "abc" for b in "abc")
    assert codes != sorted(codes)
    assert draw_free_codes(world.view, "1" * 32, two, 8) != codes
    assert draw_free_codes(world.view, SEED, rule(charset="a", length=3), 5) == ["aaa"]


def test_no_code_is_one_that_no_address_can_name() -> None:
    codes = draw_free_codes(World().view, SEED, rule(charset=".a", length=2), 4)
    assert sorted(codes) == [".a", "a.", "aa"]


def test_a_pattern_with_places_apart_gives_every_code_too() -> None:
    codes = draw_free_codes(World().view, SEED, rule(charset="xy", pattern="#%-#!"), 9)
    assert sorted(codes) == ["x%-x!", "x%-y!", "y%-x!", "y%-y!"]


@pytest.mark.parametrize(
    ("config", "wanted", "fits"),
    [
        ({"charset": "ab", "length": 3}, 8, True),
        ({"charset": "ab", "length": 3}, 9, False),
        ({"charset": "0123456789", "length": 6}, 900_000, True),
        ({"charset": "0123456789", "length": 6}, 900_001, False),
        ({}, 20_000_000, True),
    ],
)
def test_a_rule_with_too_few_codes_is_refused_by_number(
    config: dict[str, object], wanted: int, fits: bool
) -> None:
    found = too_few_codes(rule(**config), wanted)
    assert (found is None) is fits
    if found is not None:
        assert found.key == "invalid_code_config"
        assert str(wanted) in (found.details or "")


def test_a_full_rule_ends_the_search() -> None:
    world = World()
    world.given(*(voucher(code) for code in ("a", "b")))
    assert draw_free_codes(world.view, SEED, rule(charset="ab", length=1), 1) == []
    large = rule(charset="0123456789", length=5)
    assert large.space > TRIED_MAX
    asked: list[str] = []

    class Full:
        project = world.project

        def known(self, table: object, names: list[str]) -> set[str]:
            assert table is tables.VOUCHER_CODES
            asked.extend(names)
            return set(names)

    assert draw_free_codes(Full(), SEED, large, 500) == []  # type: ignore[arg-type]
    assert len(asked) <= TRIED_MAX
