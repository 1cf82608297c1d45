"""Comboboxes: something that exists, found by typing, and what was chosen of it."""

from collections.abc import Mapping, Sequence

from htpy import Node, button, div, span
from htpy import input as input_

from services.dashboard.parts.icons import icon


def lookup(
    name: str,
    kind: str,
    chosen: Sequence[tuple[str, str]] = (),
    *,
    is_multiple: bool = False,
    described: Mapping[str, str] | None = None,
) -> Node:
    """The combobox alone: value and label of what is chosen.

    `described` has what else is said of one that a label names; None: nothing does, so it is called
    by what it finds.
    """
    said = {"aria-label": f"Find {kind.replace('-', ' ')}"} if described is None else described
    return div(
        ".lookup",
        {"data-lookup": kind, "data-name": name, "data-multiple": "true" if is_multiple else None},
    )[
        div(".chips")[(chip(name, value, shown) for value, shown in chosen)],
        input_(
            ".input",
            said,
            id=f"{name}-find",
            role="combobox",
            aria_expanded="false",
            aria_autocomplete="list",
            aria_controls=f"{name}-found",
            autocomplete="off",
            placeholder="Type to find",
            name="q",
            form="none",
            hx_get=f"/lookup/{kind}",
            hx_trigger="input changed delay:120ms, focus",
            hx_target=f"#{name}-found",
            hx_swap="innerHTML",
            hx_include="this",
            hx_sync="this:replace",
        ),
        div(".pop", id=f"{name}-found", role="listbox", popover="manual", aria_label="Found"),
    ]


def chip(name: str, value: str, said: str) -> Node:
    """One that is chosen."""
    return span(".chip")[
        span[said],
        input_(type="hidden", name=name, value=value),
        button(type="button", data_drop=True, aria_label=f"Remove {said}")[icon("x", 13)],
    ]
