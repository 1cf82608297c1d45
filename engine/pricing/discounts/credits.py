"""What credits and points pay: an amount of money, off the order or off the items in scope."""


def gift_credits(asked: int | None, available: int, left: int) -> int:
    """What a gift card pays: what was asked for, else all it has, up to what is left.

    Law: min(asked, available, left).
    """
    return min(available if asked is None else asked, available, left)
