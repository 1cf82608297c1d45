"""Changing the own password; where somebody with a first password has to begin."""

from typing import Final

from htpy import Node, fragment
from starlette.responses import Response

from services.dashboard.parts.forms import Errors, field_text, form_page
from services.dashboard.parts.notices import notice
from services.dashboard.parts.page import head
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import PASSWORD_PATH, Page
from services.dashboard.web.visit import Visit

PASSWORD_LENGTH_MIN: Final = 12


def password_form(errors: Errors | None = None) -> Node:
    """The current one, and the new one twice."""
    return form_page(
        PASSWORD_PATH,
        field_text(
            "current_password",
            "Current password",
            kind="password",
            autocomplete="current-password",
            errors=errors,
        ),
        field_text(
            "new_password",
            "New password",
            kind="password",
            autocomplete="new-password",
            hint=f"{PASSWORD_LENGTH_MIN} characters or more",
            errors=errors,
        ),
        field_text(
            "again",
            "New password again",
            kind="password",
            autocomplete="new-password",
            errors=errors,
        ),
        errors=errors,
        save="Change the password",
        cancel="/profile",
    )


async def show_password(visit: Visit) -> Response:
    """The form."""
    first = visit.me.must_change_password and notice(
        "info", "This is your first password. Choose one of your own to go on."
    )
    content = fragment[
        head("Password", "Your other sessions end when you change it."), first, password_form()
    ]
    return answer_page(visit, "Password", content)


async def change_password(visit: Visit) -> Response:
    """Changes it."""
    form = await visit.form()
    current, new, again = (
        str(form.get(name) or "") for name in ("current_password", "new_password", "again")
    )
    if new != again:
        return answer_node(password_form({"again": "The two are not the same"}))
    body = {"current_password": current, "new_password": new}
    try:
        await visit.api.post("/users/v1/me/password", body)
    except Refused as fault:
        name = "current_password" if fault.key == "wrong_password" else "new_password"
        return answer_node(password_form({name: fault.sentence}))
    return go_to(visit.request, "/", "The password is changed")


PAGES: Final = (
    Page(PASSWORD_PATH, show_password, None),
    Page(PASSWORD_PATH, change_password, None, "POST"),
)
