"""Projects, keys and origins; each may be said again without an effect."""

import msgspec
import pytest
from msgspec import structs

from engine.kernel import tables
from schemas.commands import CommandBody
from schemas.expiry import ExpireDue
from schemas.projects import (
    CONTROL_PROJECT,
    ApiKey,
    ChangeTrustedOrigins,
    CreateProject,
    DeleteProject,
    KeyAdded,
    KeyKind,
    KeyRevoked,
    OpenProject,
    ProjectCreated,
    ProjectDeleted,
    ProjectOpened,
    ProjectSettings,
    ProjectUpdated,
    ReplaceKey,
    TrustedOriginsChanged,
    UpdateProject,
)
from schemas.vouchers import DeleteVoucher
from tests.unit.engine.world import PROJECT, World, only, redeem, refused

RUBBISH = msgspec.Raw(b"[")


def key(key_id: str, kind: KeyKind = "server", token_hash: str = "hash") -> ApiKey:
    """A key of the project `shop`."""
    return ApiKey(key_id, "shop", kind, token_hash)


SHOP = CreateProject("shop", "Shop", 3, (key("s1"), key("c1", "client")), ("https://shop.test",))


def control() -> World:
    """The control project with one tenant."""
    world = World(CONTROL_PROJECT, opened=False)
    world.when(SHOP)
    return world


def test_a_project_is_created_with_its_keys_once() -> None:
    world = World(CONTROL_PROJECT, opened=False)
    record = world.when(SHOP)
    project = only(record, ProjectCreated).project
    assert (project.id, project.partition, project.created_at) == ("shop", 3, world.now)
    assert [event.key.id for event in record.events if isinstance(event, KeyAdded)] == ["s1", "c1"]
    again = world.when(SHOP)
    assert (again.events, again.refusal) == ((), None)


def test_a_project_cannot_be_created_with_the_key_of_another() -> None:
    other = CreateProject("other", "Other", 0, (ApiKey("s1", "other", "server", "x"),))
    record = control().when(other)
    assert (refused(record), record.events) == ("duplicate_found", ())


def named(**settings: object) -> UpdateProject:
    """A change of nothing but these settings."""
    return UpdateProject("shop", settings=msgspec.Raw(msgspec.json.encode(settings)))


def test_of_two_changes_that_know_nothing_of_each_other_none_is_lost() -> None:
    """Both commands are built from the project as it is before either is decided."""
    world = control()
    changes = (
        named(currency="PLN"),
        named(description="A shop", dial_code="+48"),
        named(client_redeem_enabled=False, dial_code=None),
        UpdateProject("shop", name="New"),
        UpdateProject("shop", trusted_origins=()),
    )
    for change in changes:
        only(world.when(change), ProjectUpdated)
    project = world.view.get(tables.PROJECTS, "shop")
    assert project is not None
    assert (project.name, project.trusted_origins) == ("New", ())
    assert project.terms == ProjectSettings(
        description="A shop",
        currency="PLN",
        client_redeem_enabled=False,
        # one that was never given settings has this one on
        client_publish_enabled=True,
    )


def test_what_is_no_setting_changes_nothing() -> None:
    world = control()
    for wrong in (named(partition=1), named(currency=5), UpdateProject("shop", settings=RUBBISH)):
        assert refused(world.when(wrong)) == "invalid_payload"
    assert refused(world.when(UpdateProject("none", name="x"))) == "not_found"


def test_a_project_is_deleted_once_and_changes_no_more() -> None:
    world = control()
    tenant = structs.replace(SHOP, project_id="tenant", keys=(), managed_by="shop")
    world.when(tenant)
    assert refused(world.when(DeleteProject("shop"))) == "resource_in_use"
    only(world.when(DeleteProject("tenant")), ProjectDeleted)
    for body in (DeleteProject("tenant"), UpdateProject("tenant", name="x")):
        assert refused(world.when(body)) == "not_found"


def test_a_project_is_opened_once() -> None:
    world = World(opened=False)
    assert only(world.when(OpenProject()), ProjectOpened).project_id == PROJECT
    again = world.when(OpenProject())
    assert (again.events, again.refusal) == ((), None)


def test_a_new_key_revokes_the_others_of_its_kind() -> None:
    world = control()
    record = world.when(ReplaceKey(key("s2")))
    assert only(record, KeyAdded).key.id == "s2"
    assert only(record, KeyRevoked).key_id == "s1"
    revoked = world.view.get(tables.KEYS, "s1")
    assert revoked is not None
    assert revoked.revoked_at == world.now
    assert world.when(ReplaceKey(key("s2"))).events == ()


def test_a_key_may_get_another_token_and_a_revoked_one_may_come_back() -> None:
    world = control()
    changed = world.when(ReplaceKey(key("s1", token_hash="other")))
    assert [type(event) for event in changed.events] == [KeyAdded]
    world.when(ReplaceKey(key("s2")))
    back = world.when(ReplaceKey(key("s1")))
    assert only(back, KeyRevoked).key_id == "s2"
    stored = world.view.get(tables.KEYS, "s1")
    assert stored == key("s1")


def test_a_key_of_another_kind_or_project_is_taken() -> None:
    world = control()
    assert refused(world.when(ReplaceKey(key("c1", "server")))) == "duplicate_found"
    assert refused(world.when(ReplaceKey(ApiKey("x", "none", "server", "h")))) == "not_found"


def test_trusted_origins_are_replaced() -> None:
    world = control()
    event = only(world.when(ChangeTrustedOrigins("shop", ("https://a",))), TrustedOriginsChanged)
    stored = world.view.get(tables.PROJECTS, "shop")
    assert stored is not None
    assert stored.trusted_origins == event.trusted_origins == ("https://a",)
    assert world.when(ChangeTrustedOrigins("shop", ("https://a",))).events == ()
    assert refused(world.when(ChangeTrustedOrigins("none", ()))) == "not_found"


@pytest.mark.parametrize("body", [redeem("A"), DeleteVoucher("A"), ExpireDue()])
def test_a_project_that_is_not_open_is_not_found(body: CommandBody) -> None:
    record = World(opened=False).when(body)
    assert record.refusal is not None
    assert (record.refusal.status, record.refusal.resource_type) == (404, "project")
    assert record.events == ()


def test_commands_stay_on_their_side() -> None:
    for body in (SHOP, ReplaceKey(key("s2")), ChangeTrustedOrigins("shop", ())):
        assert refused(World().when(body)) == "not_found"
    assert refused(control().when(redeem("A"))) == "not_found"
    assert refused(control().when(OpenProject())) == "not_found"
    assert control().when(ExpireDue()).refusal is None
