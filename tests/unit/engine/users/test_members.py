"""Who belongs to a project: nobody gives more than the own role, and an administrator stays."""

import pytest

from engine.kernel import tables
from schemas.commands import CommandBody
from schemas.expiry import ExpireDue
from schemas.user_commands import (
    AcceptInvitation,
    AssignUser,
    CreateRole,
    DeleteRole,
    InviteUser,
    RevokeInvitation,
    StartPasswordReset,
    UnassignUser,
    UpdateRole,
)
from schemas.user_events import (
    InvitationEnded,
    InvitationsForgotten,
    MembershipSet,
    RoleStored,
    UserCreated,
    UserInvited,
)
from schemas.users import INVITATION_MS, INVITATIONS_MAX, ROLES_MAX, Role
from tests.unit.engine.users.user_world import OWNER, Team
from tests.unit.engine.world import only, refused


def _role(world: Team, *privileges: str) -> Role:
    name = f"role {len(privileges)}"
    return only(world.when(CreateRole("shop", name, privileges)), RoleStored).role


def test_an_invitation_makes_a_user() -> None:
    world = Team()
    invited = only(
        world.when(InviteUser("b@shop.test", "Bea", {"shop": "USER"}, "link")), UserInvited
    ).invitation
    assert invited.expires_at == world.now + INVITATION_MS
    record = world.when(AcceptInvitation("link", None, "hash"))
    user = only(record, UserCreated).user
    assert (user.email, user.name, user.memberships) == ("b@shop.test", "Bea", {"shop": "USER"})
    assert not user.must_change_password
    assert only(record, InvitationEnded).user_id == user.id
    assert refused(world.when(AcceptInvitation("link", "Eve", "x"))) == "link_not_valid"


def test_who_is_known_becomes_a_member_besides_and_keeps_the_password() -> None:
    world = Team()
    world.when(InviteUser(OWNER, "", {"shop": "VIEWER", "other": "USER"}, "link"))
    world.when(AcceptInvitation("link", "Eve", "stolen"))
    assert world.owner.memberships == {"shop": "ADMIN", "other": "USER"}
    assert (world.owner.name, world.owner.password_hash) == ("Ada Lovelace", "hash")


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (InviteUser("b@shop.test", "", {"none": "USER"}, "l"), "not_found"),
        (InviteUser("b@shop.test", "", {"shop": "KING"}, "l"), "invalid_payload"),
        (InviteUser(OWNER, "", {"shop": "USER"}, "l"), "duplicate_found"),
        (RevokeInvitation("shop", "inv_x"), "not_found"),
        (AcceptInvitation("none"), "link_not_valid"),
        (AssignUser("shop", "USER", user_id="user_x"), "not_found"),
        (AssignUser("shop", "USER", email="b@shop.test"), "not_found"),
        (AssignUser("shop", "USER"), "not_found"),
        (AssignUser("shop", "KING", email=OWNER), "invalid_payload"),
        (AssignUser("other", "USER", email=OWNER, member=True), "not_found"),
        (UnassignUser("shop", "user_x"), "not_found"),
        (UpdateRole("shop", "role_x"), "not_found"),
        (DeleteRole("shop", "role_x"), "not_found"),
        (CreateRole("shop", "viewer", ()), "duplicate_found"),
    ],
)
def test_what_is_refused(body: CommandBody, key: str) -> None:
    assert refused(Team().when(body)) == key


def test_a_new_invitation_takes_the_place_of_the_one_before() -> None:
    world = Team()
    world.when(InviteUser("b@shop.test", "", {"shop": "USER"}, "first"))
    world.when(InviteUser("b@shop.test", "", {"shop": "VIEWER"}, "second"))
    assert refused(world.when(AcceptInvitation("first", "B", "x"))) == "link_not_valid"
    assert len(list(world.view.scan(tables.INVITATIONS))) == 1


def test_an_invitation_ends_by_hand_and_after_seven_days() -> None:
    world = Team()
    invited = only(
        world.when(InviteUser("b@shop.test", "", {"shop": "USER"}, "link")), UserInvited
    ).invitation
    foreign = world.when(RevokeInvitation("other", invited.id))
    assert refused(foreign) == "not_found"
    world.when(RevokeInvitation("shop", invited.id))
    assert refused(world.when(AcceptInvitation("link", "B", "x"))) == "link_not_valid"
    world.when(InviteUser("b@shop.test", "", {"shop": "USER"}, "link"))
    late = world.when(AcceptInvitation("link", "B", "x"), after=INVITATION_MS)
    assert refused(late) == "link_not_valid"
    only(world.when(ExpireDue()), InvitationsForgotten)
    assert list(world.view.scan(tables.INVITATIONS)) == []


def test_a_password_is_needed_of_who_is_new() -> None:
    world = Team()
    world.when(InviteUser("b@shop.test", "", {"shop": "USER"}, "link"))
    assert refused(world.when(AcceptInvitation("link", "B"))) == "invalid_payload"


def test_open_invitations_are_bounded() -> None:
    world = Team()
    for n in range(INVITATIONS_MAX):
        world.when(InviteUser(f"p{n}@shop.test", "", {"shop": "USER"}, f"link {n}"))
    more = world.when(InviteUser("more@shop.test", "", {"shop": "USER"}, "link"))
    assert refused(more) == "invalid_payload"


def test_the_last_administrator_stays_one() -> None:
    world = Team()
    for body in (
        AssignUser("shop", "USER", user_id=world.owner.id),
        UnassignUser("shop", world.owner.id),
    ):
        assert refused(world.when(body)) == "last_administrator"
    other = world.member("b@shop.test", "ADMIN")
    world.when(AssignUser("shop", "USER", user_id=world.owner.id))
    assert world.owner.memberships == {"shop": "USER"}
    assert refused(world.when(UnassignUser("shop", other.id))) == "last_administrator"


def test_the_same_role_again_changes_nothing() -> None:
    world = Team()
    assert not world.when(AssignUser("shop", "ADMIN", user_id=world.owner.id)).events


def test_a_membership_ends_and_another_project_keeps_its_own() -> None:
    world = Team()
    user = world.member("b@shop.test", "USER")
    world.when(AssignUser("other", "VIEWER", email="b@shop.test"))
    record = world.when(UnassignUser("shop", user.id))
    assert only(record, MembershipSet).role is None
    assert world.person("b@shop.test").memberships == {"other": "VIEWER"}


def test_a_user_gives_nothing_beyond_the_own_role() -> None:
    world = Team()
    role = _role(world, "team.manage", "vouchers.read")
    low = _role(world, "vouchers.read")
    lead = world.member("lead@shop.test", role.id)
    clerk = world.member("clerk@shop.test", low.id)
    for body in (
        InviteUser("c@shop.test", "", {"shop": "ADMIN"}, "l"),
        InviteUser("c@shop.test", "", {"other": low.id}, "l"),
        AssignUser("shop", "ADMIN", user_id=clerk.id),
        AssignUser("shop", "ADMIN", user_id=lead.id),
        AssignUser("shop", low.id, user_id=world.owner.id),
        UnassignUser("shop", world.owner.id),
        StartPasswordReset(world.owner.id, "shop", "l"),
        CreateRole("shop", "more", ("keys.manage",)),
        UpdateRole("shop", low.id, privileges=("keys.manage",)),
    ):
        assert refused(world.by(lead, body)) in ("forbidden", "invalid_payload"), body
    world.by(lead, AssignUser("shop", role.id, user_id=clerk.id))
    assert world.person("clerk@shop.test").memberships == {"shop": role.id}


def test_a_role_changes_at_once_and_stays_while_somebody_has_it() -> None:
    world = Team()
    role = _role(world, "vouchers.read")
    world.member("b@shop.test", role.id)
    changed = world.when(UpdateRole("shop", role.id, "Clerk", ("vouchers.write",)))
    assert only(changed, RoleStored).role.privileges == ("vouchers.write",)
    assert refused(world.when(DeleteRole("shop", role.id))) == "resource_in_use"
    world.when(UnassignUser("shop", world.person("b@shop.test").id))
    world.when(InviteUser("c@shop.test", "", {"shop": role.id}, "l"))
    assert refused(world.when(DeleteRole("shop", role.id))) == "resource_in_use"
    world.when(AcceptInvitation("l", "C", "x"))
    world.when(UnassignUser("shop", world.person("c@shop.test").id))
    assert world.when(DeleteRole("shop", role.id)).refusal is None
    assert world.view.get(tables.ROLES, "shop", role.id) is None


def test_names_of_roles_differ_and_there_are_no_more_than_so_many() -> None:
    world = Team()
    role = only(world.when(CreateRole("shop", "Clerk", ())), RoleStored).role
    assert refused(world.when(CreateRole("shop", "Clerk", ()))) == "duplicate_found"
    assert world.when(UpdateRole("shop", role.id, "Clerk")).refusal is None
    assert refused(world.when(UpdateRole("shop", role.id, "admin"))) == "duplicate_found"
    for n in range(ROLES_MAX - 1):
        world.when(CreateRole("shop", f"r{n}", ()))
    assert refused(world.when(CreateRole("shop", "more", ()))) == "invalid_payload"
