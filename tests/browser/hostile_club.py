"""A loyalty program with such texts wherever it takes one, and a member of it."""

from typing import Any, Final, Protocol

#: Its name and the code of its card: addresses of it are filled with it.
CLUB: Final = "Club-of-texts"


class Takes(Protocol):
    """Who asks the API."""

    def take(self, path: str, body: Any) -> Any:
        """What the API made of it."""


def open_club(shop: Takes, texts: tuple[str, ...], customer: str) -> None:
    """Makes the program, its rules, tiers and rewards, and a member who earned."""
    card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 10}}
    made = {"name": CLUB, "type": "AUTO_UPDATE", "voucher": card, "description": texts[1]}
    program = f"/v1/loyalties/{shop.take('/v1/loyalties', made)['id']}"
    fixed = {"type": "FIXED", "points": 5}
    said = [
        {"event": "order.paid", "loyalty": fixed, "source": {"banner": texts[0]}},
        {"event": "event 0", "loyalty": fixed, "source": {"banner": texts[2]}, "active": False},
        {
            "event": "order.paid",
            "loyalty": fixed,
            "source": {"banner": texts[5]},
            "pending_points": {"period_type": "DAY", "period_value": 14},
        },
    ]
    # one after the other: those of the same time are in the order of their ids
    rules = [shop.take(f"{program}/earning-rules", [each])[0] for each in said]
    mapped = {rules[0]["id"]: {"type": "MULTIPLY", "multiplier": 2}}
    shop.take(
        f"{program}/tiers",
        [
            {"name": texts[0], "points": {"from": 0, "to": 9}},
            {"name": texts[1], "points": {"from": 10}, "earning_rules": mapped},
        ],
    )
    coin = {"coin": {"exchange_ratio": 1, "points_ratio": 10}}
    reward = shop.take("/v1/rewards", {"name": texts[5], "type": "COIN", "parameters": coin})
    shop.take(f"{program}/rewards", [{"reward": reward["id"]}])
    shop.take(f"/v1/campaigns/{CLUB}/vouchers/{CLUB}", {})
    member = {"customer": {"source_id": customer}, "voucher": CLUB}
    shop.take(f"{program}/members", member)
    paid = {"source_id": "club", "amount": 900, "status": "PAID"}
    shop.take("/v1/orders", paid | {"customer": {"source_id": customer}})
    shop.take(f"{program}/members/{CLUB}/balance", {"points": 7, "reason": texts[2]})
