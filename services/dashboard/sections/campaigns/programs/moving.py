"""What moved points and what happened to a member, in words."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from htpy import Node, span

from services.dashboard.parts.facts import link
from services.dashboard.parts.show import NOTHING, Row, Show
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.sections.campaigns.programs.naming import EARNING, say_count
from services.dashboard.sections.campaigns.programs.refused_words import say_refused
from services.dashboard.sections.campaigns.programs.rule_words import EVENTS
from services.dashboard.web.visit import escape_segment

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
#: Rules that gave nothing: told to who asks for this type alone.
REFUSED: Final = "customer.earning.refused"
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
    REFUSED: "A rule gave nothing",
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


def say_why(row: Row) -> Node:
    """Why it moved: the reason that was given, the rule, the order, the reward."""
    details: Mapping[str, Any] = row.get("details") or {}
    order = details.get("order")
    said: list[Node] = [
        row.get("reason"),
        rule_link(str(row.get("campaign_id") or ""), details),
        order and _order_link(order),
        _named(details.get("reward"), "Reward"),
        _named(details.get("segment"), "Segment"),
        _named(details.get("loyalty_tier"), "Tier"),
        _named(details.get("custom_event"), "Event"),
        _other_card(details, row.get("voucher_id")),
    ]
    return _joined(said) or NOTHING


def _joined(said: Iterable[Node]) -> list[Node]:
    """What there is, with commas between."""
    parts: list[Node] = [part for each in said if each for part in (", ", each)]
    return parts[1:]


def rule_link(program: str, details: Mapping[str, Any]) -> Node:
    """The earning rule that `details` name: as customers are told of it, else by what it is for."""
    rule = details.get("earning_rule") or {}
    if not rule.get("id"):
        return None
    event = str((details.get("event") or {}).get("type") or "").removeprefix("customer.order.")
    words = dict(EVENTS).get("order.paid" if event == "paid" else event) if event else None
    said = (rule.get("source") or {}).get("banner") or words or "An earning rule"
    return link(said, f"{campaign_href({'id': program}, EARNING)}#{rule['id']}")


def _order_link(order: Any) -> Node:
    said = _named(order, "Order")
    name = order.get("id") if isinstance(order, Mapping) else None
    return link(said, f"/orders/{escape_segment(str(name))}") if name else said


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


def _other_card(details: Mapping[str, Any], own: object) -> str:
    """The card that points came from or went to: a transfer names both."""
    for name, word in (
        ("source_voucher", "from"),
        ("destination_voucher", "to"),
        ("related_voucher", "with"),
    ):
        card = details.get(name)
        if isinstance(card, Mapping) and card.get("code") and card.get("id") != own:
            return f"{word} {card['code']}"
    return ""


def without_doubles(entries: Iterable[Row]) -> list[Row]:
    """Activity of a card, each thing that happened once: some the API tells in two ways."""
    return [each for each in entries if not _is_double(each)]


def _is_double(entry: Row) -> bool:
    kind, data = str(entry.get("type") or ""), _data_of(entry)
    if kind in _ADDED:
        # told as earned, too
        return (data.get("transaction") or {}).get("type") == "POINTS_ACCRUAL"
    if kind == "customer.rewarded":
        # told as a reward that was taken, or as points that were earned
        is_of_points = (data.get("voucher") or {}).get("type") == "LOYALTY_CARD"
        return is_of_points or "reward_redemption" in data
    return kind == "customer.reward_redemptions.created"


def _data_of(entry: Row) -> Mapping[str, Any]:
    told: Mapping[str, Any] = entry.get("data") or {}
    return told.get("data") or told


def say_activity(entry: Row, show: Show) -> tuple[Node, Node]:
    """What happened, and more of it."""
    kind, data = str(entry.get("type") or ""), _data_of(entry)
    tier = data.get("loyalty_tier_to") or data.get("loyalty_tier")
    points = _points_in(data)
    said: list[Node] = [
        _named(tier, "Tier"),
        say_count(points, show) if isinstance(points, int) else "",
        _named(data.get("reward"), "Reward"),
        (data.get("transaction") or {}).get("reason"),
        *_refusals(data),
    ]
    if is_taken(kind, data):
        kind = _TAKEN
    words = (
        _HAPPENED.get(kind)
        or kind.replace("customer.", "").replace(".", " ").replace("_", " ").capitalize()
    )
    return words, _joined(said)


def _refusals(data: Mapping[str, Any]) -> list[Node]:
    """Why rules gave nothing, and the order that they looked at."""
    reasons = [str(each.get("reason")) for each in data.get("earning_rules") or ()]
    if not reasons:
        return []
    event = data.get("event") or {}
    is_order = event.get("type") == "customer.order.paid" and event.get("id")
    order = is_order and link("the order", f"/orders/{escape_segment(str(event['id']))}")
    said = list(dict.fromkeys(map(say_refused, reasons)))
    return [f"{said[0][0].upper()}{said[0][1:]}", *said[1:], order]
