"""Short words about what was done, at the edge of the page."""

from htpy import Node, div, span


def toasts(*messages: str) -> Node:
    """The place where they appear, with some in it."""
    return div("#toasts.toasts", role="status")[
        (div(".toast")[span[message]] for message in messages if message)
    ]


def toast(message: str, *, is_bad: bool = False) -> Node:
    """One that comes with a part."""
    return div({"hx-swap-oob": "beforeend:#toasts"})[
        div(".toast.bad" if is_bad else ".toast")[span[message]]
    ]
