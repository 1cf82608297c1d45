"""Changing the own password; where somebody with a first password has to begin."""

from typing import Final

from htpy import Node, fragment
from starlette.responses import Response

from services.dashboard.parts.entrance import first_password, new_password_fields
from services.dashboard.parts.forms import Errors, field_text, form_page
from services.dashboard.parts.page import head
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import PASSWORD_PATH, Page
from services.dashboard.web.visit import Visit


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
        new_password_fields(errors),
        errors=errors,
        save="Change the password",
        cancel="/profile",
    )


async def show_password(visit: Visit) -> Response:
    """The form; alone where nothing else is open yet."""
    if visit.me.must_change_password:
        return answer_node(first_password(PASSWORD_PATH))
    content = fragment[
        head("Password", "Your other sessions end when you change it."), password_form()
    ]
    return answer_page(visit, "Password", content)


async def change_password(visit: Visit) -> Response:
    """Changes it."""
    form = await visit.form()
    current, new, again = (
        str(form.get(name) or "") for name in ("current_password", "new_password", "again")
    )
    if new != again:
        return _refuse(visit, {"again": "The two are not the same"})
    body = {"current_password": current, "new_password": new}
    try:
        await visit.api.post("/users/v1/me/password", body)
    except Refused as fault:
        name = "current_password" if fault.key == "wrong_password" else "new_password"
        return _refuse(visit, {name: fault.sentence})
    return go_to(visit.request, "/", "The password is changed")


def _refuse(visit: Visit, errors: Errors) -> Response:
    if visit.me.must_change_password:
        return answer_node(first_password(PASSWORD_PATH, errors), 400)
    return answer_node(password_form(errors))


PAGES: Final = (
    Page(PASSWORD_PATH, show_password, None),
    Page(PASSWORD_PATH, change_password, None, "POST"),
)
