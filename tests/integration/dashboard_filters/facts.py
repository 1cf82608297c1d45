"""What a row says of each thing that its list is filtered by, where it does not say it by that name."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from tests.integration.dashboard_filters.moments import Row, is_active
from tests.integration.dashboard_filters.seed import MEMBERS

Read = Callable[[Row], Any]


def at(*path: str) -> Read:
    """What lies at a path of names; of lists what lies there in each."""

    def read(row: Any) -> Any:
        found = [row]
        for name in path:
            inner = [each.get(name) for each in found if isinstance(each, dict)]
            found = [one for each in inner for one in (each if isinstance(each, list) else [each])]
        return found

    return read


def _all_texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield str(name)
            yield from _all_texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _all_texts(each)
    elif isinstance(value, str):
        yield value


def _call_texts(row: Row) -> list[str]:
    """What is looked through of a call, in capitals or not; nothing where it is none."""
    if row["object"] != "api_call":
        return []
    told = [row[each] for each in ("id", "method", "path", "query", "origin", "channel")]
    return [str(each).lower() for each in (*told, row["key"]["id"])]


def _log_texts(row: Row) -> list[str]:
    told = [
        row["id"],
        row["type"],
        *(row["entry"].get(each) for each in ("webhook_id", "event_id")),
    ]
    return [each.lower() for each in told if each]


def _named(*beginnings: str) -> Read:
    """Every id of a kind that an event names, wherever."""
    return lambda row: [each for each in _all_texts(row["data"]) if each.startswith(beginnings)]


def _timeframe(row: Row) -> Any:
    told = row.get("validity_timeframe")
    return told and f"{told['interval']}/{told['duration']}"


def _channel(row: Row) -> str:
    told = row["channel"]
    if told["channel_type"] == "USER":
        return "USER_PORTAL"
    return "CLIENT_API" if told["channel_id"] == "client" else "API"


def _products(row: Row) -> list[str]:
    items = (row.get("order") or {}).get("items") or ()
    names = ("product_id", "sku_id", "source_id")
    return [item[name] for item in items for name in names if item.get(name)]


def _segments(row: Row, ids: Mapping[str, str]) -> list[str]:
    return [ids[name] for name, members in MEMBERS.items() if row.get("source_id") in members]


def _is_available(row: Row, now: datetime) -> bool:
    """Whether a tier gives something at present: it and its promotion are on, and within dates."""
    return is_active(row, now) and is_active(row["campaign"], now)


def _voucher_code(row: Row) -> Any:
    """The code that was asked for; what was not found has only that."""
    if "voucher" in row or row["related_object_type"] != "voucher":
        return at("voucher", "code")(row)
    return row["related_object_id"]


def _tier(row: Row) -> str | None:
    """The tier that so many points lead to (`club.py`)."""
    balance = row["loyalty_card"]["balance"]
    return "Gold" if balance >= 100 else "Silver" if balance >= 10 else None


def _or_nothing(*path: str) -> Read:
    """An amount at a path that is left out where it is nothing."""
    return lambda row: next((each for each in at(*path)(row) if each is not None), 0)


_APPLIED: Final = _or_nothing("order", "total_applied_discount_amount")
_TAKEN_OFF: Final = _or_nothing("voucher", "discount", "amount_off")


def _discount(row: Row) -> Any:
    """What was taken off; of a rollback what it gave back, which its order has no more."""
    return _TAKEN_OFF(row) if row["object"] == "redemption_rollback" else _APPLIED(row)


_OF_TIERS: Final = {"campaign_ids": at("campaign_id"), "category_ids": at("category_id")}
#: List → field → what a row says of it.
FACTS: Final[Mapping[str, Mapping[str, Read]]] = {
    "/api-calls": {
        "key_id": at("key", "id"),
        "key_kind": at("key", "kind"),
        "customer": lambda row: str(row["path"]).split("/"),
        "text": _call_texts,
    },
    "/audit-log": {"text": lambda row: _call_texts(row["entry"]) or _log_texts(row)},
    "/changes": {"object": at("entity", "object"), "entity": at("entity", "id")},
    "/events": {
        "voucher": _named("v_"),
        "campaign": _named("camp_"),
        "customer": _named("cust_"),
        "redemption": _named("r_", "rf_", "rr_"),
        "order_id": _named("ord_"),
        "object": lambda row: str(row["type"]).partition(".")[0],
    },
    "/campaigns": {
        "campaign_name": at("name"),
        "campaign_id": at("id"),
        "campaign_status": at("vouchers_generation_status"),
        "voucher_type": at("voucher", "type"),
        "category_ids": at("category_id"),
        "categories": at("categories", "name"),
        "validity_timeframe": _timeframe,
        "is_referral_code": lambda row: bool((row.get("voucher") or {}).get("is_referral_code")),
    },
    "/customers": {"city": at("address", "city")},
    "/orders": {
        name: _or_nothing(name)
        for name in ("total_discount_amount", "discount_amount", "items_discount_amount")
    },
    "/promotion-stacks": _OF_TIERS,
    "/redemptions": {
        "created_at": at("date"),
        "voucher_code": _voucher_code,
        "parent_redemption_id": lambda row: (
            row.get("redemption") if row["object"] == "redemption" else None
        ),
        "campaign_name": lambda row: [
            *at("voucher", "campaign")(row),
            *at("promotion_tier", "campaign", "name")(row),
        ],
        "user_login": lambda row: (
            row["channel"]["channel_id"] if row["channel"]["channel_type"] == "USER" else None
        ),
        "channel": _channel,
        "validation_rule_id": at("explanation", "violations", "validation_rule_id"),
        "product": _products,
        "session_key": at("session", "key"),
        "amount": at("order", "amount"),
        "discount": _discount,
    },
    "/sessions": {"code": at("holds", "code"), "customer": at("customer_id")},
    "/validations": {"code": at("asked"), "failure_code": at("failure_codes")},
    "/campaigns/{id}/members": {"loyalty_tier_id": _tier},
    "/campaigns/{id}/publications": {
        "voucher_code": lambda row: [*at("voucher", "code")(row), *row.get("vouchers", ())],
    },
}


def facts_of(path: str, ids: Mapping[str, str], now: datetime) -> Mapping[str, Read]:
    """Those of one list. `ids`: of what has a name; who is in a segment no customer's row says."""
    if path == "/customers":
        return {**FACTS[path], "segment_id": lambda row: _segments(row, ids)}
    if path == "/promotion-tiers":
        return {**_OF_TIERS, "is_available": lambda row: _is_available(row, now)}
    return FACTS.get(path, {})


def values_of(facts: Mapping[str, Read], field: str, row: Row) -> list[Any]:
    """All that a row says of a field; nothing where it is not known."""
    read = facts.get(field) or at(*field.split("."))
    told = read(row)
    return [each for each in (told if isinstance(told, list) else [told]) if each not in (None, "")]
