"""The control project with two shops and people who work there."""

from msgspec import structs

from engine.kernel import tables
from engine.users.store import find_user_by_email
from schemas.commands import CommandBody
from schemas.projects import CONTROL_PROJECT, CreateProject
from schemas.records import Decided
from schemas.user_commands import (
    AcceptInvitation,
    CreateUser,
    EnableTwoFactor,
    InviteUser,
    PrepareTwoFactor,
    StartUserSession,
)
from schemas.user_events import UserSignedIn
from schemas.users import User, UserSession
from tests.unit.engine.world import World, only

OWNER = "ada@shop.test"
DAY_MS = 86_400_000


class Team(World):
    """Ada administers the project `shop`; `other` is another."""

    def __init__(self) -> None:
        super().__init__(CONTROL_PROJECT, opened=False)
        for project in ("shop", "other"):
            self.when(CreateProject(project, project, 0, ()))
        self.when(CreateUser(OWNER, "Ada Lovelace", "hash", {"shop": "ADMIN"}), key_kind="system")

    @property
    def owner(self) -> User:
        """Ada."""
        return self.person(OWNER)

    def person(self, email: str) -> User:
        """The user with that address."""
        found = find_user_by_email(self.view, email)
        assert found is not None
        return found

    def member(self, email: str, role: str, project: str = "shop") -> User:
        """Somebody who was invited, and came."""
        self.when(InviteUser(email, "Some Body", {project: role}, f"link {email} {project}"))
        self.when(AcceptInvitation(f"link {email} {project}", "Some Body", "hash"))
        return self.person(email)

    def by(self, user: User, body: CommandBody) -> Decided:
        """What is decided of a user's command."""
        command = self.command(body, key_kind="user")
        return self.decided(structs.replace(command, channel_id=user.id))

    def enter(self, user: User, token: str = "token") -> UserSession:
        """The user signs in."""
        record = self.when(StartUserSession(user.id, token, user.credentials), after=1)
        return only(record, UserSignedIn).session

    def with_device(self, user: User) -> User:
        """The user has a second factor, confirmed in step 7."""
        self.when(PrepareTwoFactor(user.id, "box"))
        self.when(EnableTwoFactor(user.id, user.credentials, 7, ("one", "two")))
        return self.person(user.email)

    def acts(self, user: User) -> list[str]:
        """What happened to the user's security."""
        known = self.view.get(tables.USER_ACTIVITIES, user.id)
        return [] if known is None else [each.type for each in known.acts]
