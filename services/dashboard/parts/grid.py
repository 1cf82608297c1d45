"""Small tables without filters: shown whole, or page after page."""

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from htpy import Node, a, div, h2, header, p, section, span, table, tbody, td, th, thead, tr

from services.dashboard.parts.icons import icon
from services.dashboard.parts.show import Row


def next_page(href: str, found: Row) -> Node:
    """Leads to what follows on a page of the API, where anything does."""
    after = found.get("more_starting_after")
    if not after:
        return None
    return div(".row")[
        a(".btn", href=f"{href}?after={quote(str(after), safe='')}")["Next page", icon("right", 14)]
    ]


def grid(
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Node]],
    *,
    empty: Node = None,
    actions: Node = None,
    lead: Node = None,
) -> Node:
    """A titled table; a head without a text is told to who listens as `Actions`."""
    told = list(rows)
    return section(".card.table", aria_label=title)[
        header[h2[title], span(".spacer"), actions],
        lead and p(".muted.pad")[lead],
        div(".scroll")[
            table(aria_label=title)[
                thead[tr[(th(scope="col")[each or span(".sr")["Actions"]] for each in heads)]],
                tbody[
                    (
                        tr[
                            (
                                td(class_=None if head else "last")[cell]
                                for head, cell in zip(heads, cells, strict=True)
                            )
                        ]
                        for cells in told
                    )
                ],
            ]
        ]
        if told
        else p(".muted.pad")[empty or "None yet."],
    ]
