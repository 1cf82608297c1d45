"""Nodes written out as they are made.

A page passes each piece of text up through every element around it. Parts that stand deep or come
many times are written once where they are made, and go up as one piece: a third of the time.
"""

from htpy import Element, Node, fragment
from markupsafe import Markup, escape


def flat(node: Node) -> Markup:
    """The same as text that needs no escaping any more."""
    if isinstance(node, str):
        return escape(node)
    return Markup(str(fragment[node]))  # noqa: S704 - escaped by htpy as it was made


def halves(element: Element) -> tuple[Markup, Markup]:
    """What stands before and after whatever such an element will hold, written once for all of them."""
    before, _, after = flat(element["\n"]).partition("\n")
    return before, after
