"""Random codes: the rule that a code follows, how many codes a rule has, and drawing free ones.

Characters come from a command's seed, 128 random bits that nobody outside the ledger sees, through
SHAKE-256: no code tells anything of another. Of a rule with very few codes all are tried, in an
order of their own; of any other, codes are drawn until enough are free, within a bound.
"""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import shake_256
from math import gcd
from typing import NamedTuple

from engine.kernel import tables
from engine.kernel.folding import fold_code
from engine.kernel.state import View
from schemas.base import UNNAMEABLE
from schemas.campaigns import CodeConfig
from schemas.errors import Refusal, refuse

#: What codes are made of by default: digits, then lower, then upper case.
CHARSET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHARSET_SIZE_MAX = 256
CODE_LENGTH_DEFAULT = 8
CODE_LENGTH_MAX = 128
#: How many codes are tried at once, for one chunk or for one code.
TRIED_MAX = 20_000
TRIED_TOGETHER_MIN = 100

_BYTES = range(256)


class CodeRule(NamedTuple):
    """What codes look like: each `#` of the pattern is one of the charset's characters."""

    prefix: str
    pattern: str
    postfix: str
    charset: str
    #: Whether codes that differ in case alone are two codes.
    tells_case: bool = True

    @property
    def places(self) -> int:
        """How many characters are random."""
        return self.pattern.count("#")

    @property
    def space(self) -> int:
        """How many codes there are."""
        return int(len(self.charset) ** self.places)

    @property
    def room(self) -> int:
        """How many codes may be asked for.

        The last of many codes would be found only after trying almost all, so a tenth stays free.
        """
        return self.space if self.space <= TRIED_MAX else self.space * 9 // 10


def code_rule(config: CodeConfig, *, tells_case: bool = True) -> CodeRule | Refusal:
    """The rule that a config describes; a character that the charset names twice counts once.

    So does one that differs in case alone from another, where codes do not tell case.
    """
    length = CODE_LENGTH_DEFAULT if config.length is None else config.length
    if config.pattern is None and not 1 <= length <= CODE_LENGTH_MAX:
        return refuse("invalid_code_config", f"length must be 1 to {CODE_LENGTH_MAX}")
    pattern = "#" * length if config.pattern is None else config.pattern
    if "#" not in pattern:
        return refuse("invalid_code_config", "pattern must have a place for a random character")
    charset = "".join(dict.fromkeys(config.charset or CHARSET))
    if not tells_case:
        alike: dict[str, str] = {}
        for each in charset:
            alike.setdefault(fold_code(each), each)
        charset = "".join(alike.values())
    if len(charset) > CHARSET_SIZE_MAX:
        return refuse(
            "invalid_code_config", f"charset must have at most {CHARSET_SIZE_MAX} characters"
        )
    for name, part in (
        ("prefix", config.prefix),
        ("pattern", config.pattern),
        ("postfix", config.postfix),
    ):
        if part is not None and len(part) > CODE_LENGTH_MAX:
            return refuse(
                "invalid_code_config", f"{name} must have at most {CODE_LENGTH_MAX} characters"
            )
    return CodeRule(config.prefix or "", pattern, config.postfix or "", charset, tells_case)


def too_few_codes(rule: CodeRule, wanted: int) -> Refusal | None:
    """The refusal of more codes than the rule can give."""
    if wanted <= rule.room:
        return None
    return refuse(
        "invalid_code_config",
        f"The code config has {rule.space} codes, of which {rule.room} can be given; "
        f"{wanted} are wanted",
    )


def draw_free_codes(view: View, seed: str, rule: CodeRule, count: int) -> list[str]:
    """As many different codes that are free as are wanted; fewer where that takes too long."""
    #: By what they are found by.
    free: dict[str, str] = {}
    for tried in _candidates(seed, rule, count):
        keys = tried if rule.tells_case else [fold_code(code) for code in tried]
        taken = view.known(tables.VOUCHER_CODES, keys)
        for key, code in zip(keys, tried, strict=True):
            if key not in taken and code not in UNNAMEABLE:
                free.setdefault(key, code)
        if len(free) >= count:
            break
    return list(free.values())[:count]


def draw_codes(seed: str, attempt: int, rule: CodeRule, count: int) -> list[str]:
    """That many random codes; some may be alike."""
    even, characters = _alphabet(rule.charset)
    places = rule.places
    wanted = places * count
    size = wanted * 256 // len(even) + 16
    source = shake_256(f"{seed}/codes/{attempt}".encode())
    # Bytes that would favour the first characters are left out.
    uneven = bytes(_BYTES[len(even) :])
    while len(drawn := source.digest(size).translate(None, uneven)) < wanted:
        size *= 2
    text = drawn.decode("latin-1").translate(characters)
    parts = (text[n : n + places] for n in range(0, wanted, places))
    return _shape_codes(rule, parts)


def _candidates(seed: str, rule: CodeRule, count: int) -> Iterator[list[str]]:
    if rule.space <= TRIED_MAX:
        yield _all(seed, rule)
        return
    together = max(count, TRIED_TOGETHER_MIN) if count > 1 else 1
    for attempt in range(TRIED_MAX // max(together, TRIED_TOGETHER_MIN)):
        yield draw_codes(seed, attempt, rule, together)


def _all(seed: str, rule: CodeRule) -> list[str]:
    """All codes of a rule, each once, from a random one on in random steps."""
    space, charset = rule.space, rule.charset
    drawn = int.from_bytes(shake_256(f"{seed}/order".encode()).digest(16))
    step, start = divmod(drawn, space)
    while gcd(step, space) != 1:
        step += 1
    parts = []
    for n in range(space):
        index = (start + n * step) % space
        characters = []
        for _ in range(rule.places):
            index, place = divmod(index, len(charset))
            characters.append(charset[place])
        parts.append("".join(characters))
    return _shape_codes(rule, iter(parts))


def _shape_codes(rule: CodeRule, parts: Iterator[str]) -> list[str]:
    """The codes with these characters in their places."""
    before, places, after = rule.pattern.partition("#" * rule.places)
    if places:
        head, tail = rule.prefix + before, after + rule.postfix
        return [head + part + tail for part in parts]
    prefix, pattern, postfix = (part.replace("%", "%%") for part in rule[:3])
    shape = prefix + pattern.replace("#", "%s") + postfix
    return [shape % tuple(part) for part in parts]


@lru_cache(maxsize=64)
def _alphabet(charset: str) -> tuple[range, dict[int, str]]:
    """The bytes that are used, a multiple of the charset's size, and the character of each."""
    even = _BYTES[: 256 - 256 % len(charset)]
    return even, {byte: charset[byte % len(charset)] for byte in even}
