"""Lists that users saved."""

import pytest

from engine.kernel import tables
from engine.users.body import me_body
from schemas.commands import CommandBody
from schemas.user_commands import (
    AssignUser,
    CreateSavedView,
    DeleteSavedView,
    UnassignUser,
    UpdateSavedView,
)
from schemas.user_events import SavedViewDeleted, SavedViewStored
from schemas.users import SAVED_VIEWS_MAX, SavedView
from tests.unit.engine.users.user_world import Team
from tests.unit.engine.world import only, refused

QUERY = "f=customer_email%3Ais%3Abea%40shop.test"


def save(world: Team, name: str = "Refused", section: str = "redemptions") -> SavedView:
    """A view of Ada's."""
    body = CreateSavedView(world.owner.id, "shop", section, name, QUERY)
    return only(world.when(body), SavedViewStored).saved_view


def saved(world: Team) -> list[str]:
    """The names of all views."""
    return [each.name for each in world.view.scan(tables.SAVED_VIEWS)]


def test_a_view_is_sealed_for_its_user() -> None:
    world = Team()
    stored = save(world)
    assert (stored.name, stored.query) == ("Refused", QUERY)
    assert stored.personal.owner == f"control/{world.owner.id}"
    assert "Refused" not in repr(stored)
    assert QUERY not in repr(stored)


def test_only_what_is_named_changes() -> None:
    world = Team()
    view_id = save(world).id
    world.when(UpdateSavedView(world.owner.id, view_id, name="No"))
    record = world.when(UpdateSavedView(world.owner.id, view_id, query="size=50"))
    stored = only(record, SavedViewStored).saved_view
    assert (stored.id, stored.name, stored.query) == (view_id, "No", "size=50")
    assert stored.updated_at is not None


def test_names_are_new_in_a_section() -> None:
    world = Team()
    save(world)
    other = save(world, "Other")
    save(world, section="vouchers")
    again = CreateSavedView(world.owner.id, "shop", "redemptions", "REFUSED", "")
    assert refused(world.when(again)) == "duplicate_found"
    change = UpdateSavedView(world.owner.id, other.id, name="refused")
    assert refused(world.when(change)) == "duplicate_found"
    # its own name is not that of another
    assert world.when(UpdateSavedView(world.owner.id, other.id, name="OTHER")).refusal is None


def test_a_user_keeps_only_so_many_in_a_project() -> None:
    world = Team()
    for n in range(SAVED_VIEWS_MAX):
        save(world, f"View {n}")
    more = CreateSavedView(world.owner.id, "shop", "vouchers", "More", "")
    assert refused(world.when(more)) == "invalid_payload"
    world.when(AssignUser("other", "VIEWER", world.owner.id))
    elsewhere = CreateSavedView(world.owner.id, "other", "vouchers", "More", "")
    assert world.when(elsewhere).refusal is None


def test_a_view_that_is_deleted_is_gone() -> None:
    world = Team()
    view_id = save(world).id
    record = world.when(DeleteSavedView(world.owner.id, view_id))
    assert only(record, SavedViewDeleted).saved_view_id == view_id
    assert saved(world) == []


def test_nobody_changes_or_deletes_the_views_of_others() -> None:
    world = Team()
    view_id = save(world).id
    bea = world.member("bea@shop.test", "ADMIN")
    assert refused(world.when(UpdateSavedView(bea.id, view_id, name="Mine"))) == "not_found"
    assert refused(world.when(DeleteSavedView(bea.id, view_id))) == "not_found"
    assert saved(world) == ["Refused"]


def test_who_leaves_a_project_leaves_the_views_there() -> None:
    world = Team()
    bea = world.member("bea@shop.test", "VIEWER")
    world.when(AssignUser("other", "VIEWER", bea.id))
    for project in ("shop", "other"):
        world.when(CreateSavedView(bea.id, project, "orders", project, ""))
    world.when(UnassignUser("shop", bea.id))
    assert saved(world) == ["other"]


def test_a_user_sees_the_views_with_the_project_that_they_are_of() -> None:
    world = Team()
    stored = save(world)
    [project] = me_body(world.view, world.owner, "", "1.2.3")["projects"]
    shown = {"id": stored.id, "section": "redemptions", "name": "Refused", "query": QUERY}
    assert project["views"] == [shown]


@pytest.mark.parametrize(
    "body",
    [
        CreateSavedView("user_x", "shop", "orders", "Mine", ""),
        UpdateSavedView("user_x", "view_x"),
        DeleteSavedView("user_x", "view_x"),
    ],
)
def test_user_and_view_have_to_be_known(body: CommandBody) -> None:
    assert refused(Team().when(body)) == "not_found"


def test_a_view_is_of_a_project_that_the_user_is_a_member_of() -> None:
    world = Team()
    body = CreateSavedView(world.owner.id, "other", "orders", "Mine", "")
    assert refused(world.when(body)) == "not_found"
