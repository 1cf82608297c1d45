"""Signing in: what lets in, what does not, and what slows it."""

import asyncio

import pytest

from engine.users.store import find_user_by_email
from runtime.base.faults import NotSent
from schemas.projects import CONTROL_PROJECT
from schemas.user_commands import EndUserSessions, NoteFailedSignIn, UpdateUser
from schemas.users import HOUR_MS, SESSION_IDLE_MS, SESSION_MS
from services.catalog.users.throttle import DELAY_MS, FREE, FREE_OF_ADDRESS
from services.catalog.users.uses import TellingUses
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.catalog.users.signing import (
    ME,
    NOBODY,
    OWNER,
    PASSWORD,
    SESSIONS,
    Person,
    code_now,
    create_owner,
    person_with,
    sign_in,
    try_to_sign_in,
)
from tests.unit.services.world import SERVER, World


async def test_who_knows_the_password_gets_a_token_that_nobody_keeps(world: World) -> None:
    await create_owner(world)
    answer = await try_to_sign_in(world, "  ADA@shop.test ")
    body = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert len(body["token"]) == 43
    assert body["user"]["email"] == OWNER
    assert [each["role"] for each in body["user"]["projects"]] == ["ADMIN"]
    assert body["token"] not in repr(world.ledger.records) + repr(world.ledger.commands)
    assert PASSWORD not in repr(world.ledger.records) + repr(world.ledger.commands)


async def test_a_wrong_password_and_an_unknown_address_are_answered_alike(world: World) -> None:
    await create_owner(world)
    for email in (OWNER, "nobody@shop.test", "no address", "@"):
        answer = await try_to_sign_in(world, email, "wrong")
        assert refused(answer) == (401, "invalid_credentials")
        assert "details" not in answer.json()


async def test_a_failure_is_recorded_for_a_user_and_for_nobody_else(world: World) -> None:
    await create_owner(world)
    sent = len(world.ledger.commands)
    await try_to_sign_in(world, OWNER, "wrong")
    await try_to_sign_in(world, "nobody@shop.test", "wrong")
    await asyncio.sleep(0)
    assert [type(each.body) for each in world.ledger.commands[sent:]] == [NoteFailedSignIn]
    ada = await sign_in(world)
    acts = (await ada.ask("GET", f"{ME}/activity")).json()["data"]
    assert [each["type"] for each in acts[:2]] == ["signed_in", "sign_in_failed"]
    assert acts[0]["ip"] == "127.0.0.1"


async def test_a_failure_that_cannot_be_recorded_is_answered_all_the_same(world: World) -> None:
    await create_owner(world)
    world.ledger.fault = NotSent("no")
    assert refused(await try_to_sign_in(world, OWNER, "wrong"))[0] == 401
    await asyncio.sleep(0)


async def test_guesses_at_an_account_are_slowed_from_anywhere(world: World) -> None:
    await create_owner(world)
    for n in range(FREE):
        headers = {"X-Forwarded-For": f"10.0.0.{n}"}
        body = {"email": OWNER, "password": "wrong"}
        assert refused(await world.call("POST", SESSIONS, body, headers))[0] == 401
    recorded = len(world.ledger.commands)
    slowed = await try_to_sign_in(world)
    assert refused(slowed) == (429, "too_many_requests")
    assert slowed.headers["retry-after"] == str(DELAY_MS // 1000)
    assert len(world.ledger.commands) == recorded
    world.ledger.now += DELAY_MS
    assert refused(await try_to_sign_in(world, OWNER, "wrong"))[0] == 401
    world.ledger.now += DELAY_MS
    assert refused(await try_to_sign_in(world))[0] == 429
    world.ledger.now += DELAY_MS
    assert (await try_to_sign_in(world)).status_code == 200
    # and the account begins anew
    assert refused(await try_to_sign_in(world, OWNER, "wrong"))[0] == 401
    assert (await try_to_sign_in(world)).status_code == 200


async def test_guesses_from_an_address_are_slowed_at_any_account(world: World) -> None:
    for n in range(FREE_OF_ADDRESS):
        assert refused(await try_to_sign_in(world, f"p{n}@shop.test", "wrong"))[0] == 401
    assert refused(await try_to_sign_in(world, "other@shop.test", "wrong"))[0] == 429


async def test_guesses_at_once_count_before_they_are_known_to_be_wrong(world: World) -> None:
    await create_owner(world)
    guesses = (try_to_sign_in(world, OWNER, "wrong") for _ in range(2 * FREE))
    answers = await asyncio.gather(*guesses)
    statuses = sorted(each.status_code for each in answers)
    assert statuses == [401] * FREE + [429] * FREE


async def test_a_second_factor_asks_for_a_code_that_is_used_once(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    made = (await ada.ask("POST", f"{ME}/two-factor", {"password": PASSWORD})).json()
    assert made["secret"] in made["otpauth_url"]
    assert made["secret"] not in repr(world.ledger.records)
    wrong = await ada.ask("POST", f"{ME}/two-factor/confirm", {"code": "abc"})
    assert refused(wrong) == (400, "invalid_payload")
    code = code_now(world, made["secret"])
    confirmed = await ada.ask("POST", f"{ME}/two-factor/confirm", {"code": code})
    recovery = confirmed.json()["recovery_codes"]
    assert len(set(recovery)) == 10
    assert recovery[0] not in repr(world.ledger.records) + repr(world.ledger.commands)
    assert (await ada.ask("GET", ME)).json()["two_factor_enabled"] is True

    assert refused(await try_to_sign_in(world)) == (401, "second_factor_required")
    # the one that confirmed it was used by that
    assert refused(await try_to_sign_in(world, code=code)) == (401, "invalid_code")
    world.ledger.now += 30_000
    code = code_now(world, made["secret"])
    await sign_in(world, code=f"{code[:3]} {code[3:]}")
    assert refused(await try_to_sign_in(world, code=code)) == (401, "invalid_code")
    await sign_in(world, code=recovery[0].upper())
    assert refused(await try_to_sign_in(world, code=recovery[0])) == (401, "invalid_code")

    bad = await ada.ask("DELETE", f"{ME}/two-factor", {"password": "wrong"})
    assert refused(bad) == (400, "wrong_password")
    assert (await ada.ask("DELETE", f"{ME}/two-factor", {"password": PASSWORD})).status_code == 204
    await sign_in(world)


async def test_guesses_at_codes_are_slowed_and_a_missing_one_is_no_guess(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    made = (await ada.ask("POST", f"{ME}/two-factor", {"password": PASSWORD})).json()
    code = code_now(world, made["secret"])
    await ada.ask("POST", f"{ME}/two-factor/confirm", {"code": code})
    for _ in range(FREE + 1):
        assert refused(await try_to_sign_in(world))[1] == "second_factor_required"
    for _ in range(FREE):
        assert refused(await try_to_sign_in(world, code="000000"))[1] == "invalid_code"
    assert refused(await try_to_sign_in(world, code="000000"))[0] == 429


async def test_a_session_ends_unused_and_after_seven_days(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    world.ledger.now += SESSION_IDLE_MS - 1
    assert (await ada.ask("GET", ME)).status_code == 200
    world.ledger.now += SESSION_IDLE_MS - 1
    assert (await ada.ask("GET", "/v1/vouchers/none")).status_code == 404
    world.ledger.now += SESSION_IDLE_MS
    assert refused(await ada.ask("GET", ME)) == (401, "unauthorized")
    ada = await sign_in(world)
    for _ in range(SESSION_MS // HOUR_MS - 1):
        world.ledger.now += HOUR_MS
        assert (await ada.ask("GET", ME)).status_code == 200
    world.ledger.now += HOUR_MS
    assert refused(await ada.ask("GET", ME)) == (401, "unauthorized")


async def test_the_ledger_is_told_of_uses_by_the_hour(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    uses = world._fronts.uses
    telling = TellingUses(uses, world.ledger, lambda: world.ledger.now)
    sent = len(world.ledger.commands)
    await ada.ask("GET", ME)
    await telling.tell()
    assert len(world.ledger.commands) == sent
    world.ledger.now += HOUR_MS
    await ada.ask("GET", ME)
    world.ledger.fault = NotSent("no")
    await telling.tell()
    world.ledger.fault = None
    await telling.tell()
    await telling.tell()
    assert len(world.ledger.commands) == sent + 1
    [session] = (await ada.ask("GET", f"{ME}/sessions")).json()["data"]
    assert session["last_used_at"] > session["started_at"]
    world.ledger.now += SESSION_IDLE_MS
    assert uses.untold(world.ledger.now) == []


async def test_who_signs_out_is_out(world: World) -> None:
    await create_owner(world)
    ada, elsewhere = await sign_in(world), await sign_in(world)
    assert (await ada.ask("DELETE", f"{SESSIONS}/current")).status_code == 204
    assert refused(await ada.ask("GET", ME)) == (401, "unauthorized")
    assert (await elsewhere.ask("GET", ME)).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "x" * 300])
async def test_no_other_token_lets_in(world: World, token: str) -> None:
    await create_owner(world)
    person = Person(world, token)
    for path in (ME, "/v1/vouchers", "/management/v1/projects"):
        assert refused(await person.ask("GET", path))[0] == 401
    assert refused(await world.call("GET", ME, None, NOBODY))[0] == 401
    assert refused(await world.call("GET", ME, None, SERVER))[0] == 401


async def test_a_session_that_was_ended_and_a_user_who_left_are_out_at_once(world: World) -> None:
    viewer = await person_with(world, "VIEWER")
    assert (await viewer.ask("GET", "/management/v1/projects/proj")).status_code == 200
    found = find_user_by_email(world.ledger.view(CONTROL_PROJECT), "viewer@shop.test")
    assert found is not None
    await world.ledger.send(CONTROL_PROJECT, UpdateUser(found.id, "V"), key_kind="user")
    await world.ledger.send(CONTROL_PROJECT, EndUserSessions(found.id), key_kind="user")
    assert refused(await viewer.ask("GET", "/v1/vouchers/x"))[0] == 401


async def test_while_what_is_known_is_too_old_nobody_is_let_in(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    world.lag_ms = 1001
    assert refused(await ada.ask("GET", ME))[0] == 503
    assert refused(await ada.ask("GET", "/v1/vouchers"))[0] == 503


async def test_a_restart_forgets_no_guess_and_other_processes_know_them(world: World) -> None:
    await create_owner(world)
    for n in range(FREE):
        headers = {"X-Forwarded-For": f"10.0.0.{n}"}
        body = {"email": OWNER, "password": "wrong"}
        await world.call("POST", SESSIONS, body, headers)
    await asyncio.sleep(0)
    # what another process knows, and this one after it started anew: the ledger, and nothing else
    _start_anew(world)
    assert refused(await try_to_sign_in(world)) == (429, "too_many_requests")
    world.ledger.now += DELAY_MS
    assert refused(await try_to_sign_in(world, OWNER, "wrong"))[0] == 401
    await asyncio.sleep(0)
    _start_anew(world)
    world.ledger.now += DELAY_MS
    assert refused(await try_to_sign_in(world))[0] == 429
    world.ledger.now += DELAY_MS
    ada = await sign_in(world)
    _start_anew(world)
    await sign_in(world)
    acts = (await ada.ask("GET", f"{ME}/activity")).json()["data"]
    assert sum(each["type"] == "sign_in_failed" for each in acts) == FREE + 1


def _start_anew(world: World) -> None:
    """Leaves the process nothing but what the ledger has."""
    world._fronts.guard.throttle._failures.clear()
