"""Nodes written out as they are made.

A page passes each piece of text up through every element around it. Parts that stand deep or come
many times are written once where they are made, and go up as one piece: a third of the time. What
comes many times with other words in it is written once for all, with gaps that are filled in.
"""

from collections.abc import Sequence
from typing import Final

from htpy import Element, Node, fragment
from markupsafe import Markup, escape

#: What stands for a gap: no text that is shown has it.
GAP: Final = "\n"


def flat(node: Node) -> Markup:
    """The same as text that needs no escaping any more."""
    if isinstance(node, str):
        return escape(node)
    if node is None or isinstance(node, bool):
        return Markup()
    return Markup(str(fragment[node]))  # noqa: S704 - escaped by htpy as it was made


def pieces_of(element: Element) -> Sequence[Markup]:
    """What stands before, between and after its gaps, each `GAP`, in attributes and within."""
    return flat(element).split(GAP)


def fill(pieces: Sequence[Markup], *nodes: Node) -> Markup:
    """The element that has these in its gaps."""
    parts: list[str] = [pieces[0]]
    for node, piece in zip(nodes, pieces[1:], strict=True):
        parts += (flat(node), piece)
    return Markup("".join(parts))  # noqa: S704 - each of them is escaped
