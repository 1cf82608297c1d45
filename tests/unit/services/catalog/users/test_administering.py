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


def _user_id(world: World, email: str) -> str:
    user = find_user_by_email(world.ledger.view(CONTROL_PROJECT), email)
    assert user is not None
    return user.id
