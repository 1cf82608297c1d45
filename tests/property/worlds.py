"""Small random worlds: a few vouchers, and the steps that clients and time may take in them."""

from typing import Any, NamedTuple

from hypothesis import strategies as st

from engine.kernel.tables import WINDOW_MS
from schemas.vouchers import Gift, Voucher
from tests.unit.engine.world import DAY, MINUTE, amount, gift_card, percent, voucher

#: code → how it is made. Quantities and balances are small, so that limits are met all the time.
VOUCHERS: dict[str, Voucher] = {
    "ONCE": voucher("ONCE", amount(300), quantity=1),
    "TWICE": voucher("TWICE", percent("33.3"), quantity=2),
    "FREE": voucher("FREE", percent("50", amount_limit=200)),
    "CARD": gift_card("CARD", gift=Gift(amount=500, balance=500)),
    "CARD2": gift_card("CARD2", gift=Gift(amount=900, balance=900), quantity=2),
    "V6": voucher("V6", amount(1)),
    "V7": voucher("V7", amount(1)),
}
CODES = [*VOUCHERS, "NONE"]
KEYS = ["s1", "s2", "s3"]


class Item(NamedTuple):
    """A redeemable."""

    code: str
    credits: int | None


class Step(NamedTuple):
    """Something that happens, after some time."""

    kind: str
    after: int
    items: tuple[Item, ...] = ()
    amount: int | None = None
    key: str | None = None
    ttl_minutes: int = 1
    #: Which of the redemptions so far, counted round.
    nth: int = 0
    order: str | None = None
    #: The prices of the order's items, which may have none.
    prices: tuple[int | None, ...] | None = None


ITEMS = st.lists(
    st.builds(Item, st.sampled_from(CODES), st.none() | st.integers(1, 600)),
    min_size=1,
    max_size=7,
    unique_by=lambda item: item.code,
).map(tuple)
AFTER = st.sampled_from([0, 0, 0, 1, MINUTE, 2 * MINUTE, DAY, 45 * DAY, 90 * DAY, WINDOW_MS])
AMOUNT = st.none() | st.integers(0, 2000)
KEY = st.none() | st.sampled_from(KEYS)


def _steps(*kinds: str, **fields: Any) -> st.SearchStrategy[Step]:
    # every field is named: Hypothesis would make up those that have a default
    given = {name: st.just(value) for name, value in Step._field_defaults.items()} | fields
    return st.builds(Step, st.sampled_from(kinds), AFTER, **given)


REDEEM = _steps("redeem", items=ITEMS, amount=AMOUNT, key=KEY)
STEP = st.one_of(
    REDEEM,
    REDEEM,
    _steps("lock", items=ITEMS, amount=AMOUNT, key=KEY, ttl_minutes=st.integers(1, 3)),
    _steps("release", items=ITEMS, key=st.sampled_from(KEYS)),
    _steps("roll_back", "roll_back_stack", nth=st.integers(0, 50)),
    _steps("enable", "disable", "expire", items=ITEMS),
    _steps("delete", "limit", items=ITEMS, nth=st.integers(0, 3)),
)
STEPS = st.lists(STEP, min_size=1, max_size=30)
