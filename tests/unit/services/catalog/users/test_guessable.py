"""What is guessed first, and what is not."""

import pytest

from services.catalog.users.guessable import is_guessable


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd!2026",
        "Administrator1",
        "qwertyuiop12",
        "1234567890123",
        "abcabcabcabc",
        "aaaaaaaaaaaa",
        "1qaz2wsx3edc",
        "passwordpassword",
        "adminpassword1",
        "Summer-2026-shop",
        "123456789012!",
        "            ",
        "!!!!!!!!!!!!",
    ],
)
def test_what_is_guessed_first_is_known(password: str) -> None:
    assert is_guessable(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "a long password of Bea",
        "another long password",
        "a password after that",
        "7h3 quick brown f0x",
        "zr8Kq-2mWp-x9Tn",
        "Mein Hund heißt Bello",
    ],
)
def test_what_takes_more_guesses_may_be_taken(password: str) -> None:
    assert not is_guessable(password)
