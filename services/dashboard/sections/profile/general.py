"""My profile, general: name, formats, looks, and whom to ask about personal data."""

from typing import Any, Final

from htpy import Node, a, div, fieldset, fragment, label, legend, span
from htpy import input as input_
from starlette.responses import Response

from services.dashboard.parts.facts import block, facts
from services.dashboard.parts.forms import (
    Errors,
    field_choice,
    field_text,
    form_page,
    group,
)
from services.dashboard.parts.page import head, tabs
from services.dashboard.sections.profile.tabs import TABS
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused, errors_of
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit

#: Languages whose ways to write numbers and amounts can be chosen; texts are English.
LANGUAGES: Final = (
    ("en", "English: 1,234.50"),
    ("de", "German: 1.234,50"),
    ("fr", "French: 1 234,50"),
    ("es", "Spanish: 1234,50"),
    ("it", "Italian: 1.234,50"),
    ("nl", "Dutch: 1.234,50"),
    ("pl", "Polish: 1234,50"),
    ("pt", "Portuguese: 1.234,50"),
    ("sv", "Swedish: 1 234,50"),
)
#: What the API calls it, what the page's script calls it, and the word for it.
THEMES: Final = (
    ("auto", "system", "As the system"),
    ("light", "light", "Light"),
    ("dark", "dark", "Dark"),
)
DENSITIES: Final = (("comfortable", "roomy", "Comfortable"), ("compact", "dense", "Compact"))


def _looks(
    name: str, text: str, choices: tuple[tuple[str, str, str], ...], value: str, hook: str
) -> Node:
    """One of a few looks; the page takes it at once, the account with saving."""
    return fieldset(".field")[
        legend(".label")[text],
        div(".segmented")[
            (
                label({hook: for_script})[
                    input_(".sr", type="radio", name=name, value=each, checked=each == value),
                    said,
                ]
                for each, for_script, said in choices
            )
        ],
    ]


def profile_form(said: dict[str, str], errors: Errors | None = None) -> Node:
    """Name, formats and looks as they were typed."""
    languages: tuple[tuple[str, str], ...] = LANGUAGES
    if said["language"] not in dict(languages):
        languages = (*languages, (said["language"], said["language"]))
    return form_page(
        "/profile",
        field_text("name", "Name", said["name"], autocomplete="name", errors=errors),
        field_choice(
            "language",
            "Numbers and amounts",
            languages,
            said["language"],
            hint="How they are written. Texts are English.",
            errors=errors,
        ),
        group(
            "Looks",
            _looks("theme", "Theme", THEMES, said["theme"], "data-theme-choice"),
            _looks("density", "Rows", DENSITIES, said["density"], "data-density-choice"),
        ),
        errors=errors,
    )


def account_facts(visit: Visit) -> Node:
    """What cannot be changed here."""
    project = visit.project
    return block(
        "Account",
        facts(
            ("E-mail", visit.me.email),
            ("Role here", project.role),
            ("Project", project.name),
            ("Times", f"{project.timezone}, the time zone of the project"),
            ("Second factor", "On" if visit.me.two_factor_enabled else "Off"),
        ),
    )


def contact_facts(brand: dict[str, Any] | None, *, may_change: bool) -> Node:
    """Whom to ask about personal data: the contact of the project's brand."""
    said: Node
    if brand is None:
        said = span(".muted")["The project has no brand yet, and so no contact."]
    else:
        contact, address = brand.get("contact") or {}, brand.get("address") or {}
        place = [address.get(name) for name in ("street", "postal", "city", "state", "country")]
        said = facts(
            ("Owner of the data", (brand.get("brand") or {}).get("name")),
            ("Address", ", ".join(str(each) for each in place if each)),
            ("E-mail", contact.get("email")),
            ("Phone", contact.get("phone")),
        )
    return block(
        "Personal data",
        said,
        action=may_change and a(".link.small", href="/settings/brand")["Change"],
    )


async def _find_brand(visit: Visit) -> dict[str, Any] | None:
    if not visit.may("project.read"):
        return None
    body = await visit.api.get(f"/management/v1/projects/{visit.project.id}/branding")
    rows = body["data"]
    return dict(rows[0]) if rows else None


async def show_profile(visit: Visit) -> Response:
    """The form, and what is known besides."""
    me = visit.me
    said = {"name": me.name, "language": me.language, "theme": me.theme, "density": me.density}
    content = fragment[
        head("My profile", "Who you are here, and how pages look for you."),
        tabs(TABS, "/profile"),
        div(".grid2")[
            div[profile_form(said)],
            div(".stack")[
                account_facts(visit),
                contact_facts(await _find_brand(visit), may_change=visit.may("project.write")),
            ],
        ],
    ]
    return answer_page(visit, "My profile", content)


async def save_profile(visit: Visit) -> Response:
    """Saves it."""
    form = await visit.form()
    names = ("name", "language", "theme", "density")
    said = {name: str(form.get(name) or "").strip() for name in names}
    if not said["name"]:
        return answer_node(profile_form(said, {"name": "A name is needed"}))
    try:
        await visit.api.put("/users/v1/me", said)
    except Refused as fault:
        return answer_node(profile_form(said, errors_of(fault, names)))
    return go_to(visit.request, "/profile", "Saved")


PAGES: Final = (
    Page("/profile", show_profile, None),
    Page("/profile", save_profile, None, "POST"),
)
