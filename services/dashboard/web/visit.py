"""A visit: who looks at a page, for which project, and what may be asked for it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request

from services.dashboard.parts.show import Show
from services.dashboard.web.asking import Api

#: How many fields and files a form may have.
FORM_FIELDS_MAX: Final = 5_000
FORM_FILES_MAX: Final = 1
#: Bytes of one field of a form; texts of rules and messages are the longest.
FORM_FIELD_BYTES_MAX: Final = 1_048_576


#: Where pages of one thing are, these are pages of their own.
WORDS: Final = frozenset(
    {
        "new", "filter", "import", "import-skus", "calendar", "new-client", "order", "tiers", "work",
        "referrals", "giveaways",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SavedView:
    """A list as somebody saved it: the section of its address, a name, and the address's query."""

    id: str
    section: str
    name: str
    query: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A project that a person may enter, and as what."""

    id: str
    name: str
    role: str
    privileges: frozenset[str]
    timezone: str = "Etc/UTC"
    currency: str = "USD"
    views: tuple[SavedView, ...] = ()
    #: Whether the project wants a second factor, and the person has none yet.
    needs_second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Me:
    """Who is signed in, as the API tells it."""

    id: str
    email: str
    name: str
    memberships: tuple[Membership, ...]
    must_change_password: bool = False
    two_factor_enabled: bool = False
    language: str = "en"
    theme: str = "auto"
    density: str = "comfortable"
    #: Whether the installed version has news that the person has not read.
    has_news: bool = False
    #: The version whose news the person read last; empty: none yet.
    release_read: str = ""

    def membership(self, project: str | None) -> Membership | None:
        """The named project, else the first one."""
        named = (each for each in self.memberships if each.id == project)
        return next(named, self.memberships[0] if self.memberships else None)


class Names(Protocol):
    """Who knows what those are called who ask the API (web/callers.py)."""

    async def find(
        self, api: Api, project: str, privileges: Collection[str], ids: Collection[str]
    ) -> Mapping[str, str]:
        """The name of each id that has one and may be seen."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a page by somebody who is signed in."""

    request: Request
    me: Me
    project: Membership
    api: Api
    show: Show
    callers: Names

    def may(self, privilege: str) -> bool:
        """Whether the role has that privilege here; what it has not, no page shows."""
        return privilege in self.project.privileges

    async def name_callers(self, ids: Iterable[str]) -> Mapping[str, str]:
        """What people and keys are called, by their ids, as far as the role may know it."""
        others = {each for each in ids if each} - {self.me.id}
        found = self.callers.find(self.api, self.project.id, self.project.privileges, others)
        return {**await found, self.me.id: self.me.name}

    def asks_part(self, target: str) -> bool:
        """Whether htmx asks for what goes into the element with that id."""
        return asked_part(self.request) == target

    @property
    def is_part(self) -> bool:
        """Whether htmx asks, for whatever place."""
        return "hx-request" in self.request.headers

    async def form(self) -> FormData:
        """What was sent with a form."""
        return await self.request.form(
            max_files=FORM_FILES_MAX,
            max_fields=FORM_FIELDS_MAX,
            max_part_size=FORM_FIELD_BYTES_MAX,
        )

    def path(self, name: str) -> str:
        """A segment of the page's address, as text."""
        return str(self.request.path_params[name])


def asked_part(request: Request) -> str:
    """The id of the element that htmx asks for; empty: it has none, or a page is asked for."""
    _, sign, name = request.headers.get("hx-target", "").rpartition("#")
    return name if sign else ""


def escape_segment(text: str) -> str:
    """A name as one segment of an address, whatever it holds.

    One that is a word of our addresses is written so that it is not taken for that; nothing else
    reads it in another way. Segments of dots alone name nothing: the API has no such code.
    """
    if text in WORDS:
        return f"%{ord(text[0]):02X}{text[1:]}"
    return quote(text, safe="")


def read_me(body: Mapping[str, Any]) -> Me:
    """Who is signed in, from the answer of `GET /users/v1/me`.

    Who has to do something first may do nothing else, whatever the role: the API refuses it.
    """
    must_change, has_factor = (
        bool(body.get(name)) for name in ("must_change_password", "two_factor_enabled")
    )
    return Me(
        id=body["id"],
        email=body["email"],
        name=body.get("name") or body["email"],
        memberships=tuple(
            Membership(
                id=each["id"],
                name=each["name"],
                role=each["role"],
                privileges=frozenset(
                    ()
                    if must_change or _wants_factor(each, has_factor=has_factor)
                    else each["privileges"]
                ),
                timezone=each.get("timezone") or "Etc/UTC",
                currency=each.get("currency") or "USD",
                views=tuple(
                    SavedView(view["id"], view["section"], view["name"], view["query"])
                    for view in each.get("views") or ()
                ),
                needs_second_factor=_wants_factor(each, has_factor=has_factor),
            )
            for each in body["projects"]
        ),
        must_change_password=must_change,
        two_factor_enabled=has_factor,
        language=body.get("language") or "en",
        theme=body.get("theme") or "auto",
        density=body.get("density") or "comfortable",
        has_news=body.get("release_read") != body.get("release_installed"),
        release_read=body.get("release_read") or "",
    )


def _wants_factor(project: Mapping[str, Any], *, has_factor: bool) -> bool:
    return bool(project.get("second_factor_required")) and not has_factor
