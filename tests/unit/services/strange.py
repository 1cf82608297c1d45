"""A good body of every endpoint that takes one, and strange members wherever one may stand."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.unit.services.world import CLIENT, SERVER, World

#: What is no shape: free maps and values of them, and the expressions that the core reads.
FREE: Final = frozenset(
    {"metadata", "rules", "bundle_rules", "filter", "filters", "attributes", "point"}
)
#: What nobody reads, whatever it is; its name in none of the bodies below.
STRANGE: Final = {"odd": {"a": [1]}}
AMOUNT: Final = {"type": "AMOUNT", "amount_off": 1000}
HOURS: Final = {
    "daily": [{"start_time": "08:00", "expiration_time": "12:00", "days_of_week": [1]}]
}  # fmt: skip
TIMES: Final = {
    "start_date": "2023-01-01T00:00:00Z", "validity_hours": HOURS,
    "validity_timeframe": {"duration": "PT1H", "interval": "P1D"},
}  # fmt: skip
CUSTOMER: Final = {"source_id": "ann", "address": {"city": "C"}, "metadata": {"a": 1}}
ITEM: Final = {
    "product_id": "p", "quantity": 1, "price": 100,
    "product": {"name": "P", "metadata": {}}, "sku": {"sku": "s", "metadata": {}},
}  # fmt: skip
ORDER: Final = {"items": [ITEM], "metadata": {}}
SINGLE: Final = {"order": ORDER, "customer": CUSTOMER, "metadata": {}}
SPEND: Final = {"gift": {"credits": 1}}
TERMS: Final = {
    "type": "DISCOUNT_VOUCHER", "discount": AMOUNT, "redemption": {"quantity": 5},
    "code_config": {"length": 8},
}  # fmt: skip
RULE: Final = {
    "name": "R",
    "rules": {"1": {"name": "order.amount", "conditions": {"$more_than": [5]}}},
    "applicable_to": {
        "included": [{"object": "product", "id": "prod_1"}],
        "excluded": [{"object": "sku", "id": "sku_1"}],
    },
    "error": {"message": "m"},
}  # fmt: skip
COIN: Final = {"parameters": {"coin": {"exchange_ratio": 1, "points_ratio": 1}}, "metadata": {}}
OFFERS: Final = SINGLE | {
    "scenario": "ALL", "session": {"key": "k"},
    "options": {"limit": 5, "filters": {"code": {"conditions": {"$is": ["A"]}}}},
}  # fmt: skip
CIRCLE: Final = {"type": "circle", "distance": {"center": "52.2,21.0", "radius": "5 km"}}
BACK: Final = {"reason": "r", "customer": CUSTOMER, "order": {"amount": 100}, "metadata": {}}
CHOICE: Final = {"customer": CUSTOMER, "campaign": {"name": "Spring", "count": 1}, "metadata": {}}
TIERS_END: Final = {
    "type": "CUSTOM", "extend": "P3M", "rounding": {"type": "YEAR", "strategy": "END"},
}  # fmt: skip
PROGRAM: Final = {
    "name": "Program", "type": "AUTO_UPDATE", "voucher": {
        "type": "LOYALTY_CARD", "loyalty_card": {
            "points": 7, "expiration_rules": {"period_type": "MONTH", "period_value": 3}}},
    "loyalty_tiers_expiration": {
        "qualification_type": "POINTS_IN_PERIOD", "qualification_period": "YEAR",
        "start_date": {"type": "IMMEDIATE"}, "expiration_date": TIERS_END},
}  # fmt: skip
LADDER: Final = [{"name": "Gold", "points": {"from": 1, "to": 9}, "metadata": {"a": 1}}]
EARNING: Final = {
    "event": "order.paid", "source": {"banner": "B"}, "metadata": {"a": 1},
    "loyalty": {"type": "PROPORTIONAL", "calculation_type": "ORDER_AMOUNT",
                "order": {"amount": {"every": 100, "points": 1}}},
    "pending_points": {"period_type": "DAY", "period_value": 7},
    "expiration_rules": {"period_type": "MONTH", "period_value": 3},
    "limits": {"count": 9, "period": "MONTH"},
}  # fmt: skip
REWARD: Final = {
    "type": "GIFT_VOUCHER", "related_object_parent": {"name": "Cards"}, "amount": 5,
}  # fmt: skip
FRIENDS: Final = {
    "name": "Friends", "campaign_type": "REFERRAL_PROGRAM", "type": "AUTO_UPDATE",
    "voucher": {"discount": AMOUNT, "is_referral_code": True}, "referral_program": {
        "conversion_event_type": "custom_event", "custom_event": {"name": "e"},
        "referee_reward": REWARD},
}  # fmt: skip
LOTTERY: Final = {
    "name": "Lottery", "campaign_type": "GIVEAWAY",
    "giveaway": {"closes_at": "2040-01-01T00:00:00.000Z", "prize": REWARD},
}  # fmt: skip
HOLDERS: Final = {"holders": [CUSTOMER | {"source_id": "holder"}], "metadata": {}}
EVENT: Final = {"event": "e", "customer": CUSTOMER, "metadata": {}}

PRICE: Final = {"parameters": {"loyalty": {"points": 1}}}

#: Who asks for what, with which body; `{…}` in a path is an id of `make_shop`.
BODIES: Final[list[tuple[str, str, Any]]] = [
    ("POST", "/v1/validations", SINGLE | {
        "redeemables": [{"object": "voucher", "id": "CARD", **SPEND}],
        "session": {"type": "LOCK", "key": "k", "ttl": 1, "ttl_unit": "HOURS"},
        "options": {"expand": ["category"]},
    }),
    ("POST", "/client/v1/validations", SINGLE | {"redeemables": [{"object": "voucher", "id": "A"}]}),
    ("POST", "/v1/vouchers/CARD/validate", SINGLE | SPEND | {"session": {"key": "k"}}),
    ("POST", "/v1/promotions/validation", SINGLE),
    ("POST", "/v1/promotions/tiers/{tier}/validation", SINGLE),
    ("POST", "/v1/qualifications", OFFERS),
    ("POST", "/client/v1/qualifications", OFFERS),
    ("POST", "/v1/vouchers/qualification", {"customer": CUSTOMER, "order": ORDER}),
    ("POST", "/v1/campaigns/qualification", {"customer": CUSTOMER, "order": ORDER}),
    ("POST", "/v1/redemptions", SINGLE | {
        "redeemables": [{"object": "voucher", "id": "CARD", **SPEND}], "session": {"key": "k"},
    }),
    ("POST", "/client/v1/redemptions", SINGLE | {"redeemables": [{"object": "voucher", "id": "A"}]}),
    ("POST", "/v1/vouchers/CARD/redemption", SINGLE | SPEND | {"session": {"key": "k"}}),
    ("POST", "/client/v1/redeem?code=A", SINGLE),
    ("POST", "/v1/promotions/tiers/{tier}/redemption", SINGLE),
    ("POST", "/v1/redemptions/{redemption}/rollback", BACK),
    ("POST", "/v1/redemptions/{other}/rollbacks", BACK),
    ("POST", "/v1/events", EVENT),
    ("POST", "/client/v1/events", EVENT),
    ("POST", "/v1/vouchers/import", [{"code": "I", "discount": AMOUNT, "redemption": {"quantity": 1}}]),
    ("POST", "/v1/vouchers/bulk/async", [{"code": "A", "metadata": {}}]),
    ("POST", "/v1/vouchers/metadata/async", {"codes": ["A"], "metadata": {}}),
    ("POST", "/v1/campaigns/Spring/import", [{"code": "J", "metadata": {}}]),
    ("POST", "/v1/customers/bulk/async", [CUSTOMER]),
    ("POST", "/v1/customers/metadata/async", {"source_ids": ["ann"], "metadata": {}}),
    ("POST", "/v1/products/bulk/async", [{"source_id": "p", "metadata": {}}]),
    ("POST", "/v1/products/metadata/async", {"source_ids": ["p"], "metadata": {}}),
    ("POST", "/v1/orders/import", [ORDER | {"source_id": "o1", "customer": CUSTOMER}]),
    ("POST", "/v1/vouchers", {"metadata": {}} | TERMS | TIMES),
    ("POST", "/v1/vouchers/GIFT", {"gift": {"amount": 1, "balance": 1}}),
    ("POST", "/v1/vouchers/POINTS", {"loyalty_card": {"points": 1, "balance": 1}}),
    ("PUT", "/v1/vouchers/A", {"discount": AMOUNT, "redemption": {"quantity": 5}} | TIMES),
    ("POST", "/v1/vouchers/CARD/balance", {"amount": 1}),
    ("POST", "/v1/campaigns", {"name": "Autumn", "voucher": TERMS, "metadata": {}} | TIMES),
    ("POST", "/v1/campaigns", {
        "name": "Fair", "campaign_type": "PROMOTION",
        "promotion": {"tiers": [{"name": "T", "action": {"discount": AMOUNT}}]},
    }),
    ("PUT", "/v1/campaigns/Spring", {"discount": AMOUNT, "access_settings": {}, "metadata": {}}),
    ("POST", "/v1/campaigns/Spring/vouchers", {"redemption": {"quantity": 2}, "code_config": {"length": 9}}),
    ("POST", "/v1/campaigns/Spring/vouchers/K", {"redemption": {"quantity": 2}}),
    ("POST", "/v1/loyalties", PROGRAM | {"metadata": {}} | TIMES),
    ("PUT", "/v1/loyalties/L0", {
        "loyalty_tiers_expiration": PROGRAM["loyalty_tiers_expiration"], "metadata": {},
        "options": {"recalculate_tiers": True}, "access_settings": {},
    }),
    ("POST", "/v1/loyalties/L0/copy", {"name": "L1"}),
    ("POST", "/v1/loyalties/L0/tiers", [{"name": "Silver", "points": {"from": 20}}]),
    ("PUT", "/v1/loyalties/L0/tiers/{rung}", {"name": "Or", "points": {"from": 1, "to": 9}}),
    ("POST", "/v1/campaigns", FRIENDS | {"name": "F1"}),
    ("POST", "/v1/campaigns", LOTTERY | {"name": "G1"}),
    ("POST", "/v1/referrals/members/{code}/holders", HOLDERS),
    ("POST", "/v1/referrals/{friends}/members/{code}/holders",
     {"holders": [CUSTOMER | {"source_id": "other"}]}),
    ("POST", "/v1/referrals/{friends}/tiers", {"conversions": 3, "reward": REWARD}),
    ("PUT", "/v1/referrals/{friends}/tiers/{step}",
     {"reward": REWARD, "parameters": {"conversions": 4}}),
    ("POST", "/v1/giveaways/{lottery}/entries", {"customer": CUSTOMER, "metadata": {}}),
    ("POST", "/v1/loyalties/L0/members", {"customer": CUSTOMER, "metadata": {}}),
    *(
        ("POST", f"/v1/loyalties/{of}/export", {"parameters": {}})
        for of in ("L0/transactions", "L0/points-expiration", "members/{points}/transactions",
                   "L0/members/{points}/transactions")
    ),
    ("POST", "/v1/loyalties/L0/earning-rules", [EARNING]),
    ("PUT", "/v1/loyalties/L0/earning-rules/{earning}", EARNING),
    ("POST", "/v1/loyalties/L0/qualifications",
     {"customer": {"source_id": "member"}, "order": ORDER}),
    ("POST", "/v1/loyalties/members/{member}/balance", {"points": 5}),
    ("POST", "/v1/loyalties/L0/members/{member}/balance", {"points": 5, "reason": "r"}),
    ("POST", "/v1/loyalties/members/{member}/pending-points/{pending}/balance", {"points": 1}),
    ("POST", "/v1/loyalties/L0/members/{member}/transfers",
     [{"code": "TAKER", "points": 1, "source_id": "t"}]),
    ("PUT", "/v1/promotions/Sale/tiers/order", {"ids": ["{tier}"]}),
    ("POST", "/v1/promotions/Sale/tiers", {"name": "U", "action": {"discount": AMOUNT}} | TIMES),
    ("PUT", "/v1/promotions/tiers/{tier}", {"action": {"discount": AMOUNT}}),
    ("POST", "/v1/promotions/Sale/stacks", {"name": "V", "tiers": {"ids": []}}),
    ("PUT", "/v1/promotions/Sale/stacks/{stack}", {"tiers": {"ids": []}}),
    ("POST", "/v1/validation-rules", RULE),
    ("PUT", "/v1/validation-rules/{rule}", RULE),
    ("POST", "/v1/validation-rules/{rule}/assignments", {"related_object_id": "A"}),
    ("POST", "/v1/validation-rules/try",
     RULE | {"cart": SINGLE, "redeemable": {"object": "voucher", "id": "A"}}),
    ("POST", "/v1/stacking-rules/try", {
        "stacking_rules": {"redeemables_limit": 5}, "cart": SINGLE,
        "redeemables": [{"object": "voucher", "id": "CARD", **SPEND}],
    }),
    ("POST", "/v1/campaigns/try", {
        "campaign": {"name": "Tried", "voucher": TERMS, "metadata": {}}, "cart": SINGLE,
        "validation_rules": [{"name": "R"}],
    }),
    ("POST", "/v1/locations/try", {"point": {"lat": 52.0, "lon": 21.0}}),
    ("POST", "/v1/customers", CUSTOMER),
    ("PUT", "/v1/customers/ann", CUSTOMER),
    ("POST", "/v1/orders", ORDER | {"customer": CUSTOMER}),
    ("PUT", "/v1/orders/o", ORDER | {"customer": CUSTOMER}),
    ("POST", "/v1/products", {"name": "P", "metadata": {}}),
    ("PUT", "/v1/products/p", {"name": "P", "metadata": {}}),
    ("POST", "/v1/products/p/skus", {"sku": "S", "metadata": {}}),
    ("PUT", "/v1/products/p/skus/{sku}", {"sku": "S", "metadata": {}}),
    ("POST", "/v1/product-collections",
     {"name": "C", "type": "STATIC", "products": [{"id": "{product}", "object": "product"}]}),
    ("PUT", "/v1/product-collections/{collection}",
     {"products": [{"id": "{product}", "object": "product"}]}),
    ("POST", "/v1/publications", CHOICE),
    ("POST", "/client/v1/publish", CHOICE),
    ("PUT", "/v1/categories/order", {"ids": ["{category}"]}),
    ("POST", "/v1/categories", {"name": "K", "hierarchy": 1}),
    ("PUT", "/v1/categories/{category}", {"name": "K2"}),
    ("POST", "/v1/exports", {"exported_object": "voucher", "parameters": {"order": "code"}}),
    ("POST", "/v1/orders/export", {"parameters": {"fields": ["id"]}}),
    ("POST", "/v1/vouchers/A/transactions/export", {"parameters": {}}),
    ("POST", "/v1/campaigns/{campaign}/transactions/export", {"parameters": {}}),
    ("POST", "/v1/notifications/read", {"ids": ["ntf_1"]}),
    ("PUT", "/v1/analytics/alerts/thresholds",
     {"budgets": [{"campaign_id": "Sale", "planned_per_hour": 1}]}),
    ("POST", "/v1/rewards", {"name": "W", "type": "COIN"} | COIN),
    ("PUT", "/v1/rewards/{reward}", COIN),
    ("POST", "/v1/rewards/{mug}/assignments", {"campaign": "L0"} | PRICE),
    ("PUT", "/v1/rewards/{reward0}/assignments/{offer}", PRICE),
    ("POST", "/v1/loyalties/L0/rewards", [{"reward": "{reward}"}]),
    ("PUT", "/v1/loyalties/L0/rewards/{offer}", PRICE),
    ("POST", "/v1/loyalties/members/{points}/redemption", {"reward": {"id": "{reward0}"}, "metadata": {}}),
    ("POST", "/v1/loyalties/L0/members/{points}/redemption", {"reward": {"id": "{reward0}"}}),
    ("POST", "/v1/locations", {"name": "L", "shape": CIRCLE}),
    ("PUT", "/v1/locations/{location}", {"shape": CIRCLE}),
    ("POST", "/v1/segments", {"name": "G", "type": "static", "customers": []}),
    ("PUT", "/v1/segments/{segment}", {"name": "H"}),
]  # fmt: skip
#: What is sent without a body, as a form, or as a file.
BODILESS: Final = frozenset(
    {"draw", "prizes", "enable", "activate", "cancel", "disable", "permanent-deletion", "importCSV"}
)


async def make_shop(world: World) -> dict[str, str]:
    """What the bodies speak of, by the names that they have for it."""
    ids: dict[str, str] = {}
    for name, path, body in (
        ("a", "vouchers/A", {"discount": AMOUNT}),
        ("card", "vouchers/CARD", {"gift": {"amount": 500}}),
        ("customer", "customers", {"source_id": "ann"}),
        ("campaign", "campaigns", {"name": "Spring", "type": "AUTO_UPDATE", "voucher": TERMS}),
        ("program", "loyalties", PROGRAM | {"name": "L0"}),
        ("rung", "loyalties/L0/tiers", LADDER),
        ("member", "loyalties/L0/members", {"customer": {"source_id": "member"}}),
        ("points", "campaigns/L0/vouchers/TAKER", {}),
        ("earning", "loyalties/L0/earning-rules", [EARNING]),
        ("paid", "orders", {"amount": 500, "status": "PAID", "customer": {"source_id": "member"}}),
        ("promotion", "campaigns", {"name": "Sale", "campaign_type": "PROMOTION"}),
        ("tier", "promotions/Sale/tiers", {"name": "T", "action": {"discount": AMOUNT}}),
        ("stack", "promotions/Sale/stacks", {"name": "S", "tiers": {"ids": []}}),
        ("rule", "validation-rules", {"name": "R"}),
        ("order", "orders", {"source_id": "o"}),
        ("product", "products", {"source_id": "p"}),
        ("sku", "products/p/skus", {"source_id": "s"}),
        ("collection", "product-collections", {"name": "C0", "type": "STATIC", "products": []}),
        ("category", "categories", {"name": "K0", "hierarchy": 1}),
        ("reward", "rewards", {"name": "W0", "type": "COIN"} | COIN),
        ("reward0", "rewards", {"name": "W1", "parameters": {"product": {"id": "{product}"}}}),
        ("mug", "rewards", {"name": "W2", "parameters": {"product": {"id": "{product}"}}}),
        ("offer", "rewards/{reward0}/assignments", {"campaign": "L0"} | PRICE),
        ("location", "locations", {"name": "L0", "shape": CIRCLE}),
        ("segment", "segments", {"name": "G0", "type": "static", "customers": []}),
        ("cards", "campaigns", {"name": "Cards", "voucher": {"gift": {"amount": 5}}}),
        ("friends", "campaigns", FRIENDS),
        ("code", "campaigns/Friends/vouchers", {}),
        ("given", "publications", {"voucher": "{code}", "customer": {"source_id": "referrer"}}),
        ("step", "referrals/Friends/tiers", {"conversions": 2, "reward": REWARD}),
        ("lottery", "campaigns", LOTTERY),
        ("redemption", "redemptions", {"redeemables": [{"object": "voucher", "id": "A"}]}),
        ("other", "redemptions", {"redeemables": [{"object": "voucher", "id": "A"}]}),
    ):
        answer = await world.call("POST", f"/v1/{path.format_map(ids)}", _filled(body, ids))
        assert answer.status_code == 200, (name, answer.text)
        told = answer.json()
        made = told[0] if isinstance(told, list) else told
        ids[name] = made["redemptions"][0]["id"] if "redemptions" in made else made["id"]
    waiting = f"/v1/loyalties/members/{ids['member']}/pending-points"
    ids["pending"] = (await world.call("GET", waiting)).json()["data"][0]["id"]
    return ids


def requests_of(ids: Mapping[str, str]) -> Iterator[tuple[str, str, Any, dict[str, str]]]:
    """The requests, with the ids filled in, and the headers of who may send each."""
    for method, path, body in BODIES:
        headers = CLIENT if path.startswith("/client") else SERVER
        yield method, path.format_map(ids), _filled(body, ids), headers


def with_strange_members(body: Any) -> tuple[Any, set[str]]:
    """The body with a strange member in each of its objects, and the paths of those."""
    body = copy.deepcopy(body)
    return body, set(_add_strange(body, ""))


def _add_strange(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _add_strange(item, f"{at}[{index}]")
    elif isinstance(value, dict):
        for name, member in value.items():
            if name not in FREE:
                yield from _add_strange(member, f"{at}.{name}")
        value |= STRANGE
        yield f"{at}.odd".removeprefix(".")


def _filled(body: Any, ids: Mapping[str, str]) -> Any:
    match body:
        case dict():
            filled = {name: _filled(member, ids) for name, member in body.items()}
            return filled | {"ids": [ids["tier"]]} if filled.get("ids") == [] else filled
        case list():
            return [_filled(each, ids) for each in body]
        case str() if body[:1] == "{":
            return body.format_map(ids)
    return body
