"""What was made of texts, remembered up to so many characters of them.

Texts of rules are a hundred or a hundred thousand characters long, so a number of them bounds no
memory. Most of what is made takes 1 to 50 bytes for each character (rules that choose lines take
the most); all bounds together keep it below 100 MB, whatever the texts are.
"""

from collections.abc import Callable
from functools import cache
from typing import Concatenate, Final, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")

#: What an entry counts beside its text.
ENTRY_CHARACTERS: Final = 100


def remember_results(
    characters: int,
) -> Callable[[Callable[Concatenate[str, P], R]], Callable[Concatenate[str, P], R]]:
    """Remembers what a pure function makes of texts; once they are too many, it begins anew.

    A function that raises is not remembered. Looking up costs what it does with `lru_cache`.
    """

    def remembering(
        make: Callable[Concatenate[str, P], R],
    ) -> Callable[Concatenate[str, P], R]:
        left = characters

        # the number is no bound: what is left of the characters is
        @cache
        def made(text: str, *args: P.args, **kwargs: P.kwargs) -> R:
            nonlocal left
            found = make(text, *args, **kwargs)
            left -= ENTRY_CHARACTERS + len(text)
            if left < 0:
                made.cache_clear()
                left = characters - ENTRY_CHARACTERS - len(text)
            return found

        made.__name__, made.__doc__ = make.__name__, make.__doc__
        return cast("Callable[Concatenate[str, P], R]", made)

    return remembering
