"""Blocks of the engine's own format, byte by byte."""

from typing import Any

import pytest

from runtime.clickhouse.native_block import Alike, encode_block

ROWS: list[list[Any]] = [
    ["a", -2, ["x", "yz"], {"k": ["v"]}],
    ["é", 3, [], {}],
]
COLUMNS = (
    ("name", "LowCardinality(String)"),
    ("number", "Int32"),
    ("list", "Array(LowCardinality(String))"),
    ("map", "Map(LowCardinality(String), Array(String))"),
)


def ends(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(8, "little") for number in numbers)


def test_a_block_is_its_columns_one_after_the_other() -> None:
    assert encode_block(COLUMNS, ROWS) == b"".join(
        (
            b"\x04\x02",
            b"\x04name\x06String\x01a\x02\xc3\xa9",
            b"\x06number\x05Int32\xfe\xff\xff\xff\x03\x00\x00\x00",
            b"\x04list\x0dArray(String)" + ends(2, 2) + b"\x01x\x02yz",
            b"\x03map\x1aMap(String, Array(String))" + ends(1, 1) + b"\x01k" + ends(1) + b"\x01v",
        )
    )


@pytest.mark.parametrize(
    "names", [("é", "é", "é"), ("a", "é", "a"), ("a", "b", "c"), ("", "", "x" * 2000)]
)
def test_values_that_recur_are_written_like_others(names: tuple[str, ...]) -> None:
    for row in ROWS:
        rows = [[name, *row[1:]] for name in names]
        apart = [encode_block(COLUMNS[:2], [each[:2]]) for each in rows]
        block = encode_block(COLUMNS[:2], [each[:2] for each in rows])
        head, number = b"\x02\x03\x04name\x06String", b"\x06number\x05Int32"
        split = [each[len(head) :].split(number) for each in apart]
        assert block == head + b"".join(each[0] for each in split) + number + b"".join(
            each[1] for each in split
        )


def test_rows_that_are_alike_are_written_like_rows() -> None:
    shared = ["?", 7, ["x"], {"k": ["v"]}]
    alike = Alike(300, shared, {0: [f"n{n}" for n in range(300)], 1: range(300)})
    assert alike.rows()[299] == ["n299", 299, ["x"], {"k": ["v"]}]
    assert encode_block(COLUMNS, [*ROWS, alike]) == encode_block(COLUMNS, [*ROWS, *alike.rows()])
    assert encode_block(COLUMNS, [alike]) == encode_block(COLUMNS, alike.rows())


@pytest.mark.parametrize("size", [0, 1, 127, 128, 1023, 1024, 300_000])
def test_a_text_begins_with_its_length(size: int) -> None:
    block = encode_block((("t", "String"),), [["x" * size]])
    length = block.removeprefix(b"\x01\x01\x01t\x06String").rstrip(b"x")
    assert sum((byte & 0x7F) << 7 * at for at, byte in enumerate(length)) == size
    assert [byte >> 7 for byte in length] == [1] * (len(length) - 1) + [0]


@pytest.mark.parametrize(
    ("kind", "value"),
    [("String", None), ("Int64", None), ("UInt8", 256), ("UInt8", -1), ("Int64", 0.5)],
)
def test_a_value_that_does_not_fit_its_column_is_a_fault(kind: str, value: Any) -> None:
    with pytest.raises((TypeError, OverflowError, AttributeError)):
        encode_block((("c", kind),), [[value]])


def test_a_type_that_no_table_declares_is_a_fault() -> None:
    with pytest.raises(KeyError):
        encode_block((("c", "Float64"),), [[0.5]])
