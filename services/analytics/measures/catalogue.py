"""What analytics can count: every metric as data, and the catalogue that tells them.

A metric is an aggregate over the rows of a source (services/analytics/measures/sources.py), or one metric divided by another.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel.encode import Body, to_json
from fronts.query_string import read_parameters, require_known
from runtime.http.errors import JSON
from services.analytics.measures.sources import FAILED, NEW_CUSTOMER, PAID, SOURCES

#: Stands for how long what is asked for lasts; only a divisor.
SECONDS: Final = "seconds"


class Metric(NamedTuple):
    """A number that can be asked for."""

    name: str
    meaning: str
    #: `count`, `minor units`, `share` (a fraction), `per second` or `ms`.
    unit: str
    #: Whose rows are aggregated; of a quotient those of the metrics that it is made of.
    source: str = ""
    #: The aggregate; empty for a quotient.
    sql: str = ""
    #: What is divided by what.
    over: tuple[str, str] | None = None
    #: Whether it is one number for each moment; else it is as it is now.
    over_time: bool = True
    #: The one kind of rows that counts, where the source has several.
    only: str = ""


def _redeemed(name: str, meaning: str, unit: str, sql: str) -> Metric:
    return Metric(name, meaning, unit, "redemptions", sql)


def _made(name: str, meaning: str, unit: str, sql: str) -> Metric:
    return Metric(name, meaning, unit, "vouchers", sql)


def _ordered(name: str, meaning: str, unit: str, sql: str) -> Metric:
    return Metric(name, meaning, unit, "orders", sql)


def _called(name: str, meaning: str, unit: str, sql: str) -> Metric:
    return Metric(name, meaning, unit, "api_calls", sql)


def _quotient(name: str, meaning: str, unit: str, over: tuple[str, str]) -> Metric:
    return Metric(name, meaning, unit, over=over)


_MONEY: Final = "minor units"
_DONE: Final = "kind = 'succeeded'"
_KNOWN: Final = f"{_DONE} AND customer_id != ''"
_TABLE: Final = (
    _redeemed("redemptions_succeeded", "redemptions that succeeded", "count", f"countIf({_DONE})"),
    Metric(
        "redemptions_failed", "redemptions that failed", "count", "redemptions",
        f"countIf(kind = '{FAILED}')", only=FAILED,
    ),
    _redeemed(
        "redemptions_rolled_back", "redemptions taken back", "count", "countIf(kind = 'taken_back')"
    ),
    Metric("validations_valid", "validations that were valid", "count", "validations", "countIf(valid = 1)"),
    Metric("validations_invalid", "validations that were not", "count", "validations", "countIf(valid = 0)"),
    _redeemed("discount_amount", "discount given", _MONEY, "sum(sign * toInt128(discount))"),
    _redeemed(
        "order_amount",
        "orders before their discounts",
        _MONEY,
        "sumIf(sign * toInt128(order_amount), once = 1)",
    ),
    _redeemed(
        "order_total_amount",
        "orders after their discounts: the revenue",
        _MONEY,
        "sumIf(sign * toInt128(order_total), once = 1)",
    ),
    _redeemed(
        "unique_customers",
        "distinct customers of the successes",
        "count",
        f"uniqExactIf(customer_id, {_KNOWN})",
    ),
    _redeemed(
        "new_customers",
        "distinct customers of successes that were their first",
        "count",
        f"uniqExactIf(customer_id, {_KNOWN} AND {NEW_CUSTOMER})",
    ),
    _redeemed(
        "returning_customers",
        "distinct customers of successes that were not their first",
        "count",
        f"uniqExactIf(customer_id, {_KNOWN} AND NOT {NEW_CUSTOMER})",
    ),
    _redeemed(
        "redemptions_paid",
        "successes whose order is now PAID or FULFILLED",
        "count",
        f"countIf({_DONE} AND {PAID})",
    ),
    _redeemed(
        "codes_redeemed",
        "distinct vouchers of the successes",
        "count",
        f"uniqExactIf(voucher, {_DONE} AND voucher != '')",
    ),
    _redeemed(
        "gift_credits_redeemed",
        "credits of gift cards that paid, less what was taken back",
        _MONEY,
        "sumIf(sign * toInt128(discount), type = 'GIFT_VOUCHER')",
    ),
    Metric("validations", "validations", "count", "validations", "count()"),
    _made("codes_created", "vouchers made", "count", "sumIf(counted, kind = 'created')"),
    _made("codes_deleted", "vouchers deleted one by one", "count", "sumIf(counted, kind = 'deleted')"),
    _made("codes_published", "vouchers given to customers", "count", "sumIf(amount, kind = 'published')"),
    _made(
        "publications_succeeded", "publications", "count", "sumIf(counted, kind = 'published')"
    ),
    _made(
        "publications_failed",
        "publications that failed",
        "count",
        "sumIf(counted, kind = 'unpublished')",
    ),
    _made(
        "gift_credits_issued",
        "credits of new gift cards, and credits added",
        _MONEY,
        "sumIf(toInt128(amount), kind IN ('created', 'added'))",
    ),
    _made(
        "gift_credits_removed",
        "credits taken off by hand, or deleted with their card",
        _MONEY,
        "sumIf(toInt128(amount), kind IN ('subtracted', 'deleted'))",
    ),
    _made(
        "points_issued",
        "points that new cards begin with, and points added by hand, as a prize or as a reward",
        "points",
        "sumIf(toInt128(amount), kind IN ('points_created', 'points_added'))",
    ),
    _made(
        "points_earned",
        "points that earning rules gave, those that were pending once they became active",
        "points",
        "sumIf(toInt128(amount), kind IN ('points_rewarded', 'pending_points_activated'))",
    ),
    _made(
        "points_redeemed",
        "points that paid, less what was taken back",
        "points",
        "sumIf(toInt128(amount), kind = 'points_redeemed') "
        "- sumIf(toInt128(amount), kind = 'points_rolledback')",
    ),
    _made(
        "points_removed",
        "points taken off by hand or taken back, or deleted with their card",
        "points",
        "sumIf(toInt128(amount), kind IN ('points_subtracted', 'points_deleted'))",
    ),
    _made(
        "points_expired", "points that expired", "points", "sumIf(toInt128(amount), kind = 'points_expired')"
    ),
    _made(
        "points_transferred",
        "points that went from card to card, counted where they came to",
        "points",
        "sumIf(toInt128(amount), kind = 'points_transferred_in')",
    ),
    Metric(
        "gift_credits_outstanding",
        "credits of the gift cards that there are now",
        _MONEY,
        "gift_cards",
        "sum(toInt128(balance))",
        over_time=False,
    ),
    _ordered("orders", "orders with an amount, by their creation", "count", "count()"),
    _ordered("orders_discounted", "orders with a discount", "count", "countIf(discount != 0)"),
    _ordered("orders_plain", "orders without a discount", "count", "countIf(discount = 0)"),
    _ordered(
        "orders_discounted_amount",
        "their amounts, before the discount",
        _MONEY,
        "sumIf(toInt128(amount), discount != 0)",
    ),
    _ordered(
        "orders_plain_amount",
        "the amounts of those without one",
        _MONEY,
        "sumIf(toInt128(amount), discount = 0)",
    ),
    _called("api_calls", "calls of the API", "count", "count()"),
    _called("api_errors", "calls answered with 400 or more", "count", "countIf(code >= 400)"),
    _called("api_faults", "calls answered with 500 or more", "count", "countIf(code >= 500)"),
    *(
        _called(
            f"api_latency_p{percent}",
            f"duration that {percent} of 100 calls do not exceed",
            "ms",
            f"quantileExactLow({percent / 100})(duration_us) / 1000",
        )
        for percent in (50, 95, 99)
    ),
    _quotient(
        "conversion", "what was redeemed of what was valid", "share",
        ("redemptions_succeeded", "validations_valid"),
    ),
    _quotient(
        "codes_redeemed_share", "vouchers redeemed of those made", "share", ("codes_redeemed", "codes_created")
    ),
    _quotient(
        "average_order_discounted", "value of an order with a discount", _MONEY,
        ("orders_discounted_amount", "orders_discounted"),
    ),
    _quotient(
        "average_order_plain", "value of an order without one", _MONEY,
        ("orders_plain_amount", "orders_plain"),
    ),
    _quotient("api_calls_per_second", "rate of calls", "per second", ("api_calls", SECONDS)),
    _quotient("api_error_share", "errors of all calls", "share", ("api_errors", "api_calls")),
)  # fmt: skip
METRICS: Final[Mapping[str, Metric]] = MappingProxyType({each.name: each for each in _TABLE})


def bases_of(metric: Metric) -> tuple[Metric, ...]:
    """What has to be read for it: itself, or what it is made of."""
    if metric.over is None:
        return (metric,)
    return tuple(METRICS[name] for name in metric.over if name != SECONDS)


def dimensions_of(metric: Metric) -> tuple[str, ...]:
    """What it can be told apart by."""
    first, *others = (tuple(SOURCES[each.source].dimensions) for each in bases_of(metric))
    return tuple(name for name in first if all(name in other for other in others))


def filters_of(metric: Metric) -> tuple[str, ...]:
    """What it can be narrowed by."""
    first, *others = (SOURCES[each.source].filters for each in bases_of(metric))
    return tuple(name for name in first if all(name in other for other in others))


def how_computed(metric: Metric) -> str:
    """From which table it is read, or what is divided by what."""
    if metric.over is not None:
        return " / ".join(metric.over)
    return SOURCES[metric.source].table


def catalogue_route() -> Route:
    """GET /v1/analytics/metrics."""
    told: list[Body] = [
        {
            "object": "metric",
            "name": each.name,
            "meaning": each.meaning,
            "unit": each.unit,
            "dimensions": list(dimensions_of(each)),
            "filters": list(filters_of(each)),
            "computed": how_computed(each),
            "over_time": each.over_time,
        }
        for each in METRICS.values()
    ]
    body = to_json({"object": "list", "data_ref": "data", "data": told, "total": len(told)})

    async def metrics(request: Request) -> Response:
        require_known(read_parameters(request.query_params.multi_items()), frozenset())
        return Response(body, media_type=JSON)

    return Route("/v1/analytics/metrics", metrics, methods=["GET"])
