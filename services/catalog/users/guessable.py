"""Passwords that are guessed first, whatever their length: words everybody takes, rows of keys, repeats."""

import re
from typing import Final

#: Words that passwords are made of most, by themselves or with numbers and signs around them.
_WORDS: Final = frozenset(
    [
        "password",
        "passwort",
        "motdepasse",
        "contrasena",
        "haslo",
        "wachtwoord",
        "lozinka",
        "parola",
        "senha",
        "administrator",
        "admin",
        "root",
        "superuser",
        "superadmin",
        "manager",
        "test",
        "tester",
        "testing",
        "guest",
        "user",
        "demo",
        "welcome",
        "willkommen",
        "bienvenue",
        "hello",
        "letmein",
        "letmeinnow",
        "iloveyou",
        "ichliebedich",
        "jetaime",
        "secret",
        "geheim",
        "changeme",
        "changemenow",
        "changeit",
        "default",
        "dragon",
        "monkey",
        "football",
        "baseball",
        "basketball",
        "superman",
        "batman",
        "princess",
        "sunshine",
        "starwars",
        "trustno",
        "whatever",
        "master",
        "login",
        "access",
        "freedom",
        "shadow",
        "michael",
        "jennifer",
        "charlie",
        "computer",
        "internet",
        "samsung",
        "google",
        "facebook",
        "linkedin",
        "liverpool",
        "arsenal",
        "chelsea",
        "barcelona",
        "spring",
        "summer",
        "autumn",
        "winter",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "tessera",
        "voucher",
        "vouchers",
        "shop",
        "shopping",
        "company",
    ]
)
#: Signs that stand for letters.
_LETTERS: Final = str.maketrans("013457@$!", "oleastasi")
#: What fingers or counting go along.
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz" * 2,
    "1234567890" * 4,
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "1q2w3e4r5t6y7u8i9o0p",
)
_EDGES: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_BETWEEN: Final = re.compile(r"[\W\d_]+")
_SIGNS: Final = re.compile(r"[\W_]+")
_ROW_MIN: Final = 4


def is_guessable(password: str) -> bool:
    """Whether a list of the most usual passwords, or what makes more of it, has it."""
    plain = _SIGNS.sub("", password.casefold())
    stem = _EDGES.sub("", password.casefold())
    spelled = _SIGNS.sub("", stem.translate(_LETTERS))
    words = _BETWEEN.split(stem)
    return (
        spelled in _WORDS
        or all(each in _WORDS for each in words)
        or _is_of_words(spelled)
        or _is_of_row(plain)
        or _is_of_row(stem)
        or _repeats(plain or password)
    )


def _is_of_words(text: str) -> bool:
    """Whether it is two of the words, one after the other."""
    return any(text[:at] in _WORDS and text[at:] in _WORDS for at in range(1, len(text)))


def _is_of_row(text: str) -> bool:
    if len(text) < _ROW_MIN:
        return False
    return any(text in row or text in row[::-1] for row in _ROWS)


def _repeats(text: str) -> bool:
    """Whether it is the same signs again and again."""
    return len(text) > 1 and text in (text + text)[1:-1]
