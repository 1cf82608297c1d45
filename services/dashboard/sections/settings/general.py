"""Project settings, general and client-side: name, money, time, and what browsers may do."""

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import available_timezones

from babel.numbers import list_currencies
from htpy import Node, datalist, div, fragment, option
from starlette.responses import Response

from services.dashboard.parts.facts import block, code_text, facts
from services.dashboard.parts.forms import (
    Errors,
    field_area,
    field_switch,
    field_text,
    form_page,
    group,
)
from services.dashboard.sections.settings.tabs import READ, WRITE, project_path, settings_head
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused, errors_of
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit

Project = Mapping[str, Any]
GENERAL: Final = ("name", "description", "currency", "timezone", "dial_code")
#: What a project cannot be without.
NEEDED: Final = ("name", "currency", "timezone")
CLIENT_PATH: Final = "/settings/client-side"
#: What can be allowed to client-side keys.
ALLOWED: Final = (
    ("client_redeem_enabled", "Redeem", "Codes can be redeemed from a browser"),
    ("client_publish_enabled", "Publish", "Customers can be given codes from a browser"),
    (
        "client_loyalty_events_enabled",
        "Loyalty events",
        "Events from a browser can name the loyalty card that earns by them",
    ),
)


def general_form(said: Mapping[str, Any], errors: Errors | None = None) -> Node:
    """Name, money and time."""
    return form_page(
        "/settings",
        field_text("name", "Name", said.get("name"), maxlength="200", errors=errors),
        field_area("description", "Description", said.get("description"), rows=2, errors=errors),
        field_text(
            "currency",
            "Currency",
            said.get("currency"),
            list="currencies",
            maxlength="3",
            hint="Amounts are kept in its hundredths. Changing it converts nothing.",
            errors=errors,
        ),
        datalist("#currencies")[(option(value=each) for each in sorted(list_currencies()))],
        field_text(
            "timezone",
            "Time zone",
            said.get("timezone"),
            list="zones",
            hint="Days, hours and timeframes of promotions are reckoned in it, from the moment it changes.",
            errors=errors,
        ),
        datalist("#zones")[(option(value=each) for each in sorted(available_timezones()))],
        field_text(
            "dial_code", "Dial code", said.get("dial_code"), hint="As 48; optional", errors=errors
        ),
        errors=errors,
    )


def fixed_facts(project: Project) -> Node:
    """What was said when the project was made, and stays."""
    cases = project.get("case_sensitive_codes", True)
    return block(
        "Fixed",
        facts(
            ("Id", code_text(project["id"])),
            (
                "Codes",
                "Upper and lower case are told apart"
                if cases
                else "Upper and lower case are the same",
            ),
            ("API version", project.get("api_version")),
            ("Webhook version", project.get("webhook_version")),
        ),
    )


def client_form(said: Mapping[str, Any], errors: Errors | None = None) -> Node:
    """From where browsers may call, and what they may do."""
    return form_page(
        CLIENT_PATH,
        field_area(
            "client_trusted_domains",
            "Trusted origins",
            "\n".join(said.get("client_trusted_domains") or ()),
            hint="One a line, as https://shop.example or http://localhost:3000. A browser on another page is refused.",
            spellcheck="false",
            errors=errors,
        ),
        group(
            "What browsers may do",
            (
                field_switch(name, text, is_on=bool(said.get(name)), hint=hint)
                for name, text, hint in ALLOWED
            ),
            hint="Validating and qualifying are always allowed with a client-side key.",
        ),
        errors=errors,
    )


async def show_general(visit: Visit) -> Response:
    """The form, or what it says to who only reads."""
    project = await visit.api.get(project_path(visit))
    shown = (
        general_form(project)
        if visit.may(WRITE)
        else div(".card.pad")[
            facts(*((name.replace("_", " ").capitalize(), project.get(name)) for name in GENERAL))
        ]
    )
    content = fragment[
        settings_head(visit, "/settings", "What holds in the whole project."),
        div(".grid2")[div[shown], fixed_facts(project)],
    ]
    return answer_page(visit, "Project settings", content)


async def save_general(visit: Visit) -> Response:
    """Saves it."""
    form = await visit.form()
    said = {name: str(form.get(name) or "").strip() for name in GENERAL}
    said["currency"] = said["currency"].upper()
    missing = {name: "This is needed" for name in NEEDED if not said[name]}
    if missing:
        return answer_node(general_form(said, missing))
    body = said | {"dial_code": said["dial_code"] or None}
    try:
        await visit.api.put(project_path(visit), body)
    except Refused as fault:
        return answer_node(general_form(said, errors_of(fault, GENERAL)))
    return go_to(visit.request, "/settings", "Saved")


async def show_client(visit: Visit) -> Response:
    """What browsers may do."""
    project = await visit.api.get(project_path(visit))
    if visit.may(WRITE):
        shown = client_form(project)
    else:
        origins = ", ".join(project.get("client_trusted_domains") or ())
        allowed = ((text, "Yes" if project.get(name) else "No") for name, text, _ in ALLOWED)
        shown = div(".card.pad")[facts(("Trusted origins", origins), *allowed)]
    lead = "Pages of a shop call the API with a client-side key, which everybody can see."
    content = fragment[settings_head(visit, CLIENT_PATH, lead), shown]
    return answer_page(visit, "Client-side", content)


async def save_client(visit: Visit) -> Response:
    """Saves it."""
    form = await visit.form()
    lines = str(form.get("client_trusted_domains") or "").split()
    body: dict[str, Any] = {"client_trusted_domains": lines}
    body |= {name: form.get(name) == "true" for name, _, _ in ALLOWED}
    try:
        await visit.api.put(project_path(visit), body)
    except Refused as fault:
        return answer_node(client_form(body, errors_of(fault, body)))
    return go_to(visit.request, CLIENT_PATH, "Saved")


PAGES: Final = (
    Page("/settings", show_general, READ),
    Page("/settings", save_general, WRITE, "POST"),
    Page(CLIENT_PATH, show_client, READ),
    Page(CLIENT_PATH, save_client, WRITE, "POST"),
)
