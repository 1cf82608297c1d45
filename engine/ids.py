"""Ids, all derived from a command's seed: the same command makes the same ones."""

from hashlib import sha256, shake_256

#: Hexadecimal digits after each prefix. Source: the API contract, section 10.
LENGTHS = {
    "v_": 32,
    "camp_": 24,
    "ssn_": 32,
    "cust_": 24,
    "ord_": 18,
    "ordli_": 18,
    "r_": 18,
    "rf_": 18,
    "rr_": 18,
    "rrf_": 18,
    "valid_": 18,
    "aa_": 18,
    "evcus_": 18,
    "tbe_": 18,
    "pub_": 32,
    "vtx_": 18,
    "wh_": 24,
    "ms_": 24,
}
#: The number of a stack's parent, where its children count from 0.
PARENT = -1


def new_id(seed: str, prefix: str, n: int = 0) -> str:
    """The n-th id of that kind that a command makes."""
    return prefix + sha256(f"{seed}/{prefix}/{n}".encode()).hexdigest()[: LENGTHS[prefix]]


def new_ids(seed: str, prefix: str, count: int) -> tuple[str, ...]:
    """That many ids of a command, unlike those that `new_id` makes of it."""
    length = LENGTHS[prefix]
    drawn = shake_256(f"{seed}/{prefix}/many".encode()).hexdigest(count * length // 2 + 1)
    return tuple(prefix + drawn[at : at + length] for at in range(0, count * length, length))
