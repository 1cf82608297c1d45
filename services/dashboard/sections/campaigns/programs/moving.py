"""What moved points and what happened to a member, in words."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, span

from services.dashboard.parts.show import NOTHING, Row, Show

_MOVES: Final[Mapping[str, str]] = {
    "POINTS_ACCRUAL": "Earned",
    "POINTS_CANCELLATION": "Taken back",
    "POINTS_REDEMPTION": "Redeemed",
    "POINTS_REFUND": "Given back",
    "POINTS_ADDITION": "Added",
    "POINTS_REMOVAL": "Taken off",
    "POINTS_EXPIRATION": "Expired",
    "POINTS_TRANSFER_IN": "Came from another card",
    "POINTS_TRANSFER_OUT": "Went to another card",
    "PENDING_POINTS_ACTIVATION": "Became active",
    "CREDITS_ADDITION": "Added",
    "CREDITS_REMOVAL": "Taken off",
    "CREDITS_REDEMPTION": "Redeemed",
    "CREDITS_REFUND": "Given back",
}
#: The event of points by hand, of points won, and of those that are taken back: less than none then.
_ADDED: Final = (
    "customer.voucher.loyalty_card.points_added",
    "voucher.loyalty_card.points_added",
)
_TAKEN: Final = "points_taken_off"
_HAPPENED: Final[Mapping[str, str]] = {
    "customer.loyalty.tier.joined": "Came to a first tier",
    "customer.loyalty.tier.upgraded": "Climbed to a higher tier",
    "customer.loyalty.tier.downgraded": "Fell to a lower tier",
    "customer.loyalty.tier.left": "Lost the last tier",
    "customer.loyalty.tier.prolonged": "Keeps the tier longer",
    "customer.loyalty.tier.expiration.changed": "The tier ends at another time",
    "customer.publication.succeeded": "Got the card",
    "customer.redemption.succceeded": "Redeemed",
    "customer.redemption.failed": "Was refused a redemption",
    "customer.redemption.rollback.succceeded": "A redemption was taken back",
    "customer.reward_redemptions.created": "Took a reward",
    "customer.reward_redemptions.completed": "Took a reward",
    "customer.reward_redemptions.rolledback": "A reward was taken back",
    **dict.fromkeys(_ADDED, "Points were added"),
    _TAKEN: "Points were taken off",
    "customer.rewarded.loyalty_points": "Earned points",
    "customer.rewarded": "Was rewarded",
    "customer.earning.refused": "Some rules gave nothing",
    "customer.voucher.loyalty_card.pending_points.added": "Points are pending",
    "customer.voucher.loyalty_card.pending_points.updated": "Pending points were adjusted",
    "customer.voucher.loyalty_card.pending_points.activated": "Pending points became active",
    "customer.voucher.loyalty_card.pending_points.canceled": "Pending points were canceled",
    "customer.voucher.loyalty_card.points_expired": "Points expired",
    "customer.voucher.loyalty_card.points_transferred": "Points were transferred",
}


def say_kind(kind: object) -> str:
    """What kind of movement it is."""
    text = str(kind or "")
    return _MOVES.get(text) or text.replace("_", " ").capitalize() or NOTHING


def say_moved(row: Row, show: Show) -> tuple[Node, Node, Node]:
    """A transaction: what it is, how many points, how many are there after it."""
    balance = (row.get("details") or {}).get("balance") or {}
    points = row.get("amount", balance.get("points"))
    after = row.get("balance", balance.get("balance"))
    sign = "+" if isinstance(points, int) and points > 0 else ""
    return (
        say_kind(row.get("type")),
        span(".num")[f"{sign}{show.number(points)}"],
        show.number(after),
    )


def say_why(row: Row) -> str:
    """Why it moved: the reason that was given, the rule, the order, the reward."""
    details: Mapping[str, Any] = row.get("details") or {}
    rule = ((details.get("earning_rule") or {}).get("source") or {}).get("banner")
    said = [
        row.get("reason"),
        rule,
        _named(details.get("order"), "Order"),
        _named(details.get("reward"), "Reward"),
        _named(details.get("segment"), "Segment"),
        _named(details.get("loyalty_tier"), "Tier"),
        _named(details.get("custom_event"), "Event"),
        _other_card(details),
    ]
    return ", ".join(str(each) for each in said if each) or NOTHING


def _points_in(data: Mapping[str, Any]) -> Any:
    """How many points an entry is about."""
    for name in ("balance", "pending_points"):
        part = data.get(name)
        if isinstance(part, Mapping) and part.get("points") is not None:
            return part["points"]
    return None


def is_taken(kind: str, data: Mapping[str, Any]) -> bool:
    """Whether an entry about points that were added is about fewer than none, which were taken."""
    points = _points_in(data)
    return kind in _ADDED and isinstance(points, int) and points < 0


def _named(thing: object, kind: str) -> str:
    if not isinstance(thing, Mapping):
        return ""
    name = thing.get("name") or thing.get("source_id") or thing.get("type") or thing.get("id")
    return f"{kind} {name}" if name else ""


def _other_card(details: Mapping[str, Any]) -> str:
    for name, word in (
        ("source_voucher", "from"),
        ("destination_voucher", "to"),
        ("related_voucher", "with"),
    ):
        card = details.get(name)
        if isinstance(card, Mapping) and card.get("code"):
            return f"{word} {card['code']}"
    return ""


def say_activity(entry: Row, show: Show) -> tuple[Node, Node]:
    """What happened, and more of it."""
    kind = str(entry.get("type") or "")
    told: Mapping[str, Any] = entry.get("data") or {}
    data: Mapping[str, Any] = told.get("data") or told
    tier = data.get("loyalty_tier_to") or data.get("loyalty_tier")
    points = _points_in(data)
    said = [
        _named(tier, "Tier"),
        f"{show.number(points)} points" if isinstance(points, int) else "",
        _named(data.get("reward"), "Reward"),
    ]
    if is_taken(kind, data):
        kind = _TAKEN
    words = (
        _HAPPENED.get(kind)
        or kind.replace("customer.", "").replace(".", " ").replace("_", " ").capitalize()
    )
    return words, ", ".join(each for each in said if each)
