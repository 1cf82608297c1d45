"""A list as nodes: filters in words, the table, its foot."""

from collections.abc import Mapping, Sequence
from typing import Final

from htpy import (
    Node,
    a,
    button,
    div,
    form,
    fragment,
    label,
    option,
    select,
    span,
    table,
    tbody,
    td,
    th,
    thead,
    tr,
)
from htpy import input as input_
from markupsafe import Markup

from services.dashboard.lists.filtering import filter_bar
from services.dashboard.lists.query import PAGE_MAX, SIZES, Query
from services.dashboard.lists.resource import Bulk, Column, Resource, Row, Rows
from services.dashboard.lists.saved_views import Views, save_button, view_tabs
from services.dashboard.parts.flat import flat, halves
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import empty_state
from services.dashboard.parts.page import confirm_dialog, dialog_button
from services.dashboard.parts.show import Show

INTO_LIST = {
    "hx-target:inherited": "#list",
    "hx-swap:inherited": "outerMorph",
    "hx-push-url:inherited": "true",
}


def listing(
    resource: Resource,
    query: Query,
    rows: Rows,
    show: Show,
    bulk: Sequence[Bulk] = (),
    views: Views | None = None,
) -> Node:
    """The list: its saved views, its filters, its rows, how it goes on.

    `views`: None for a list of which none are saved, since it is part of something else.
    """
    follows = resource.follows if query.page == 1 and query.order == resource.order else ""
    # what the list itself asks for leaves the address alone; what is within it does not
    again = {
        "hx-get": query.href(open=""),
        "hx-trigger": "refresh, changed from:body",
        "hx-target": "this",
        "hx-swap": "outerMorph",
    }
    return div("#list", again, data_follows=follows or None)[
        div(".stack", INTO_LIST)[
            flat(view_tabs(resource, query, views)) if views else None,
            flat(filter_bar(resource, query, show, _saving(resource, query, views))),
            div(".card.table")[
                _bulk_bar(resource, query, rows, show, bulk) if bulk else None,
                div(".scroll")[_rows(resource, query, rows, show, bool(bulk))],
                flat(_foot(resource, query, rows, show)) if rows.rows else None,
            ],
        ]
    ]


def _saving(resource: Resource, query: Query, views: Views | None) -> Node:
    return save_button(resource, query, views) if views else None


def shown_columns(resource: Resource, query: Query) -> list[Column]:
    """Those that were chosen, in the list's own order; the first is always there."""
    if not query.columns:
        return [each for each in resource.columns if each.is_shown]
    wanted = set(query.columns)
    first = resource.columns[0]
    return [each for each in resource.columns if each is first or each.name in wanted]


def _rows(resource: Resource, query: Query, rows: Rows, show: Show, can_choose: bool) -> Node:
    if not rows.rows:
        if query.page > 1:
            first = query.href(page=1, cursor="", open="")
            back = a(".link", href=first, hx_get=first)["To the first page"]
            said = ["Rows may have gone meanwhile. ", back]
            return empty_state("search", "The list ends before this page", said)
        if query.conditions:
            return empty_state(
                "search",
                f"No {resource.one} matches",
                "Take a filter away, or look at a longer time.",
                action=None,
            )
        empty = resource.empty
        return empty_state(
            resource.icon, empty.title, empty.text, action=empty.action, curl=empty.curl
        )
    columns = shown_columns(resource, query)
    return table(aria_label=resource.title)[
        thead[
            tr[
                can_choose
                and th(".tick", scope="col")[
                    label[
                        input_(type="checkbox", data_select="page", aria_label="All on this page")
                    ]
                ],
                (_heading(query, each) for each in columns),
            ]
        ],
        tbody[(flat(_row(resource, query, columns, each, show, can_choose)) for each in rows.rows)],
    ]


def _heading(query: Query, column: Column) -> Node:
    kind = "num" if column.is_number else None
    if not column.sort:
        return th(class_=kind, scope="col")[column.label]
    is_sorted = query.order.lstrip("-") == column.sort
    is_down = query.order == f"-{column.sort}"
    href = query.href(
        order=column.sort if is_down else f"-{column.sort}", page=1, cursor="", open=""
    )
    direction = ("descending" if is_down else "ascending") if is_sorted else None
    return th(class_=kind, scope="col", aria_sort=direction)[
        a(".sort", href=href, hx_get=href)[
            column.label, is_sorted and icon("down" if is_down else "up", 13)
        ]
    ]


def _row(
    resource: Resource,
    query: Query,
    columns: Sequence[Column],
    row: Row,
    show: Show,
    can_choose: bool,
) -> Node:
    key = resource.key(row)
    cells = [_TICK.replace("KEY", key)] if can_choose else []
    for at, column in enumerate(columns):
        content = column.cell(row, show)
        if at == 0:
            content = _row_link(resource, query, row, key, content, column.is_mono)
        before, after = _CELLS[column.is_number, column.is_mono and at > 0]
        cells += (before, flat(content), after)
    return tr(id=f"row-{key}", data_open=query.open == key)[Markup().join(cells)]


# What stands in each row is written once; only what is in it is filled in.
_CELLS: Final[Mapping[tuple[bool, bool], tuple[Markup, Markup]]] = {
    (is_number, is_mono): halves(td(class_={"num": is_number, "mono": is_mono}))
    for is_number in (False, True)
    for is_mono in (False, True)
}
_TICK: Final = flat(
    td(".tick")[
        label[
            input_(
                type="checkbox",
                name="keys",
                value="KEY",
                data_select="row",
                aria_label="Choose KEY",
            )
        ]
    ]
)


def _row_link(
    resource: Resource, query: Query, row: Row, key: str, content: Node, is_mono: bool
) -> Node:
    kind = ".open.mono" if is_mono else ".open"
    if resource.tell is None:
        return a(kind, href=resource.href(row))[content] if resource.page else content
    shown = query.href(open=key)
    return a(
        kind,
        {
            "hx-get": resource.href(row),
            "hx-target": "#drawer",
            "hx-swap": "innerHTML",
            "hx-push-url": shown,
        },
        href=shown,
    )[content]


def _foot(resource: Resource, query: Query, rows: Rows, show: Show) -> Node:
    return div(".foot")[
        span(role="status")[f"{show.number(rows.total)} in all" if rows.total is not None else ""],
        _chooser(resource, query),
        span(".spacer"),
        _sizes(query),
        _steps(query, rows, show),
    ]


def _steps(query: Query, rows: Rows, show: Show) -> Node:
    if rows.total is None:
        onward = (
            query.href(cursor=rows.cursor, open="")
            if rows.cursor
            else query.href(page=query.page + 1, open="")
        )
        start = query.href(cursor="", page=1, open="")
        return fragment[
            _step("First", start if query.cursor or query.page > 1 else ""),
            _step("Next", onward if rows.has_more else ""),
        ]
    pages = min(PAGE_MAX, max(1, -(-rows.total // query.size)))
    return fragment[
        _step("Previous", query.href(page=query.page - 1, open="") if query.page > 1 else ""),
        span[f"Page {show.number(query.page)} of {show.number(pages)}"],
        _step("Next", query.href(page=query.page + 1, open="") if query.page < pages else ""),
    ]


def _step(text: str, href: str) -> Node:
    if not href:
        return button(".btn.small", type="button", disabled=True)[text]
    return a(".btn.small", href=href, hx_get=href)[text]


def _sizes(query: Query) -> Node:
    return label(".size")[
        span(".sr")["Rows a page"],
        select(
            ".input.small",
            {
                "hx-get": query.href(page=1, size=SIZES[0], cursor="", open=""),
                "hx-trigger": "change",
            },
            name="size",
        )[(option(value=str(each), selected=each == query.size)[f"{each} rows"] for each in SIZES)],
    ]


def _chooser(resource: Resource, query: Query) -> Node:
    shown = {each.name for each in shown_columns(resource, query)}
    return fragment[
        button(".btn.quiet.small", type="button", popovertarget="columns")[
            icon("table", 14), "Columns"
        ],
        div("#columns.pop", popover=True)[
            form(action=resource.path, hx_get=resource.path, aria_label="Columns")[
                (input_(type="hidden", name="f", value=str(each)) for each in query.conditions),
                query.order != resource.order
                and input_(type="hidden", name="order", value=query.order),
                query.size != SIZES[0]
                and input_(type="hidden", name="size", value=str(query.size)),
                query.view and input_(type="hidden", name="view", value=query.view),
                (
                    label(".item")[
                        input_(
                            type="checkbox",
                            name="column",
                            value=each.name,
                            checked=each.name in shown,
                            disabled=at == 0,
                        ),
                        each.label,
                    ]
                    for at, each in enumerate(resource.columns)
                ),
                button(".btn.primary.small")["Show these"],
            ]
        ],
    ]


def _bulk_bar(
    resource: Resource, query: Query, rows: Rows, show: Show, bulk: Sequence[Bulk]
) -> Node:
    """What can be done with the chosen rows; each says first what happens."""
    total = show.number(rows.total)
    may_take_all = resource.bulk_of_filter and (rows.total or 0) > len(rows.rows)
    return div("#bulk.bulk", hidden=True)[
        span(data_count=True, data_total=total, role="status")["0"],
        may_take_all
        and button(".btn.quiet.small", type="button", data_select="all")[f"Choose all {total}"],
        may_take_all and input_(type="hidden", name="all", data_all_input=True, value=""),
        may_take_all
        and (input_(type="hidden", name="f", value=str(each)) for each in query.conditions),
        button(".btn.quiet.small", type="button", data_select="none")["Choose none"],
        (
            fragment[
                dialog_button(
                    each.label,
                    f"bulk-{each.name}",
                    ".small.danger" if each.is_dangerous else ".small",
                ),
                confirm_dialog(
                    f"bulk-{each.name}",
                    title=f"{each.label}?",
                    what_happens=each.what_happens,
                    action=f"{resource.path}/{each.name}",
                    do=each.label,
                    fields=each.fields,
                    kind=".danger" if each.is_dangerous else ".primary",
                    include="[name=keys]:checked, #bulk > [name=all], #bulk > [name=f]",
                ),
            ]
            for each in bulk
        ),
    ]
