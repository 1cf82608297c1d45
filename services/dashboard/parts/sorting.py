"""Lists that are put in order: by dragging, by Alt and the arrow keys, by buttons (js/sortable.js)."""

from collections.abc import Iterable

from htpy import Node, button, li, ol, span
from htpy import input as input_

from services.dashboard.parts.icons import icon


def sortable_list(label: str, items: Iterable[Node]) -> Node:
    """The list; its order is that of the hidden inputs `order`."""
    return ol(".sortable", data_sortable=True, aria_label=label)[items]


def sortable_item(key: str, name: str, place: int, *content: Node, more: Node = None) -> Node:
    """A row of it: what it is dragged by, its place, what it says, and buttons that move it."""
    return li(data_id=key, data_label=name)[
        button(type="button", data_handle=True, aria_label=f"Drag {name}")[icon("grip", 15)],
        span(".place")[str(place)],
        span(".name")[content],
        span(".acts")[
            (
                button(
                    ".btn.quiet.icon.small",
                    type="button",
                    data_move=way,
                    aria_label=f"Move {name} {way}",
                )[icon(way, 14)]
                for way in ("up", "down")
            ),
            more,
        ],
        input_(type="hidden", name="order", value=key),
    ]
