"""Ids and codes, all derived from a command's seed: the same command makes the same ones."""

from hashlib import sha256, shake_256

#: Hexadecimal digits after each prefix. Source: the API contract, section 10.
LENGTHS = {
    "v_": 32,
    "ssn_": 32,
    "cust_": 24,
    "ord_": 18,
    "ordli_": 18,
    "r_": 18,
    "rf_": 18,
    "rr_": 18,
    "rrf_": 18,
    "valid_": 18,
}
#: The number of a stack's parent, where its children count from 0.
PARENT = -1

CHARSET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def new_id(seed: str, prefix: str, n: int = 0) -> str:
    """The n-th id of that kind that a command makes."""
    return prefix + sha256(f"{seed}/{prefix}/{n}".encode()).hexdigest()[: LENGTHS[prefix]]


def new_code(seed: str, n: int, pattern: str, charset: str) -> str:
    """The n-th attempt at a code: each `#` of the pattern becomes a character of the charset."""
    places = pattern.count("#")
    # 16 bytes more than needed, so that the remainders are even for any charset
    digits = int.from_bytes(shake_256(f"{seed}/code/{n}".encode()).digest(3 * places + 16))
    drawn = []
    for char in pattern:
        if char != "#":
            drawn.append(char)
            continue
        digits, index = divmod(digits, len(charset))
        drawn.append(charset[index])
    return "".join(drawn)
