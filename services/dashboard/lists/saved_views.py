"""Saved views of a list: which there are, which is shown, and what can be done with it."""

from dataclasses import dataclass, replace
from typing import Final, Protocol

from htpy import Element, Node, a, button, div, form, fragment, hr, nav, p, small, span
from htpy import input as input_
from starlette.datastructures import QueryParams

from services.dashboard.lists.fields import Filtered
from services.dashboard.lists.query import Query, read_query
from services.dashboard.parts.forms import Errors, field, idempotency
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import confirm_dialog
from services.dashboard.web.visit import SavedView, Visit

#: Where views are saved; below it, by their ids, they are changed.
PATH: Final = "/views"
NAME_LENGTH_MAX: Final = 60


class Viewed(Filtered, Protocol):
    """What of a list its views need."""

    @property
    def sorts(self) -> frozenset[str]:
        """What the API sorts it by."""


@dataclass(frozen=True, slots=True)
class Views:
    """The saved views of a list, each with what it asks for, and the one that is shown."""

    saved: tuple[tuple[SavedView, Query], ...]
    active: SavedView | None
    #: Whether the list differs from the view that is shown, or where none is, from its own way.
    is_changed: bool


def find_views(visit: Visit, resource: Viewed, query: Query) -> tuple[Views, Query]:
    """The views of a list, and its query with the view that is shown: none but one there is."""
    section = section_of(resource.path)
    saved = tuple(
        (each, _read(each, resource)) for each in visit.project.views if each.section == section
    )
    shown = next((each for each in saved if each[0].id == query.view), None)
    if shown is None:
        shown = next((each for each in saved if _asks_same(each[1], query)), None)
    if shown is None:
        plain = Query(resource.path, resource.order, order=resource.order)
        return Views(saved, None, not _asks_same(plain, query)), replace(query, view="")
    active = shown[0]
    return Views(saved, active, not _asks_same(shown[1], query)), replace(query, view=active.id)


def section_of(path: str) -> str:
    """A list as the API names it in saved views: its address without the first slash."""
    return path.removeprefix("/")


def written(query: Query) -> str:
    """What is kept of a query: all but where in the list somebody is."""
    return query.href(page=1, cursor="", open="", view="").partition("?")[2]


def _read(view: SavedView, resource: Viewed) -> Query:
    """What the view asks for, as far as the list still knows it."""
    return read_query(
        QueryParams(view.query),
        resource.path,
        resource.fields,
        order=resource.order,
        sorts=resource.sorts,
    )


def _asks_same(one: Query, other: Query) -> bool:
    """Whether both show the same list."""
    return (
        frozenset(one.conditions) == frozenset(other.conditions)
        and (one.order, one.size) == (other.order, other.size)
        and frozenset(one.columns) == frozenset(other.columns)
    )


def view_tabs(resource: Viewed, query: Query, views: Views) -> Node:
    """The views as tabs, the list's own way first; nothing where none is saved."""
    if not views.saved:
        return None
    is_own = views.active is None and not views.is_changed
    return div(".views")[
        nav(aria_label="Saved views")[
            _tab("All", resource.path, "page" if is_own else None),
            (
                _tab(
                    each.name,
                    asked.href(page=1, cursor="", open="", view=each.id),
                    _currency(each, views),
                    views.is_changed and each is views.active,
                )
                for each, asked in views.saved
            ),
        ],
        _menu(views.active, query, is_changed=views.is_changed) if views.active else None,
    ]


def _currency(view: SavedView, views: Views) -> str | None:
    if view is not views.active:
        return None
    return "true" if views.is_changed else "page"


def _tab(name: str, href: str, current: str | None, is_changed: bool = False) -> Node:
    return a(href=href, hx_get=href, aria_current=current)[
        span[name], is_changed and small["changed"]
    ]


def _menu(view: SavedView, query: Query, *, is_changed: bool) -> Node:
    """What can be done with the view that is shown."""
    return fragment[
        button(
            ".btn.quiet.icon.small",
            type="button",
            popovertarget="view-menu",
            aria_label=f"Change the view {view.name}",
        )[icon("more", 16)],
        div("#view-menu.pop", popover=True)[
            is_changed and update_form(view, written(query)),
            is_changed and hr,
            div[rename_form(view)],
            hr,
            button(".item.danger", type="button", commandfor="delete-view", command="show-modal")[
                icon("trash"), "Delete view"
            ],
        ],
        confirm_dialog(
            "delete-view",
            title=f"Delete the view {view.name}?",
            what_happens="Only the view goes. The list stays as it is, and so does what is in it.",
            action=f"{PATH}/{view.id}/delete",
            do="Delete view",
        ),
    ]


def save_button(resource: Viewed, query: Query, views: Views) -> Node:
    """The way to keep what is shown; nothing where it is the list's own way, or a view as saved."""
    if not views.is_changed:
        return None
    asked, active = written(query), views.active
    return fragment[
        button(".btn.small", type="button", popovertarget="saving")[
            icon("bookmark", 14), "Save view"
        ],
        div("#saving.pop", popover=True)[
            fragment[update_form(active, asked), hr] if active else None,
            div[save_form(section_of(resource.path), asked, is_another=active is not None)],
        ],
    ]


def save_form(
    section: str,
    query: str,
    name: str = "",
    errors: Errors | None = None,
    *,
    is_another: bool = False,
) -> Node:
    """Keeps a list by a name."""
    return _view_form(PATH)[
        idempotency(),
        input_(type="hidden", name="section", value=section),
        input_(type="hidden", name="query", value=query),
        _name_field("view-name", name, errors or {}),
        p(".muted.small")["Kept with filters, order, columns and size, for you alone."],
        button(".btn.primary")["Save as another view" if is_another else "Save view"],
    ]


def rename_form(view: SavedView, errors: Errors | None = None, name: str | None = None) -> Node:
    """Gives a view another name."""
    return _view_form(f"{PATH}/{view.id}")[
        _name_field("view-rename", view.name if name is None else name, errors or {}),
        button(".btn")["Rename"],
    ]


def update_form(view: SavedView, query: str) -> Node:
    """Has a view show what is shown now."""
    return _view_form(f"{PATH}/{view.id}")[
        input_(type="hidden", name="query", value=query),
        button(".item")[icon("check"), span[f"Update “{view.name}”", small["to what is shown"]]],
    ]


def _view_form(action: str) -> Element:
    """A form in a popover: what is refused comes into its place, the element about it."""
    send = {
        "hx-post": action,
        "hx-target": "closest div",
        "hx-swap": "innerHTML",
        "hx-push-url": "false",
    }
    return form(send, method="post", action=action)


def _name_field(element_id: str, name: str, errors: Errors) -> Node:
    error = " ".join(errors.values())
    described = {"aria-describedby": f"{element_id}-error", "aria-invalid": "true"} if error else {}
    control = input_(
        f"#{element_id}.input",
        described,
        name="name",
        value=name,
        required=True,
        maxlength=str(NAME_LENGTH_MAX),
        autocomplete="off",
        autofocus=True,
    )
    return field(element_id, "Name of the view", control, error=error)
