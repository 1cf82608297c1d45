"""Pages before somebody is signed in."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, a, button, div, form, fragment, h1, main, p
from htpy import input as input_

from services.dashboard.parts.forms import Errors, field_text
from services.dashboard.parts.frame import render_document
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import notice

PASSWORD_LENGTH_MIN: Final = 12


def _entrance(name: str, *content: Node) -> Node:
    return render_document(name, main(".login")[content, div(".art", aria_hidden="true")])


def _problem(text: str) -> Node:
    return text and p(".error", role="alert")[text]


def sign_in(target: str, problem: str = "", email: str = "", *, welcome: str = "") -> Node:
    """E-mail and password; `welcome`: what was done just before."""
    return _entrance(
        "Sign in",
        form(method="post", action="/sign-in")[
            icon("landmark", 28),
            div[h1["Sign in to Tessera"], p(".muted")["Promotions that add up."]],
            welcome and notice("good", welcome),
            input_(type="hidden", name="next", value=target),
            field_text(
                "email",
                "E-mail",
                email,
                kind="email",
                autocomplete="username",
                required=True,
                autofocus=not email,
            ),
            field_text(
                "password",
                "Password",
                kind="password",
                autocomplete="current-password",
                required=True,
                autofocus=bool(email),
            ),
            _problem(problem),
            button(".btn.primary")["Sign in"],
            p(".muted.small")[
                "No access, or the password is lost? An administrator of your team can give you a link."
            ],
        ],
    )


def second_factor(target: str, pending: str, problem: str = "") -> Node:
    """The code of the authenticator."""
    return _entrance(
        "Second factor",
        form(method="post", action="/sign-in")[
            icon("lock", 28),
            div[h1["One more step"], p(".muted")["Enter the code that your authenticator shows."]],
            input_(type="hidden", name="next", value=target),
            input_(type="hidden", name="pending", value=pending),
            field_text(
                "code",
                "Code",
                hint="Six digits, or one of your recovery codes",
                autocomplete="one-time-code",
                inputmode="numeric",
                required=True,
                autofocus=True,
            ),
            _problem(problem),
            button(".btn.primary")["Sign in"],
            a(".btn.quiet", href="/sign-in")["Back"],
        ],
    )


def open_link(name: str, action: str) -> Node:
    """Asks for the link: a script gives the one that was followed, else it is pasted."""
    return _entrance(
        name,
        form({"data-link": True}, method="post", action=action)[
            icon("lock", 28),
            div[
                h1["Open your link"],
                p(".muted")["If nothing happens by itself, paste the link that you were given."],
            ],
            field_text(
                "link",
                "Link",
                hint="All of it: what opens it stands at its end",
                autocomplete="off",
                spellcheck="false",
                required=True,
                autofocus=True,
            ),
            button(".btn.primary")["Open"],
        ],
    )


def invitation(told: Mapping[str, Any], problem: str = "") -> Node:
    """An invitation: to which projects, and what is needed to accept it."""
    projects = ", ".join(f"{each['name']} as {each['role']}" for each in told.get("projects", []))
    return _entrance(
        "Invitation",
        form({"data-link": True}, method="post", action="/invitation")[
            icon("users", 28),
            div[h1["You are invited"], p(".muted")[f"{told['email']} to {projects}"]],
            not told.get("known")
            and [
                field_text("name", "Your name", autocomplete="name", required=True, autofocus=True),
                field_text(
                    "password",
                    "Password",
                    kind="password",
                    autocomplete="new-password",
                    minlength="12",
                    required=True,
                    hint="12 characters or more",
                ),
            ],
            _problem(problem),
            button(".btn.primary")["Accept"],
        ],
    )


def new_password(problem: str = "") -> Node:
    """A new password, by a link that an administrator made."""
    return _entrance(
        "New password",
        form({"data-link": True}, method="post", action="/new-password")[
            icon("lock", 28),
            div[
                h1["A new password"],
                p(".muted")["All sessions end, and you sign in with the new one."],
            ],
            field_text(
                "password",
                "New password",
                kind="password",
                autocomplete="new-password",
                minlength="12",
                required=True,
                autofocus=True,
                hint="12 characters or more",
            ),
            _problem(problem),
            button(".btn.primary")["Save the new password"],
        ],
    )


def link_is_over(text: str) -> Node:
    """A link that leads nowhere any more."""
    return _entrance(
        "Link",
        div(".card.pad")[
            icon("warn", 28),
            h1["This link is not valid any more"],
            p(".muted")[text],
            a(".btn", href="/sign-in")["To the sign-in"],
        ],
    )


def first_password(action: str, errors: Errors | None = None) -> Node:
    """A password of one's own in place of the first one; nothing else is open until then."""
    return _entrance(
        "Choose a password",
        form(method="post", action=action)[
            icon("lock", 28),
            div[
                h1["Choose a password of your own"],
                p(".muted")["The first one was told to you, so it holds for this once only."],
            ],
            field_text(
                "current_password",
                "First password",
                hint="The one that you have just signed in with",
                kind="password",
                autocomplete="current-password",
                errors=errors,
                required=True,
                autofocus=True,
            ),
            new_password_fields(errors),
            button(".btn.primary")["Go on"],
            button(".btn.quiet", formaction="/sign-out", formnovalidate=True)["Sign out"],
        ],
    )


def new_password_fields(errors: Errors | None = None) -> Node:
    """The new password, twice."""
    return fragment[
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
    ]
