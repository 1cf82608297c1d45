"""What referrals and draws give, in words."""

from services.dashboard.parts.show import NOTHING, Row, Show


def say_prize(prize: Row | None, show: Show) -> str:
    """What is given: `100 points of Club`."""
    if not prize:
        return "nothing"
    name = (prize.get("related_object_parent") or {}).get("name")
    of = f" of {name}" if name else ""
    return f"{say_amount(prize, show)}{of}"


def say_amount(prize: Row, show: Show) -> str:
    """The same without whose it is."""
    kind, amount = prize.get("type"), prize.get("amount")
    if kind == "LOYALTY_CARD":
        return "1 point" if amount == 1 else f"{show.number(amount)} points"
    return f"{show.money(amount)} of credit" if kind == "GIFT_VOUCHER" else "a code"


def say_given(given: Row | None, show: Show) -> str:
    """What somebody was given, and what of it was taken back."""
    if not given:
        return NOTHING
    said = say_amount(given, show)
    if not given.get("taken_back"):
        return said
    return (
        f"{said}, taken back but {given['missing']}"
        if given.get("missing")
        else f"{said}, taken back"
    )


def say_draw(row: Row, show: Show) -> str:
    """What a giveaway gives, and to how many."""
    terms = row.get("giveaway") or {}
    count = terms.get("winners") or 1
    prize = say_prize(terms["prize"], show) if terms.get("prize") else "a code of its own"
    return f"{prize[0].upper()}{prize[1:]} to {'1 winner' if count == 1 else f'{show.number(count)} winners'}"
