"""A project that wants a second factor of its members, and what those without one may do."""

from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.catalog.users.signing import (
    ME,
    PASSWORD,
    PROJECT,
    Person,
    code_now,
    person_with,
)
from tests.unit.services.world import MANAGEMENT, SERVER, World

SECURITY = f"{PROJECT}/security"


async def _require(world: World, *, required: bool) -> None:
    body = {"second_factor_required": required}
    assert (await world.call("PUT", SECURITY, body, MANAGEMENT)).status_code == 200


async def _set_up(world: World, person: Person) -> None:
    made = (await person.ask("POST", f"{ME}/two-factor", {"password": PASSWORD})).json()
    code = code_now(world, made["secret"])
    done = await person.ask("POST", f"{ME}/two-factor/confirm", {"code": code})
    assert done.status_code == 200, done.text


async def test_who_has_none_may_do_nothing_there_before_it_is_set_up(world: World) -> None:
    person = await person_with(world, "USER")
    assert (await person.ask("GET", PROJECT)).status_code == 200
    await _require(world, required=True)
    for method, path in (("GET", PROJECT), ("GET", "/v1/vouchers/x"), ("POST", "/v1/vouchers")):
        answer = await person.ask(method, path, {} if method == "POST" else None)
        assert refused(answer) == (403, "second_factor_setup_required")
    me = (await person.ask("GET", ME)).json()
    assert [each["second_factor_required"] for each in me["projects"]] == [True]
    await _set_up(world, person)
    assert (await person.ask("GET", PROJECT)).status_code == 200


async def test_it_is_for_members_and_not_for_keys_and_may_be_taken_back(world: World) -> None:
    person = await person_with(world, "USER")
    await _require(world, required=True)
    assert (await world.call("GET", "/v1/vouchers/x", None, SERVER)).status_code == 404
    await _require(world, required=True)
    await _require(world, required=False)
    assert (await person.ask("GET", PROJECT)).status_code == 200


async def test_administrators_see_how_many_lack_one_and_others_see_nothing(world: World) -> None:
    admin = await person_with(world, "ADMIN")
    user = await person_with(world, "USER")
    assert (await admin.ask("GET", SECURITY)).json() == {
        "object": "project_security",
        "second_factor_required": False,
        "members": 2,
        "members_without_second_factor": 2,
    }
    await _set_up(world, admin)
    done = await admin.ask("PUT", SECURITY, {"second_factor_required": True})
    assert done.json()["members_without_second_factor"] == 1
    for method in ("GET", "PUT"):
        body = {"second_factor_required": False} if method == "PUT" else None
        assert refused(await user.ask(method, SECURITY, body))[0] == 403
    gone = await world.call("GET", "/management/v1/projects/none/security", None, MANAGEMENT)
    assert refused(gone)[0] == 404


async def test_another_project_of_the_same_person_is_as_it_was(world: World) -> None:
    person = await person_with(world, "USER")
    other = "/management/v1/projects/proj2"
    body = {"login": "user@shop.test", "role": "VIEWER"}
    assert (await world.call("POST", f"{other}/users", body, MANAGEMENT)).status_code == 200
    await _require(world, required=True)
    elsewhere = Person(world, person.token, "proj2")
    assert (await elsewhere.ask("GET", other)).status_code == 200
    assert refused(await person.ask("GET", PROJECT))[1] == "second_factor_setup_required"
