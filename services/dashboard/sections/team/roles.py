"""Roles of a project: what each allows, and own ones beside the four that every project has."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import (
    Node,
    a,
    div,
    fragment,
    header,
    section,
    span,
    table,
    tbody,
    td,
    th,
    thead,
    tr,
)
from htpy import h2 as h2_element
from starlette.responses import Response

from schemas.privileges import PRIVILEGES
from services.dashboard.parts.forms import Errors, field_checks, field_text, form_page
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import confirm_dialog, dialog_button, head, tabs
from services.dashboard.sections.team.tabs import NEEDS, TABS, project_path
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused, errors_of
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

Role = Mapping[str, Any]


def privilege_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The privileges by what they are for: `Campaigns`, then each with its verb."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in PRIVILEGES:
        thing, _, verb = each.partition(".")
        groups.setdefault(thing.capitalize(), []).append((each, verb.capitalize()))
    return list(groups.items())


def roles_matrix(roles: Sequence[Role], own: str) -> Node:
    """Roles against privileges; `own` is the role of who looks."""
    allowed = {each["id"]: frozenset(each["privileges"]) for each in roles}
    return section(".card.table", aria_label="What each role allows")[
        header[h2_element["What each role allows"]],
        div(".scroll")[
            table(".matrix", aria_label="What each role allows")[
                thead[tr[th(scope="col")["Privilege"], (_heading(each, own) for each in roles)]],
                tbody[
                    (
                        fragment[
                            tr(".part")[th(scope="rowgroup", colspan=str(len(roles) + 1))[title]],
                            (_line(name, said, roles, allowed) for name, said in names),
                        ]
                        for title, names in privilege_groups()
                    )
                ],
            ]
        ],
    ]


def _heading(role: Role, own: str) -> Node:
    said: Node = role["name"]
    if not role.get("predefined"):
        said = a(".link", href=f"/team/roles/{escape_segment(role['id'])}")[role["name"]]
    return th(scope="col")[said, role["id"] == own and span(".muted.small")[" yours"]]


def _line(
    name: str, said: str, roles: Sequence[Role], allowed: Mapping[str, frozenset[str]]
) -> Node:
    return tr[
        th(scope="row", title=name)[said],
        (
            td(class_="yes" if name in allowed[role["id"]] else "no")[
                [icon("check", 15), span(".sr")["yes"]]
                if name in allowed[role["id"]]
                else span(".sr")["no"]
            ]
            for role in roles
        ),
    ]


def role_form(action: str, name: str, chosen: Sequence[str], errors: Errors | None = None) -> Node:
    """A name, and any of the privileges."""
    return form_page(
        action,
        field_text("name", "Name", name, maxlength="100", autocomplete="off", errors=errors),
        (field_checks("privileges", title, names, chosen) for title, names in privilege_groups()),
        errors=errors,
        cancel="/team/roles",
    )


async def show_roles(visit: Visit) -> Response:
    """All roles."""
    roles = (await visit.api.get(project_path(visit, "/roles")))["data"]
    content = fragment[
        head(
            "Team settings",
            "What members may do. The first four are in every project and stay as they are.",
            a(".btn.primary", href="/team/roles/new")[icon("plus", 15), "New role"],
        ),
        tabs(TABS, "/team/roles"),
        roles_matrix(roles, visit.project.role),
    ]
    return answer_page(visit, "Roles", content)


async def show_new(visit: Visit) -> Response:
    """The form of a new one."""
    content = fragment[
        head("New role", "You can give what your own role allows."),
        role_form("/team/roles/new", "", ()),
    ]
    return answer_page(visit, "New role", content)


async def show_role(visit: Visit) -> Response:
    """The form of one of the own, and the way to delete it."""
    role = await visit.api.get(project_path(visit, f"/roles/{escape_segment(visit.path('id'))}"))
    at = f"/team/roles/{escape_segment(role['id'])}"
    if role.get("predefined"):
        return go_to(visit.request, "/team/roles", "This role stays as it is")
    content = fragment[
        head(
            role["name"],
            "Members who have it may do the new within a second.",
            dialog_button("Delete", "delete-role", ".danger", "trash"),
        ),
        role_form(at, role["name"], role["privileges"]),
        confirm_dialog(
            "delete-role",
            title=f"Delete the role {role['name']}?",
            what_happens="Nobody can be given it any more. A role that a member has is not deleted; give that member another one before.",
            action=f"{at}/delete",
            do="Delete",
        ),
    ]
    return answer_page(visit, str(role["name"]), content)


async def save_role(visit: Visit) -> Response:
    """Makes a role, or changes one."""
    form = await visit.form()
    name = str(form.get("name") or "").strip()
    chosen = [str(each) for each in form.getlist("privileges")]
    known = visit.request.path_params.get("id")
    body = {"name": name, "privileges": chosen}
    try:
        if known is None:
            key = str(form.get("idempotency_key") or "") or None
            await visit.api.post(project_path(visit, "/roles"), body, key=key)
        else:
            path = project_path(visit, f"/roles/{escape_segment(str(known))}")
            await visit.api.put(path, body)
    except Refused as fault:
        errors = errors_of(fault, ("name", "privileges"))
        if "privileges" in errors:
            errors = {"": errors["privileges"]}
        return answer_node(role_form(visit.request.url.path, name, chosen, errors))
    return go_to(visit.request, "/team/roles", "Saved")


async def delete_role(visit: Visit) -> Response:
    """Deletes one of the own."""
    await visit.api.delete(project_path(visit, f"/roles/{escape_segment(visit.path('id'))}"))
    return go_to(visit.request, "/team/roles", "The role is deleted")


PAGES: Final = (
    Page("/team/roles", show_roles, NEEDS),
    Page("/team/roles/new", show_new, NEEDS),
    Page("/team/roles/new", save_role, NEEDS, "POST"),
    Page("/team/roles/{id}", show_role, NEEDS),
    Page("/team/roles/{id}", save_role, NEEDS, "POST"),
    Page("/team/roles/{id}/delete", delete_role, NEEDS, "POST"),
)
