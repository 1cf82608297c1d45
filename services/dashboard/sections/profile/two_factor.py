"""The second factor: bound to a device with a code, recovery codes once, and switched off."""

from typing import Final

import segno
from htpy import Node, div, fragment, p
from htpy import input as input_
from markupsafe import Markup
from starlette.responses import Response

from services.dashboard.parts.forms import Errors, field_text, form_page
from services.dashboard.parts.notices import notice
from services.dashboard.parts.page import head, tabs
from services.dashboard.parts.secrets import codes_shown_once, secret_line
from services.dashboard.sections.profile.security import SECURITY_PATH
from services.dashboard.sections.profile.tabs import TABS
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused, SignedOut
from services.dashboard.web.routes import TWO_FACTOR_PATH as PATH
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit

#: Modules of the quiet zone: two are enough on a white ground.
QR_BORDER: Final = 2


def qr_code(text: str) -> Node:
    """A text as an image that a device reads."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(border=QR_BORDER, omitsize=True)
    # Markup: made by the library from modules alone, the text is not in it
    return div(".qr", role="img", aria_label="QR code of the secret")[Markup(drawn)]  # noqa: S704


def password_first(action: str, save: str, errors: Errors | None = None) -> Node:
    """A session that was left open is not enough for this."""
    return form_page(
        action,
        field_text(
            "password",
            "Current password",
            kind="password",
            autocomplete="current-password",
            errors=errors,
        ),
        errors=errors,
        save=save,
        cancel=SECURITY_PATH,
    )


def code_form(secret: str, address: str, errors: Errors | None = None) -> Node:
    """The secret, and the code that shows that the device has it."""
    return form_page(
        f"{PATH}/confirm",
        p["Scan this with an authenticator, or type the secret into it."],
        qr_code(address),
        secret_line("Secret", secret),
        _hidden("secret", secret),
        _hidden("address", address),
        field_text(
            "code",
            "Code that the device shows",
            autocomplete="one-time-code",
            inputmode="numeric",
            maxlength="6",
            errors=errors,
        ),
        errors=errors,
        save="Switch on",
        cancel=SECURITY_PATH,
    )


def _hidden(name: str, value: str) -> Node:
    return input_(type="hidden", name=name, value=value)


def _page(visit: Visit, title: str, lead: str, content: Node) -> Response:
    return answer_page(
        visit, title, fragment[head(title, lead), tabs(TABS, SECURITY_PATH), content]
    )


async def show_start(visit: Visit) -> Response:
    """Asks for the password."""
    return _page(
        visit,
        "Second factor",
        "Besides the password, a code of your device opens the account.",
        fragment[
            visit.project.needs_second_factor
            and notice(
                "warn",
                f"{visit.project.name} asks everybody for a second factor. It opens once yours is on.",
            ),
            password_first(PATH, "Go on"),
        ],
    )


async def start(visit: Visit) -> Response:
    """The secret for the device; nothing is switched on yet."""
    form = await visit.form()
    try:
        body = {"password": str(form.get("password") or "")}
        begun = await visit.api.post("/users/v1/me/two-factor", body)
    except SignedOut:
        raise
    except Refused as fault:
        return answer_node(password_first(PATH, "Go on", {"password": fault.sentence}))
    return answer_node(code_form(begun["secret"], begun["otpauth_url"]))


async def confirm(visit: Visit) -> Response:
    """Switches it on, and shows the recovery codes this once."""
    form = await visit.form()
    secret, address, code = (str(form.get(name) or "") for name in ("secret", "address", "code"))
    try:
        done = await visit.api.post(
            "/users/v1/me/two-factor/confirm", {"code": code.replace(" ", "")}
        )
    except SignedOut:
        raise
    except Refused as fault:
        return answer_node(code_form(secret, address, {"code": fault.sentence}))
    return answer_node(
        codes_shown_once(
            "The second factor is on",
            done["recovery_codes"],
            what_for="Each of these recovery codes opens the account once, should the device be lost.",
            back=("I have kept them", SECURITY_PATH),
        )
    )


async def show_off(visit: Visit) -> Response:
    """Asks for the password."""
    return _page(
        visit,
        "Switch the second factor off",
        "The password alone opens the account then, and the recovery codes are void.",
        password_first(f"{PATH}/off", "Switch off"),
    )


async def switch_off(visit: Visit) -> Response:
    """Switches it off."""
    form = await visit.form()
    body = {"password": str(form.get("password") or "")}
    try:
        await visit.api.ask("DELETE", "/users/v1/me/two-factor", body=body)
    except SignedOut:
        raise
    except Refused as fault:
        return answer_node(
            password_first(f"{PATH}/off", "Switch off", {"password": fault.sentence})
        )
    return go_to(visit.request, SECURITY_PATH, "The second factor is off")


PAGES: Final = (
    Page(PATH, show_start, None),
    Page(PATH, start, None, "POST"),
    Page(f"{PATH}/confirm", confirm, None, "POST"),
    Page(f"{PATH}/off", show_off, None),
    Page(f"{PATH}/off", switch_off, None, "POST"),
)
