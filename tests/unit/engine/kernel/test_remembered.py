"""What is remembered of texts: while there is room for their characters, and no longer."""

import pytest

from engine.kernel.remembered import ENTRY_CHARACTERS, remember_results


def test_texts_are_remembered_while_there_is_room_for_their_characters() -> None:
    made: list[tuple[str, int]] = []

    @remember_results(3 * (ENTRY_CHARACTERS + 10))
    def doubled(text: str, times: int = 2) -> str:
        """Repeats a text."""
        made.append((text, times))
        return text * times

    texts = ["a" * 10, "b" * 10, "c" * 10]
    for _ in range(3):
        assert [doubled(each) for each in texts] == [each * 2 for each in texts]
    assert made == [(each, 2) for each in texts]
    assert doubled("d" * 10, 3) == "d" * 30
    assert doubled("d" * 10, 3) == "d" * 30
    assert made[3:] == [("d" * 10, 3)]
    doubled(texts[0])
    assert made[4:] == [(texts[0], 2)]
    assert (doubled.__name__, doubled.__doc__) == ("doubled", "Repeats a text.")


def test_one_text_beyond_all_bounds_takes_no_more_than_itself() -> None:
    made: list[str] = []

    @remember_results(ENTRY_CHARACTERS)
    def same(text: str) -> str:
        made.append(text)
        return text

    for text in ("long", "long", "text", "long"):
        assert same(text) == text
    assert made == ["long", "text", "long"]


def test_what_raises_is_neither_remembered_nor_counted() -> None:
    made: list[str] = []

    @remember_results(2 * (ENTRY_CHARACTERS + 1))
    def read(text: str) -> int:
        made.append(text)
        return int(text)

    for text in ("1", "x", "x", "2", "1"):
        if text == "x":
            with pytest.raises(ValueError, match="invalid literal"):
                read(text)
        else:
            assert read(text) == int(text)
    assert made == ["1", "x", "x", "2"]
