"""What administrators do to the account of a member, over the management API."""

from engine.users.store import find_user_by_email
from schemas.projects import CONTROL_PROJECT
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.catalog.users.signing import (
    ME,
    OWNER,
    PASSWORD,
    PROJECT,
    code_now,
    create_owner,
    invite_person,
    person_with,
    sign_in,
    try_to_sign_in,
)
from tests.unit.services.world import MANAGEMENT, World


async def test_who_lost_the_device_gets_in_by_the_password_alone(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    bea = await person_with(world, "USER")
    made = (await bea.ask("POST", f"{ME}/two-factor", {"password": PASSWORD})).json()
    await bea.ask("POST", f"{ME}/two-factor/confirm", {"code": code_now(world, made["secret"])})
    email = "user@shop.test"
    assert refused(await try_to_sign_in(world, email)) == (401, "second_factor_required")
    path = f"{PROJECT}/users/{_user_id(world, email)}/two-factor"
    viewer = await person_with(world, "VIEWER")
    assert refused(await viewer.ask("DELETE", path))[0] == 403
    assert (await ada.ask("DELETE", path)).status_code == 204
    assert refused(await bea.ask("GET", ME))[0] == 401
    bea = await sign_in(world, email)
    acts = (await bea.ask("GET", f"{ME}/activity")).json()["data"]
    assert [each["type"] for each in acts[:3]] == [
        "signed_in",
        "session_ended",
        "two_factor_removed",
    ]
    assert acts[2]["ip"] is None


async def test_the_own_one_wants_the_password(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    path = f"{PROJECT}/users/{_user_id(world, OWNER)}/two-factor"
    assert refused(await ada.ask("DELETE", path)) == (403, "forbidden")
    assert (await world.call("DELETE", path, None, MANAGEMENT)).status_code == 204


async def test_a_user_is_deleted_for_good_and_nothing_of_the_person_is_shown(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    bea = await invite_person(world, "USER")
    path = f"{PROJECT}/users/{_user_id(world, 'bea@shop.test')}"
    assert refused(await bea.ask("POST", f"{path}/permanent-deletion"))[0] == 403
    assert (await ada.ask("POST", f"{path}/permanent-deletion")).status_code == 204
    assert refused(await bea.ask("GET", ME))[0] == 401
    assert refused(await try_to_sign_in(world, "bea@shop.test"))[0] == 401
    assert refused(await ada.ask("GET", path))[0] == 404
    assert refused(await ada.ask("POST", f"{path}/permanent-deletion"))[0] == 404
    own = f"{PROJECT}/users/{_user_id(world, OWNER)}/permanent-deletion"
    assert refused(await ada.ask("POST", own)) == (403, "forbidden")


async def test_who_is_left_in_no_project_is_deleted_by_a_key_that_manages_all(world: World) -> None:
    await create_owner(world)
    await invite_person(world, "USER")
    path = f"{PROJECT}/users/{_user_id(world, 'bea@shop.test')}"
    assert (await world.call("DELETE", path, None, MANAGEMENT)).status_code == 204
    done = await world.call("POST", f"{path}/permanent-deletion", None, MANAGEMENT)
    assert done.status_code == 204
    assert find_user_by_email(world.ledger.view(CONTROL_PROJECT), "bea@shop.test") is None


def _user_id(world: World, email: str) -> str:
    user = find_user_by_email(world.ledger.view(CONTROL_PROJECT), email)
    assert user is not None
    return user.id
