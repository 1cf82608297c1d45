"""Cells as they stand in a file: what a spreadsheet would run is a text, numbers are numbers."""

import csv
import io
from typing import Any

import msgspec
import pytest

from fronts.cells import cell_of, write_rows

CELLS: list[tuple[Any, str]] = [
    (None, ""),
    ("", ""),
    ("plain", "plain"),
    (True, "true"),
    (False, "false"),
    (0, "0"),
    (-700, "-700"),
    (10.5, "10.5"),
    (1e21, "1e+21"),
    (-0.000001, "-0.000001"),
    ([1, "b"], '[1,"b"]'),
    ({"a": {"b": 1}}, '{"a":{"b":1}}'),
    # texts that are numbers, and texts that are none
    ("-12", "-12"),
    ("-12.50", "-12.50"),
    ("+4812", "'+4812"),
    ("-", "'-"),
    ("--1", "'--1"),
    ("-1e5", "'-1e5"),
    ("=1+1", "'=1+1"),
    ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
    ("+1-1", "'+1-1"),
    ("-2+3", "'-2+3"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1", "'\t=1"),
    ("\r=1", "'\r=1"),
    ("\n=1", "'\n=1"),
    ("\uff1d1", "'\uff1d1"),
    ("a=1", "a=1"),
]


@pytest.mark.parametrize(("value", "cell"), CELLS, ids=[repr(each[0]) for each in CELLS])
def test_a_cell(value: Any, cell: str) -> None:
    assert cell_of(value) == cell


def test_a_file_is_read_as_it_was_written() -> None:
    rows = [["a,b", 'say "x"', "two\nlines", "ünï", -3], ["", "=", "x;y", "'q", 1.5]]
    written = write_rows(rows)
    assert written.startswith(b'"a,b","say ""x""","two\nlines"')
    assert written.count(b"\r\n") == 2
    read = list(csv.reader(io.StringIO(written.decode(), newline="")))
    assert read == [["a,b", 'say "x"', "two\nlines", "ünï", "-3"], ["", "'=", "x;y", "'q", "1.5"]]


def test_half_a_character_does_not_end_a_file() -> None:
    assert write_rows([["\ud800"]]) == b"?\r\n"


def test_a_number_that_was_written_already_stays_as_it_is() -> None:
    assert cell_of(msgspec.Raw(b"-12")) == "-12"
