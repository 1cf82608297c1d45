"""Guesses at accounts that nobody has: slowed in every process, and no way to fill the ledger."""

import asyncio

from schemas.user_commands import NOTED_MAX, NoteGuesses
from services.catalog.users.throttle import DELAY_MS, FREE, FREE_OF_ADDRESS, TELL_MS
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.catalog.users.signing import OWNER, SESSIONS, create_owner
from tests.unit.services.world import World

NOBODY = "nobody@shop.test"


async def guess(world: World, email: str, ip: str = "10.0.0.1") -> int:
    """The status of a guess at an account."""
    body = {"email": email, "password": "wrong"}
    answer = await world.call("POST", SESSIONS, body, {"X-Forwarded-For": ip})
    await asyncio.sleep(0)
    return refused(answer)[0]


def start_anew(world: World) -> None:
    """Leaves the process nothing but what the ledger has, as another process."""
    world._fronts.guard.throttle._failures.clear()


def noted(world: World) -> list[NoteGuesses]:
    """What the ledger was told of guesses at nobody."""
    bodies = (each.body for each in world.ledger.commands)
    return [each for each in bodies if isinstance(each, NoteGuesses)]


async def test_a_restart_tells_no_account_that_is_from_one_that_is_not(world: World) -> None:
    await create_owner(world)
    for email in (OWNER, NOBODY):
        tried = [await guess(world, email, f"10.0.{len(email)}.{n}") for n in range(FREE)]
        assert tried == [401] * FREE
        start_anew(world)
        assert await guess(world, email, "10.0.0.9") == 429
    world.ledger.now += DELAY_MS
    assert [await guess(world, each, "10.0.0.9") for each in (OWNER, NOBODY)] == [401, 401]


async def test_an_address_that_guessed_at_many_is_slowed_elsewhere_at_any(world: World) -> None:
    await create_owner(world)
    for n in range(FREE_OF_ADDRESS):
        assert await guess(world, f"a{n}@shop.test") == 401
    start_anew(world)
    assert await guess(world, OWNER) == 429
    assert await guess(world, OWNER, "10.0.0.2") == 401


async def test_the_ledger_is_told_of_them_rarely_and_many_at_once(world: World) -> None:
    await create_owner(world)
    for n in range(FREE - 1):
        await guess(world, NOBODY, f"10.0.0.{n}")
    assert not noted(world)
    # each of so many accounts is slowed, from as many addresses
    for account in range(NOTED_MAX):
        for n in range(FREE):
            await guess(world, f"a{account}@shop.test", f"10.{account}.1.{n}")
    assert len(noted(world)) == 1
    world.ledger.now += TELL_MS
    await guess(world, "a0@shop.test", "10.0.0.99")
    assert len(noted(world)) == 2
    assert len(noted(world)[1].guessed) == NOTED_MAX
    told = str(noted(world))
    assert "shop.test" not in told
    assert "10.0." not in told
