"""What each member of a body may not be, by the kind of the member."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

HUGE = 10**30
AMOUNT_MAX = 10**15
COUNT_MAX = 10**9

#: Values that no member of that kind takes.
BAD: dict[str, tuple[Any, ...]] = {
    "text": (5, 1.5, True, [], {}, ["x"], "x" * 513),
    "long": (5, True, [], {}, "x" * 10_001),
    "amount": (-1, 1.5, "5", "", True, [], {}, AMOUNT_MAX + 1, HUGE, -HUGE, 1e300),
    "count": (-1, 1.5, "5", True, [], {}, COUNT_MAX + 1, HUGE),
    "percent": (-0.1, 100.1, "5", True, [], {}, HUGE),
    "object": (5, "x", True, ["x"]),
    "list": (5, "x", True, {}),
    "flag": (5, "true", 1, [], {}),
    "time": ("soon", "", 5, True, [], {}, "2024-13-01", "2024-01-01T25:00:00Z", "0000-01-01"),
    "ttl": (0, -1, "5", True, [], {}, HUGE),
    "day": (-1, 7, 1.5, "1", None, HUGE),
    "choice": ("x", "", 5, True, [], {}),
}


class Member(NamedTuple):
    """A member of a body, as in `order.items[].price`, and its kind."""

    path: str
    kind: str

    def bodies(self) -> Iterator[dict[str, Any]]:
        """One body for each value that the member does not take."""
        for value in BAD[self.kind]:
            yield nested(self.path, value)


def members(**kinds: str) -> list[Member]:
    """Members by kind; the paths of a kind are separated by spaces."""
    return [Member(path, kind) for kind, paths in kinds.items() for path in paths.split()]


def nested(path: str, value: Any) -> dict[str, Any]:
    """A body with one member; `[]` is a list of one."""
    name, _, rest = path.partition(".")
    inner = nested(rest, value) if rest else value
    return {name.removesuffix("[]"): [inner]} if name.endswith("[]") else {name: inner}


def merged(body: Any, other: Any) -> Any:
    """A body with what the other says on top, member by member, also in lists of one."""
    if isinstance(body, dict) and isinstance(other, dict):
        return body | {name: merged(body.get(name), value) for name, value in other.items()}
    if isinstance(body, list) and isinstance(other, list) and len(body) == len(other) == 1:
        return [merged(body[0], other[0])]
    return other


#: Everything that a validation and a redemption say beside their redeemables.
ATTEMPT = members(
    text="""
        order.id order.source_id
        order.items[].product_id order.items[].sku_id order.items[].source_id
        order.items[].product.id order.items[].product.source_id order.items[].product.name
        order.items[].sku.id order.items[].sku.source_id order.items[].sku.sku
        customer.id customer.source_id customer.name customer.description customer.email
        customer.phone customer.birthday customer.birthdate
        session.key tracking_id redeemables[].reward.id
    """,
    amount="""
        order.amount order.items[].amount order.items[].price
        order.items[].product.price order.items[].sku.price redeemables[].gift.credits
    """,
    count="order.items[].quantity redeemables[].reward.points",
    object="""
        order order.items[] order.items[].product order.items[].sku order.metadata
        order.items[].metadata order.items[].product.metadata
        customer customer.address customer.metadata session options metadata
        redeemables[].gift redeemables[].reward
    """,
    list="order.items options.expand",
    flag="order.items[].product.override order.items[].sku.override",
    choice="""
        order.status order.items[].related_object session.type session.ttl_unit options.expand[]
    """,
    ttl="session.ttl",
)
#: Everything that makes a voucher.
VOUCHER = members(
    text="validity_timeframe.duration validity_timeframe.interval category category_id campaign",
    long="additional_info",
    amount="gift.amount gift.balance discount.amount_off discount.amount_limit",
    percent="discount.percent_off",
    count="redemption.quantity code_config.length",
    object="discount gift metadata redemption validity_timeframe validity_hours code_config",
    list="validity_day_of_week validity_hours.daily validation_rules",
    flag="active is_referral_code",
    time="start_date expiration_date",
    day="validity_day_of_week[] validity_hours.daily[].days_of_week[]",
    choice="type discount.type discount.effect gift.effect",
)


def shown(body: Any) -> str:
    """A body for a message, cut."""
    return json.dumps(body)[:200]
