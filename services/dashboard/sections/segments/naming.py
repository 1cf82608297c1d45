"""How segments are told: their kind, and their filter in words."""

from collections.abc import Mapping
from typing import Final

from htpy import Node

from services.dashboard.parts.condition_words import say_in_one
from services.dashboard.parts.facts import badge
from services.dashboard.parts.show import Row, Show

BACK: Final = ("Segments", "/segments")
#: Type of the API → its word, its badge, and what it means.
KINDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "static": ("Static", "muted", "Customers that you name."),
    "auto-update": (
        "Followed",
        "accent",
        "Who meets the filter; entering and leaving is told to webhooks and kept in the activity.",
    ),
    "passive": (
        "Asked when needed",
        "muted",
        "Who meets the filter at the moment when a rule asks; nobody keeps who is in it.",
    ),
}
#: Fields of a segment's filter → how they are called.
LABELS: Final[Mapping[str, str]] = {
    "name": "Name",
    "email": "E-mail",
    "phone": "Phone",
    "source_id": "Source id",
    "id": "Id",
    "description": "Description",
    "birthdate": "Birth date",
    "address.city": "City",
    "address.state": "State",
    "address.postal_code": "Postal code",
    "address.country": "Country",
    "summary.orders.total_amount": "Spent in all",
    "summary.orders.total_count": "Number of orders",
    "summary.orders.average_amount": "An order on average",
    "summary.orders.last_order_amount": "Amount of the last order",
    "summary.orders.last_order_date": "Date of the last order",
    "summary.redemptions.total_redeemed": "Redemptions that stand",
    "summary.redemptions.total_succeeded": "Redemptions ever",
    "summary.redemptions.total_failed": "Refused redemptions",
    "summary.redemptions.total_rolled_back": "Redemptions taken back",
    "summary.redemptions.gift.redeemed_amount": "Credit used",
    "summary.redemptions.gift.amount_to_go": "Credit left",
    "summary.redemptions.loyalty_card.redeemed_points": "Points used",
    "summary.redemptions.loyalty_card.points_to_go": "Points left",
    "created_at": "Created",
    "updated_at": "Changed",
}
MONEY: Final = (
    "summary.orders.total_amount",
    "summary.orders.average_amount",
    "summary.orders.last_order_amount",
    "summary.redemptions.gift.redeemed_amount",
    "summary.redemptions.gift.amount_to_go",
)


def kind_badge(row: Row) -> Node:
    """What kind it is."""
    kind = str(row.get("type") or "")
    said, sign, _ = KINDS.get(kind, (kind, "muted", ""))
    return badge(said, sign)


def say_rule(row: Row, show: Show) -> str:
    """Who belongs to it, in one sentence."""
    if row.get("type") == "static":
        return "Who was named"
    return say_in_one(row.get("filter"), LABELS, show, MONEY) or "Everybody"
