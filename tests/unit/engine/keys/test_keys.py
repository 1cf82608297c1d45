"""API keys of a project: made, renamed, rotated, ended; all in the control project."""

from typing import Any

import pytest

from engine.kernel import tables
from engine.keys.decide import keys_of
from schemas.commands import CommandBody
from schemas.keys import (
    KEYS_MAX,
    WORKING_KEYS_MAX,
    CreateKey,
    EndKey,
    KeyCreated,
    KeyEnded,
    KeyForgotten,
    KeyRenamed,
    KeyRotated,
    NewKey,
    RenameKey,
    RotateKey,
)
from schemas.projects import (
    CONTROL_PROJECT,
    ApiKey,
    CreateProject,
    DeleteProject,
    KeyAdded,
    KeyRevoked,
    ReplaceKey,
)
from tests.unit.engine.world import HOUR, NOON, World, only, refused

FIRST = ApiKey("man", "shop", "management", "hash")


@pytest.fixture
def control() -> World:
    """The control project, with a project that came with one key."""
    world = World(CONTROL_PROJECT, opened=False)
    world.when(CreateProject("shop", "Shop", 0, (FIRST,)))
    return world


def create(key_id: str = "till", **more: Any) -> CreateKey:
    return CreateKey(
        "shop", "server", more.get("name", "Till"), NewKey(key_id, f"hash of {key_id}")
    )


def made(world: World, key_id: str = "till") -> ApiKey:
    return only(world.when(create(key_id)), KeyCreated).key


def rotate(key_id: str, new: str, hours: int = 0) -> RotateKey:
    return RotateKey("shop", key_id, NewKey(new, f"hash of {new}"), hours)


def test_a_key_works_from_when_it_was_made_until_it_is_ended(control: World) -> None:
    key = made(control)
    assert key == ApiKey(
        "till", "shop", "server", "hash of till", name="Till", created_at=NOON, issued=True
    )
    assert control.view.get(tables.KEYS, "till") == key
    assert key.works(NOON)
    ended = only(control.when(EndKey("shop", "till", "man")), KeyEnded).key
    assert (ended.revoked_at, ended.works(NOON), ended.ended) == (NOON, False, True)
    assert control.view.get(tables.KEYS, "till") == ended


def test_a_key_that_has_ended_is_taken_from_the_list_by_ending_it_again(control: World) -> None:
    made(control)
    control.when(EndKey("shop", "till", "man"))
    only(control.when(EndKey("shop", "till", "man")), KeyForgotten)
    assert control.view.get(tables.KEYS, "till") is None
    assert refused(control.when(EndKey("shop", "till", "man"))) == "not_found"


def test_what_came_with_the_project_and_has_ended_stays_in_the_list(control: World) -> None:
    made(control)
    only(control.when(EndKey("shop", "man", "till")), KeyEnded)
    assert control.when(EndKey("shop", "man", "till")).events == ()
    assert control.view.get(tables.KEYS, "man") is not None


def test_a_key_cannot_end_itself(control: World) -> None:
    assert refused(control.when(EndKey("shop", "man", "man"))) == "invalid_payload"


def test_a_key_is_called_something_else_also_when_it_has_ended(control: World) -> None:
    made(control)
    control.when(EndKey("shop", "till", "man"))
    renamed = only(control.when(RenameKey("shop", "till", "Old till")), KeyRenamed).key
    assert (renamed.name, renamed.revoked_at) == ("Old till", NOON)
    # one that came with the project has its date from then on
    first = only(control.when(RenameKey("shop", "man", "First")), KeyRenamed).key
    assert (first.name, first.created_at, first.issued) == ("First", NOON, False)


def test_a_key_that_another_takes_the_place_of_works_on_for_so_long(control: World) -> None:
    made(control)
    event = only(control.when(rotate("till", "new", 2)), KeyRotated)
    assert (event.key.kind, event.key.name, event.key.id) == ("server", "Till", "new")
    old = event.replaced
    assert (old.expires_at, old.replaced_by) == (NOON + 2 * HOUR, "new")
    assert old.works(NOON + 2 * HOUR - 1)
    assert not old.works(NOON + 2 * HOUR)
    assert [each.id for each in keys_of(control.view, "shop")] == ["man", "new", "till"]
    # nobody can take its place a second time
    assert refused(control.when(rotate("till", "newer"))) == "invalid_payload"
    control.now = NOON + 3 * HOUR
    assert refused(control.when(rotate("till", "newer"))) == "invalid_payload"
    only(control.when(EndKey("shop", "till", "man")), KeyForgotten)


def test_without_an_overlap_the_key_before_ends_at_once(control: World) -> None:
    event = only(control.when(rotate("man", "man2")), KeyRotated)
    assert (event.replaced.revoked_at, event.replaced.expires_at) == (NOON, None)
    assert event.key.kind == "management"


@pytest.mark.parametrize(
    "body",
    [
        CreateKey("none", "server", "Till", NewKey("x", "hash")),
        RenameKey("shop", "none", "Till"),
        RenameKey("other", "man", "Till"),
        EndKey("other", "man", "x"),
        RotateKey("other", "man", NewKey("x", "hash")),
    ],
)
def test_what_is_not_of_the_project_is_not_found(control: World, body: CommandBody) -> None:
    assert refused(control.when(body)) == "not_found"


def test_a_deleted_project_has_no_keys_any_more(control: World) -> None:
    other = ApiKey("man2", "shop2", "management", "hash")
    control.when(CreateProject("shop2", "Shop", 0, (other,), managed_by="shop"))
    control.when(DeleteProject("shop2"))
    body = CreateKey("shop2", "server", "Till", NewKey("x", "hash"))
    assert refused(control.when(body)) == "not_found"
    assert refused(control.when(RenameKey("shop2", "man2", "Till"))) == "not_found"


def test_an_id_is_that_of_one_key(control: World) -> None:
    made(control)
    assert refused(control.when(create())) == "duplicate_found"
    assert refused(control.when(rotate("man", "till"))) == "duplicate_found"


def test_so_many_keys_work_and_so_many_are_kept(control: World) -> None:
    for number in range(WORKING_KEYS_MAX - 1):
        made(control, f"k{number}")
    assert refused(control.when(create())) == "invalid_payload"
    assert refused(control.when(rotate("k0", "x"))) == "invalid_payload"
    for number in range(KEYS_MAX - WORKING_KEYS_MAX):
        control.when(EndKey("shop", f"k{number}", "man"))
        made(control, f"k{number + WORKING_KEYS_MAX - 1}")
    control.when(EndKey("shop", f"k{KEYS_MAX - WORKING_KEYS_MAX}", "man"))
    assert refused(control.when(create())) == "invalid_payload"
    control.when(EndKey("shop", "k0", "man"))
    made(control)


def test_what_is_preset_replaces_what_was_preset_and_no_other_key(control: World) -> None:
    control.when(CreateKey("shop", "management", "Team", NewKey("team", "hash")))
    record = control.when(ReplaceKey(ApiKey("man2", "shop", "management", "hash")))
    added, revoked = record.events
    assert isinstance(added, KeyAdded)
    assert isinstance(revoked, KeyRevoked)
    assert (added.key.id, revoked.key_id) == ("man2", "man")
