"""Ids, all derived from a command's seed: the same command makes the same ones."""

from hashlib import sha256, shake_256

from msgspec import structs

from schemas.base import Millis
from schemas.commands import Command

#: Hexadecimal digits after each prefix. Source: the API contract, section 10.
LENGTHS = {
    "v_": 32,
    "camp_": 24,
    "promo_": 24,
    "stack_": 24,
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
    "exp_": 24,
    "tbe_": 18,
    "del_": 18,
    "pub_": 32,
    "vtx_": 18,
    "wh_": 24,
    "ms_": 24,
    "ces_": 24,
    "brand_": 24,
    "prod_": 18,
    "sku_": 18,
    "pc_": 24,
    "val_": 12,
    "asgm_": 16,
    "stk_": 18,
    "cat_": 18,
    "seg_": 24,
    "loc_": 24,
    "rew_": 24,
    "rewa_": 24,
    "rewr_": 24,
    "ern_": 24,
    "ltr_": 24,
    "lopb_": 24,
    "lopp_": 18,
    "rh_": 18,
    "rtier_": 24,
    "user_": 24,
    "uss_": 24,
    "inv_": 24,
    "role_": 24,
    "view_": 24,
}
#: Hexadecimal digits of a seed.
SEED_DIGITS = 32
#: After `rh_`.
HOLDING_DIGITS = 18
#: Milliseconds in the ids of what is made in numbers; enough until the year 10889.
TIME_DIGITS = 12
#: The number of a stack's parent, where its children count from 0.
PARENT = -1


def new_id(seed: str, prefix: str, n: int = 0) -> str:
    """The n-th id of that kind that a command makes."""
    return prefix + sha256(f"{seed}/{prefix}/{n}".encode()).hexdigest()[: LENGTHS[prefix]]


def new_ids(seed: str, prefix: str, count: int, now: Millis | None = None) -> tuple[str, ...]:
    """That many ids of a command, unlike those that `new_id` makes of it.

    With `now` they begin with the time, so that what is made together lies together wherever ids
    are keys. 80 bits of a voucher's are random: it may be redeemed by its id as by its code.
    """
    begin = prefix if now is None else f"{prefix}{now:0{TIME_DIGITS}x}"
    length = LENGTHS[prefix] + len(prefix) - len(begin)
    drawn = shake_256(f"{seed}/{prefix}/many".encode()).hexdigest(count * length // 2 + 1)
    return tuple([begin + drawn[n : n + length] for n in range(0, count * length, length)])


def numbered_command(command: Command, part: str, n: int) -> Command:
    """The command of the n-th part of what a command does: the same, with a seed of its own."""
    seed = sha256(f"{command.seed}/{part}/{n}".encode()).hexdigest()[:SEED_DIGITS]
    return structs.replace(command, seed=seed)


def holding_id(customer_id: str, voucher_id: str) -> str:
    """The id of a customer's holding of a voucher, always the same."""
    digest = sha256(f"{customer_id}/{voucher_id}".encode()).hexdigest()
    return f"rh_{digest[:HOLDING_DIGITS]}"
