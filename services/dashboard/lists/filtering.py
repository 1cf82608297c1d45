"""The filters of a list as nodes: what is filtered by, in words, and the form that adds one."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from htpy import Node, a, b, button, div, form, fragment, label, option, select, span
from htpy import input as input_
from markupsafe import Markup

from services.dashboard.lists.fields import (
    IN_DAYS,
    WITHOUT_VALUE,
    WORDS,
    Field,
    Filtered,
    find_field,
)
from services.dashboard.lists.query import SIZES, Query, say_condition
from services.dashboard.parts.flat import flat
from services.dashboard.parts.icons import icon
from services.dashboard.parts.lookups import lookup
from services.dashboard.parts.show import Show

#: How many forms of a filter are kept as text.
FORMS_KEPT: Final = 256


def filter_bar(resource: Filtered, query: Query, show: Show, beside: Node = None) -> Node:
    """The chips of a list, the way to another one, and what stands beside them."""
    if not resource.fields:
        return div(".filters")[beside] if beside else None
    clear = query.href(conditions=(), page=1, cursor="", open="", view="")
    return div(".filters", role="group", aria_label="Filters")[
        (_chip(resource.fields, query, index, show) for index in range(len(query.conditions))),
        button(".btn.small.add", type="button", popovertarget="adding")[
            icon("plus", 14), "Add filter"
        ],
        div("#adding.pop", popover=True)[_adding(resource, query)],
        a(".btn.quiet.small", href=clear, hx_get=clear)["Clear all"] if query.conditions else None,
        beside,
    ]


def _chip(fields: Sequence[Field], query: Query, index: int, show: Show) -> Node:
    condition = query.conditions[index]
    found = find_field(fields, condition.field)
    if found is None:
        return None
    said, value = say_condition(found, condition, show, query.names)
    href = query.without(index)
    return span(".chip")[
        f"{said} ",
        value and b[value],
        a(".x", href=href, hx_get=href, aria_label=f"Remove filter {said} {value}")[icon("x", 13)],
    ]


def _adding(resource: Filtered, query: Query) -> Node:
    return form(action=resource.path, hx_get=resource.path, aria_label="Add filter")[
        (input_(type="hidden", name="f", value=str(each)) for each in query.conditions),
        query.order != resource.order and input_(type="hidden", name="order", value=query.order),
        query.size != SIZES[0] and input_(type="hidden", name="size", value=str(query.size)),
        query.columns and input_(type="hidden", name="columns", value=",".join(query.columns)),
        query.view and input_(type="hidden", name="view", value=query.view),
        div("#one-filter")[filter_form(resource, resource.fields[0].name)],
        button(".btn.primary")["Apply filter"],
    ]


def filter_form(resource: Filtered, name: str, op: str = "") -> Node:
    """The fields of one filter; asked for anew when another field or operator is chosen.

    The answer is morphed in, and only the newest counts: what was typed meanwhile stays. What hangs
    on the field has its name in its id, so that nothing that was chosen for another one stays.
    """
    found = find_field(resource.fields, name) or resource.fields[0]
    chosen = op if op in found.operators else found.operators[0]
    return _form_of(resource.path, tuple(resource.fields), found, chosen)


@lru_cache(FORMS_KEPT)
def _form_of(path: str, fields: tuple[Field, ...], found: Field, chosen: str) -> Markup:
    again = {
        "hx-get": f"{path}/filter",
        "hx-target": "#one-filter",
        "hx-swap": "innerMorph",
        "hx-push-url": "false",
        "hx-trigger": "change",
        "hx-include": "#one-filter",
        "hx-sync": "#one-filter:replace",
    }
    return flat(
        fragment[
            div(".field")[
                label(for_="filter-field")["Field"],
                select("#filter-field.input", again, name="field")[
                    (option(value=each.name, selected=each == found)[each.label] for each in fields)
                ],
            ],
            found.name == "metadata"
            and div(".field")[
                label(for_="filter-key")["Name in the metadata"],
                input_("#filter-key.input", name="key", required=True, autocomplete="off"),
            ],
            div(".field")[
                label(for_=f"filter-op-{found.name}")["Operator"],
                select(".input", again, id=f"filter-op-{found.name}", name="op")[
                    (
                        option(value=each, selected=each == chosen)[WORDS[each]]
                        for each in found.operators
                    )
                ],
            ],
            chosen not in WITHOUT_VALUE and _value(found, chosen),
        ]
    )


def _value(found: Field, op: str) -> Node:
    own = f"filter-value-{found.name}"
    if found.choices:
        control: Node = select(".input", id=own, name="value")[
            (option(value=each)[said] for each, said in found.choices)
        ]
    elif found.kind == "flag":
        control = select(".input", id=own, name="value")[
            option(value="true")["yes"], option(value="false")["no"]
        ]
    elif found.lookup:
        return div(".field")[span(".label")["Value"], lookup("value", found.lookup)]
    else:
        kind = "text"
        if found.kind == "time" and op not in IN_DAYS:
            kind = "datetime-local"
        mode = "decimal" if found.kind in ("number", "money") or op in IN_DAYS else None
        own = "filter-value"
        control = input_(
            ".input",
            id=own,
            name="value",
            type=kind,
            inputmode=mode,
            required=True,
            autocomplete="off",
        )
    return div(".field")[label(for_=own)["Value"], control]
