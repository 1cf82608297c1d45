"""A list as nodes: filters in words, the table, its foot."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import quote_plus

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
from services.dashboard.parts.flat import GAP, fill, flat, pieces_of
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import empty_state
from services.dashboard.parts.page import confirm_dialog, dialog_button
from services.dashboard.parts.show import Show

#: How many lists, each with its filters and its order, have what is around their rows kept as text.
LISTS_KEPT: Final = 256
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


def shown_columns(columns: Sequence[Column], query: Query) -> list[Column]:
    """Those that were chosen, in the list's own order; the first is always there."""
    if not query.columns:
        return [each for each in columns if each.is_shown]
    wanted = set(query.columns)
    return [each for each in columns if each is columns[0] or each.name in wanted]


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
    columns = shown_columns(resource.columns, query)
    opening = query.before_open()
    body = [_row(resource, query, opening, columns, each, show, can_choose) for each in rows.rows]
    return table(aria_label=resource.title)[
        thead[
            tr[
                can_choose
                and th(".tick", scope="col")[
                    label[
                        input_(type="checkbox", data_select="page", aria_label="All on this page")
                    ]
                ],
                _headings(query.start(), tuple(columns)),
            ]
        ],
        tbody[Markup().join(body)],
    ]


# What does not hang on the rows is the same for each page of a list, and kept as text.


@lru_cache(LISTS_KEPT)
def _headings(start: Query, columns: tuple[Column, ...]) -> Markup:
    return flat([_heading(start, each) for each in columns])


def _heading(start: Query, column: Column) -> Node:
    kind = "num" if column.is_number else None
    if not column.sort:
        return th(class_=kind, scope="col")[column.label]
    is_sorted = start.order.lstrip("-") == column.sort
    is_down = start.order == f"-{column.sort}"
    href = start.href(order=column.sort if is_down else f"-{column.sort}")
    direction = ("descending" if is_down else "ascending") if is_sorted else None
    return th(class_=kind, scope="col", aria_sort=direction)[
        a(".sort", href=href, hx_get=href)[
            column.label, is_sorted and icon("down" if is_down else "up", 13)
        ]
    ]


def _row(
    resource: Resource,
    query: Query,
    opening: str,
    columns: Sequence[Column],
    row: Row,
    show: Show,
    can_choose: bool,
) -> Markup:
    key = resource.key(row)
    cells = [fill(_TICK, key, key)] if can_choose else []
    for at, column in enumerate(columns):
        content = column.cell(row, show)
        if at == 0:
            content = _row_link(resource, opening, row, key, content, column.is_mono)
        cells.append(fill(_CELLS[column.is_number, column.is_mono and at > 0], content))
    return fill(_ROWS[query.open == key], key, Markup().join(cells))


# What stands in each row is written once; only what is in it is filled in.
_ROWS: Final = {
    is_open: pieces_of(tr(id=f"row-{GAP}", data_open=is_open)[GAP]) for is_open in (False, True)
}
_CELLS: Final = {
    (is_number, is_mono): pieces_of(td(class_={"num": is_number, "mono": is_mono})[GAP])
    for is_number in (False, True)
    for is_mono in (False, True)
}
_TICK: Final = pieces_of(
    td(".tick")[
        label[
            input_(
                type="checkbox",
                name="keys",
                value=GAP,
                data_select="row",
                aria_label=f"Choose {GAP}",
            )
        ]
    ]
)
_OPEN: Final = {False: ".open", True: ".open.mono"}
_PAGE_LINKS: Final = {is_mono: pieces_of(a(kind, href=GAP)[GAP]) for is_mono, kind in _OPEN.items()}
_DRAWER_LINKS: Final = {
    is_mono: pieces_of(
        a(
            kind,
            {
                "hx-get": GAP,
                "hx-target": "#drawer",
                "hx-swap": "innerHTML",
                "hx-push-url": GAP,
            },
            href=GAP,
        )[GAP]
    )
    for is_mono, kind in _OPEN.items()
}


def _row_link(
    resource: Resource, opening: str, row: Row, key: str, content: Node, is_mono: bool
) -> Node:
    if resource.tell is None:
        if resource.page is None:
            return content
        return fill(_PAGE_LINKS[is_mono], resource.href(row), content)
    shown = opening + quote_plus(key)
    return fill(_DRAWER_LINKS[is_mono], resource.href(row), shown, shown, content)


def _foot(resource: Resource, query: Query, rows: Rows, show: Show) -> Node:
    return div(".foot")[
        span(role="status")[f"{show.number(rows.total)} in all" if rows.total is not None else ""],
        _chooser(tuple(resource.columns), query.start()),
        span(".spacer"),
        _sizes(query.start()),
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


@lru_cache(LISTS_KEPT)
def _sizes(start: Query) -> Markup:
    return flat(
        label(".size")[
            span(".sr")["Rows a page"],
            select(
                ".input.small",
                {"hx-get": start.href(size=SIZES[0]), "hx-trigger": "change"},
                name="size",
            )[
                (
                    option(value=str(each), selected=each == start.size)[f"{each} rows"]
                    for each in SIZES
                )
            ],
        ]
    )


@lru_cache(LISTS_KEPT)
def _chooser(columns: tuple[Column, ...], start: Query) -> Markup:
    shown = {each.name for each in shown_columns(columns, start)}
    return flat(
        fragment[
            button(".btn.quiet.small", type="button", popovertarget="columns")[
                icon("table", 14), "Columns"
            ],
            div("#columns.pop", popover=True)[
                form(action=start.path, hx_get=start.path, aria_label="Columns")[
                    (input_(type="hidden", name="f", value=str(each)) for each in start.conditions),
                    start.order != start.default_order
                    and input_(type="hidden", name="order", value=start.order),
                    start.size != SIZES[0]
                    and input_(type="hidden", name="size", value=str(start.size)),
                    start.view and input_(type="hidden", name="view", value=start.view),
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
                        for at, each in enumerate(columns)
                    ),
                    button(".btn.primary.small")["Show these"],
                ]
            ],
        ]
    )


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
