"""Projects that somebody may enter: switching between them, making one, deleting one."""

from collections.abc import Mapping
from typing import Final

from htpy import Node, a, button, div, form, fragment, p, span
from htpy import input as input_
from starlette.responses import Response

from services.dashboard.parts.facts import badge
from services.dashboard.parts.forms import Errors, field_choice, field_text, form_page
from services.dashboard.parts.grid import grid
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import confirm_dialog, dialog_button, head, tabs
from services.dashboard.parts.secrets import shown_once
from services.dashboard.sections.team.tabs import NEEDS, TABS, project_path
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused, errors_of
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit

CASES: Final = (
    ("true", "Upper and lower case are told apart"),
    ("false", "Upper and lower case are the same"),
)
#: The key pairs that a new project comes with, as the API names them.
PAIRS: Final = (
    ("server_side_key", "Server"),
    ("client_side_key", "Client"),
    ("management_key", "Management"),
)


def projects_grid(visit: Visit) -> Node:
    """The projects of who looks."""
    return grid(
        "Your projects",
        ("Name", "Your role", "Time zone", "Currency", ""),
        (
            (
                span[each.name, each.id == visit.project.id and [" ", badge("This one", "good")]],
                each.role,
                each.timezone,
                each.currency,
                each.id != visit.project.id
                and form(".plain", method="post", action="/project")[
                    input_(type="hidden", name="project", value=each.id),
                    button(".btn.small", aria_label=f"Go there: {each.name}")["Go there"],
                ],
            )
            for each in visit.me.memberships
        ),
    )


def project_form(said: Mapping[str, str], errors: Errors | None = None) -> Node:
    """What a project has to say of itself."""
    return form_page(
        "/team/projects/new",
        field_text("name", "Name", said.get("name"), maxlength="200", errors=errors),
        field_text(
            "currency",
            "Currency",
            said.get("currency"),
            hint="Three letters, as USD",
            maxlength="3",
            errors=errors,
        ),
        field_text(
            "timezone",
            "Time zone",
            said.get("timezone"),
            hint="A name such as Europe/Warsaw",
            errors=errors,
        ),
        field_choice(
            "case_sensitive_codes",
            "Codes",
            CASES,
            said.get("case_sensitive_codes") or "true",
            hint="This can never be changed",
            errors=errors,
        ),
        errors=errors,
        save="Make the project",
        cancel="/team/projects",
    )


async def show_projects(visit: Visit) -> Response:
    """The projects, and the way to delete this one."""
    name = visit.project.name
    content = fragment[
        head(
            "Team settings",
            "Each project has its own vouchers, customers, keys and members.",
            visit.may("projects.create")
            and a(".btn.primary", href="/team/projects/new")[icon("plus", 15), "New project"],
        ),
        tabs(TABS, "/team/projects"),
        div(".stack")[
            projects_grid(visit),
            visit.may("projects.delete")
            and div(".row")[
                span(".muted")["Done with this project?"],
                dialog_button(f"Delete {name}", "delete-project", ".danger", "trash"),
            ],
        ],
        visit.may("projects.delete")
        and confirm_dialog(
            "delete-project",
            title=f"Delete {name}?",
            what_happens="Its keys stop to work within a second and nothing is redeemed any more. The history stays on the disk, but no page shows it. The first project of an installation cannot be deleted.",
            action="/team/projects/delete",
            do="Delete for good",
            type_name=name,
        ),
    ]
    return answer_page(visit, "Projects", content)


async def show_new(visit: Visit) -> Response:
    """The form of a new one."""
    said = {"currency": visit.project.currency, "timezone": visit.project.timezone}
    content = fragment[
        head("New project", "You administer it, and it comes with three key pairs."),
        project_form(said),
    ]
    return answer_page(visit, "New project", content)


async def create(visit: Visit) -> Response:
    """Makes it, and shows its keys this once."""
    form = await visit.form()
    names = ("name", "currency", "timezone", "case_sensitive_codes")
    said = {name: str(form.get(name) or "").strip() for name in names}
    body = said | {"case_sensitive_codes": said["case_sensitive_codes"] != "false"}
    key = str(form.get("idempotency_key") or "") or None
    try:
        made = await visit.api.post("/management/v1/projects", body, key=key)
    except Refused as fault:
        return answer_node(project_form(said, errors_of(fault, names)))
    secrets = []
    for name, word in PAIRS:
        pair = made.get(name) or {}
        secrets += [
            (f"{word}: id", str(pair.get("app_id") or pair.get("id") or "")),
            (f"{word}: token", str(pair.get("app_token") or pair.get("token") or "")),
        ]
    return answer_node(
        shown_once(
            f"{made['name']} is made",
            [(name, text) for name, text in secrets if text],
            back=("To the projects", "/team/projects"),
            more=p(".muted")["More keys can be made in its settings at any time."],
        )
    )


async def delete(visit: Visit) -> Response:
    """Deletes the project that is looked at, once its name was typed."""
    form = await visit.form()
    if str(form.get("typed") or "") != visit.project.name:
        return go_to(visit.request, "/team/projects", "The name did not match; nothing was deleted")
    await visit.api.delete(project_path(visit))
    return go_to(visit.request, "/", f"{visit.project.name} is deleted")


PAGES: Final = (
    Page("/team/projects", show_projects, NEEDS),
    Page("/team/projects/new", show_new, "projects.create"),
    Page("/team/projects/new", create, "projects.create", "POST"),
    Page("/team/projects/delete", delete, "projects.delete", "POST"),
)
