"""API keys of a project: made, named, replaced and ended; a token is shown once."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import Node, a, div, fragment, p, span
from starlette.responses import Response

from services.dashboard.parts.facts import badge, code_text
from services.dashboard.parts.forms import Errors, field_choice, field_text, form_page
from services.dashboard.parts.grid import grid
from services.dashboard.parts.icons import icon
from services.dashboard.parts.numbers import read_whole
from services.dashboard.parts.page import confirm_dialog, dialog_button, head
from services.dashboard.parts.secrets import shown_once
from services.dashboard.parts.show import Show
from services.dashboard.sections.settings.tabs import project_path, settings_head
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused, errors_of
from services.dashboard.web.callers import KEY_WORDS, key_name
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

Key = Mapping[str, Any]
NEEDS: Final = "keys.manage"
PATH: Final = "/settings/keys"
NEW_CLIENT: Final = f"{PATH}/new-client"
#: Kind, its word, what it is for, the headers that carry it.
KINDS: Final = (
    (
        "server",
        KEY_WORDS["server"],
        "Servers of the shop: everything of /v1",
        "X-App-Id",
        "X-App-Token",
    ),
    (
        "client",
        KEY_WORDS["client"],
        "Pages in browsers: /client/v1, from trusted origins",
        "X-Client-Application-Id",
        "X-Client-Token",
    ),
    (
        "management",
        KEY_WORDS["management"],
        "Set-up by programs: /management/v1",
        "X-Management-Id",
        "X-Management-Token",
    ),
)
OVERLAPS: Final = (
    ("0", "At once"),
    ("1", "After 1 hour"),
    ("24", "After 1 day"),
    ("72", "After 3 days"),
    ("168", "After 7 days"),
)


def key_badge(key: Key) -> Node:
    """Whether it works."""
    if key.get("revoked_at"):
        return badge("Ended", "bad")
    if not key.get("active"):
        return badge("Over", "muted")
    return (
        badge("Replaced, still works", "warn") if key.get("replaced_by") else badge("Works", "good")
    )


def keys_grid(title: str, keys: Sequence[Key], show: Show) -> Node:
    """Keys, each with its way on."""
    return grid(
        title,
        ("Name", "Kind", "Id", "State", "Made", "Last used", ""),
        (
            (
                key_name(each),
                kind_words(each),
                code_text(each["id"]),
                _state(each, show),
                show.day(each.get("created_at")),
                _last_used(each, show),
                a(
                    ".btn.small",
                    href=f"{PATH}/{escape_segment(each['id'])}",
                    aria_label=f"Change {key_name(each)}",
                )["Change"],
            )
            for each in keys
        ),
        empty="There are none.",
    )


def kind_words(key: Key) -> Node:
    """What it is, and of an OAuth client what its tokens open."""
    scopes = key.get("scopes")
    if scopes is None:
        return KEY_WORDS.get(key["kind"], key["kind"])
    return fragment["OAuth client", " ", span(".muted.small")[", ".join(scopes)]]


def _state(key: Key, show: Show) -> Node:
    """Whether it works, and since or until when."""
    at = key.get("revoked_at") or key.get("expires_at")
    if not at:
        return key_badge(key)
    return span[key_badge(key), " until " if key.get("active") else " since ", show.when(at)]


def _last_used(key: Key, show: Show) -> Node:
    if "last_used_at" not in key:
        return span(".muted")["Not known now"]
    return show.when(key["last_used_at"]) if key["last_used_at"] else "Never"


def key_form(said: Mapping[str, str], errors: Errors | None = None) -> Node:
    """A kind and a name."""
    return form_page(
        f"{PATH}/new",
        field_choice(
            "kind",
            "Kind",
            [(kind, f"{word}. {what}") for kind, word, what, *_ in KINDS],
            said.get("kind") or "server",
            errors=errors,
        ),
        field_text(
            "name",
            "Name",
            said.get("name"),
            hint="Where it is used, so that it can be replaced without fear",
            maxlength="100",
            autocomplete="off",
            errors=errors,
        ),
        errors=errors,
        save="Make the key",
        cancel=PATH,
    )


def token_shown(key: Key, more: Node = None) -> Node:
    """The pair, this once."""
    headers = next(((ident, token) for kind, _, _, ident, token in KINDS if kind == key["kind"]))
    return shown_once(
        f"{key_name(key)} is made",
        [(headers[0], key["id"]), (headers[1], key["token"])],
        back=("To the keys", PATH),
        more=more,
    )


def ended_or_not(key: Key) -> Node:
    """What can be done with one."""
    at = f"{PATH}/{escape_segment(key['id'])}"
    can_rotate = key.get("active") and not key.get("replaced_by")
    word = "End" if key.get("active") else "Take from the list"
    return fragment[
        form_page(
            at,
            field_text("name", "Name", key.get("name"), maxlength="100", autocomplete="off"),
            cancel=PATH,
        ),
        div(".card.pad.stack")[
            can_rotate
            and [
                p["Replacing makes a new id and token of the same kind and name."],
                a(".btn", href=f"{at}/rotate")[icon("refresh", 14), "Replace"],
            ],
            p[
                "Ending it stops it within a second. Whatever still uses it is refused with 401."
                if key.get("active")
                else "It works no more. Taken from the list, it stays in the history."
            ],
            div[dialog_button(word, "end-key", ".danger", "trash")],
        ],
        confirm_dialog(
            "end-key",
            title=f"{word}: {key_name(key)}?",
            what_happens="Programs that use it are refused within a second. It cannot be brought back; a new one can be made."
            if key.get("active")
            else "The list forgets it.",
            action=f"{at}/end",
            do=word,
        ),
    ]


def rotate_form(key: Key, overlap: str = "24", errors: Errors | None = None) -> Node:
    """How long the one before goes on."""
    at = f"{PATH}/{escape_segment(key['id'])}"
    return form_page(
        f"{at}/rotate",
        field_choice(
            "overlap_hours",
            "The old one ends",
            OVERLAPS,
            overlap,
            hint="Until then both work, so programs can be moved one by one.",
            errors=errors,
        ),
        errors=errors,
        save="Make the new one",
        cancel=at,
    )


async def show_keys(visit: Visit) -> Response:
    """Those that work, then those that do not."""
    keys = (await visit.api.get(project_path(visit, "/keys")))["data"]
    content = fragment[
        settings_head(
            visit,
            PATH,
            "With what programs call the API. Tokens are shown once, when they are made.",
            fragment[
                a(".btn", href=NEW_CLIENT)[icon("plus", 15), "New OAuth client"],
                a(".btn.primary", href=f"{PATH}/new")[icon("plus", 15), "New key"],
            ],
        ),
        div(".stack")[
            keys_grid("Keys that work", [each for each in keys if each.get("active")], visit.show),
            keys_grid("Ended", [each for each in keys if not each.get("active")], visit.show),
        ],
    ]
    return answer_page(visit, "API keys", content)


async def show_new(visit: Visit) -> Response:
    """The form."""
    content = fragment[head("New key", "Its token is shown once."), key_form({})]
    return answer_page(visit, "New key", content)


async def create(visit: Visit) -> Response:
    """Makes it, and shows its token this once."""
    form = await visit.form()
    said = {name: str(form.get(name) or "").strip() for name in ("kind", "name")}
    try:
        key = str(form.get("idempotency_key") or "") or None
        made = await visit.api.post(project_path(visit, "/keys"), said, key=key)
    except Refused as fault:
        return answer_node(key_form(said, errors_of(fault, said)))
    return answer_node(token_shown(made))


async def _find_key(visit: Visit) -> Key:
    key: Key = await visit.api.get(project_path(visit, f"/keys/{escape_segment(visit.path('id'))}"))
    return key


async def show_key(visit: Visit) -> Response:
    """One of them."""
    key = await _find_key(visit)
    content = fragment[
        head(key_name(key), [code_text(key["id"]), " ", key_badge(key)]), ended_or_not(key)
    ]
    return answer_page(visit, key_name(key), content)


async def rename(visit: Visit) -> Response:
    """Names it anew."""
    form = await visit.form()
    path = project_path(visit, f"/keys/{escape_segment(visit.path('id'))}")
    await visit.api.put(path, {"name": str(form.get("name") or "").strip()})
    return go_to(visit.request, PATH, "Saved")


async def show_rotate(visit: Visit) -> Response:
    """Asks how long the one before goes on."""
    key = await _find_key(visit)
    content = fragment[
        head(f"Replace {key_name(key)}", "A new id and a new token."), rotate_form(key)
    ]
    return answer_page(visit, "Replace a key", content)


async def rotate(visit: Visit) -> Response:
    """Makes the new one, and shows its token this once."""
    form = await visit.form()
    hours = str(form.get("overlap_hours") or "0")
    path = project_path(visit, f"/keys/{escape_segment(visit.path('id'))}/rotate")
    try:
        key = str(form.get("idempotency_key") or "") or None
        body = {"overlap_hours": read_whole(hours) or 0}
        made = await visit.api.post(path, body, key=key)
    except Refused as fault:
        errors = errors_of(fault, ("overlap_hours",))
        return answer_node(rotate_form(await _find_key(visit), hours, errors))
    old = made.get("replaces") or {}
    ends = old.get("expires_at")
    more = p(".muted")[
        ("The old one works until ", visit.show.when(ends), ".")
        if ends
        else "The old one works no more."
    ]
    return answer_node(token_shown(made, more))


async def end(visit: Visit) -> Response:
    """Ends it."""
    await visit.api.delete(project_path(visit, f"/keys/{escape_segment(visit.path('id'))}"))
    return go_to(visit.request, PATH, "The key works no more")


PAGES: Final = (
    Page(PATH, show_keys, NEEDS),
    Page(f"{PATH}/new", show_new, NEEDS),
    Page(f"{PATH}/new", create, NEEDS, "POST"),
    Page(f"{PATH}/{{id}}", show_key, NEEDS),
    Page(f"{PATH}/{{id}}", rename, NEEDS, "POST"),
    Page(f"{PATH}/{{id}}/rotate", show_rotate, NEEDS),
    Page(f"{PATH}/{{id}}/rotate", rotate, NEEDS, "POST"),
    Page(f"{PATH}/{{id}}/end", end, NEEDS, "POST"),
)
