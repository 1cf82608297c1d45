"""Small tables that are shown whole: no filters, no pages."""

from collections.abc import Iterable, Sequence

from htpy import Node, div, h2, header, p, section, span, table, tbody, td, th, thead, tr


def grid(
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Node]],
    *,
    empty: str = "",
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
