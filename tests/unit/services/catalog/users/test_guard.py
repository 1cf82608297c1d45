"""What checks who somebody is: hashes, codes, and how guesses are slowed."""

import asyncio

import pytest

from runtime.base.passwords import hash_password, matches_hash
from runtime.http.errors import ApiError
from schemas.users import FAILED_MS
from services.catalog.users.codes import (
    STEP_MS,
    SecondFactors,
    code_at,
    new_recovery_codes,
    new_secret,
    plain_recovery_code,
)
from services.catalog.users.passwords import WAITING_MAX, Passwords
from services.catalog.users.throttle import (
    DELAY_MS,
    DELAY_MS_MAX,
    FREE,
    KNOWN_MAX,
    Throttle,
)

#: Source: RFC 6238, appendix B, the last six of eight digits.
VECTORS = {59: "287082", 1_111_111_109: "081804", 1_234_567_890: "005924", 20_000_000_000: "353130"}


def test_a_password_is_kept_as_a_hash_with_a_salt_of_its_own() -> None:
    first, second = hash_password("secret"), hash_password("secret")
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert matches_hash("secret", first)
    assert not matches_hash("Secret", first)


async def test_no_more_than_so_many_wait_to_be_hashed() -> None:
    passwords = Passwords()
    hashing = [asyncio.create_task(passwords.hash(f"p{n}")) for n in range(WAITING_MAX)]
    await asyncio.sleep(0)
    with pytest.raises(ApiError) as refused:
        await passwords.hash("one more")
    assert refused.value.refusal.status == 429
    for each in hashing:
        each.cancel()
    await asyncio.gather(*hashing, return_exceptions=True)


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(b"12345678901234567890", seconds * 1000 // STEP_MS) == code


def test_a_code_is_of_this_moment_or_of_the_step_beside_it() -> None:
    factors, secret, now = SecondFactors(b"k" * 32), new_secret(), 100 * STEP_MS
    box = factors.seal("user_1", secret)
    found = {
        step: factors.find_step("user_1", box, code_at(secret, step), now)
        for step in range(97, 104)
    }
    assert found == {97: None, 98: None, 99: 99, 100: 100, 101: 101, 102: None, 103: None}
    assert factors.find_step("user_1", box, "", now) is None
    # a secret that was encrypted for somebody else, or by another installation, has no code
    assert factors.find_step("user_2", box, code_at(secret, 100), now) is None
    other = SecondFactors(b"o" * 32)
    assert other.find_step("user_1", box, code_at(secret, 100), now) is None


def test_a_recovery_code_is_known_however_it_is_typed() -> None:
    for code in new_recovery_codes():
        typed = f" {code.upper().replace('-', ' ')} "
        assert plain_recovery_code(typed) == code.replace("-", "")


def _failed(throttle: Throttle, times: int, account: str = "a") -> None:
    for _ in range(times):
        throttle.note_failure(account, "ip", 0)


def _is_slowed(throttle: Throttle, now: int, account: str = "a") -> bool:
    try:
        throttle.check(account, "other", now)
    except ApiError:
        return True
    return False


@pytest.mark.parametrize(
    ("times", "wait"),
    [(FREE, DELAY_MS), (FREE + 1, 2 * DELAY_MS), (FREE + 40, DELAY_MS_MAX)],
)
def test_each_failure_doubles_the_wait_up_to_a_bound(times: int, wait: int) -> None:
    throttle = Throttle()
    _failed(throttle, times)
    assert _is_slowed(throttle, wait - 1)
    assert not _is_slowed(throttle, wait)


def test_after_an_hour_an_account_begins_anew() -> None:
    throttle = Throttle()
    _failed(throttle, 100)
    assert not _is_slowed(throttle, FAILED_MS)
    throttle.note_failure("a", "ip", FAILED_MS)
    assert not _is_slowed(throttle, FAILED_MS)


def test_what_was_no_guess_is_taken_back() -> None:
    throttle = Throttle()
    _failed(throttle, FREE)
    throttle.take_back("a", "ip")
    assert not _is_slowed(throttle, 0)
    throttle.take_back("never", "was")


def test_no_more_than_so_many_are_known() -> None:
    throttle = Throttle()
    for n in range(KNOWN_MAX + 10):
        throttle.note_failure(f"a{n}", "ip", 0)
    assert len(throttle._failures) == KNOWN_MAX
