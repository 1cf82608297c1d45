"""Each row of `docs/bad-input.md` is asked: status, key, and what is recorded are as it says.

A row without a request fails, and so does a request without a row.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import httpx
import pytest

from schemas.publications import PublicationFailed
from schemas.records import Decided
from schemas.redemptions import RedemptionFailed, RollbackFailed
from tests.architecture.repository import ROOT
from tests.architecture.tables import rows_of, spans_of
from tests.unit.services.bad_input import attempts
from tests.unit.services.bad_input.asking import Ask, Rows, Shown, answer_of, stocked
from tests.unit.services.world import World

PAGE: Final = "docs/bad-input.md"
FAILED: Final = (RedemptionFailed, RollbackFailed, PublicationFailed)


class Table(NamedTuple):
    """A table by its heading, what it asks for, and what there is beside the shop."""

    rows: Rows
    before: Sequence[tuple[str, Ask]] = ()


TABLES: Final = {
    "## Validations and redemptions": Table(attempts.ATTEMPTS, attempts.BEFORE),
    "## Rollbacks and sessions": Table(attempts.BACK, attempts.BEFORE_BACK),
}


def _name(cell: str) -> str:
    return cell.replace("`", "")


def _told(cells: Sequence[str]) -> tuple[set[str], set[str | None]]:
    """The statuses and the keys that a row names."""
    keys: set[str | None] = {None if each == "–" else each for each in spans_of(cells[2])}
    return set(re.findall(r"\d{3}", cells[1])), keys or {None}


def _recorded(world: World, since: int) -> str:
    """Whether anything that failed is recorded, as the tables say it."""
    events = [
        event
        for record in world.ledger.records[since:]
        if isinstance(record, Decided)
        for event in record.events
    ]
    return "yes" if any(isinstance(each, FAILED) for each in events) else "no"


def _validated(ask: Ask, answer: httpx.Response, refusal: dict[str, Any]) -> str:
    """What a validation answers to what a redemption is refused for, as the table says it."""
    if answer.status_code == 200:
        told = answer.json()
        assert told["valid"] is False, ask
        errors = [each["result"].get("error", {}) for each in told["redeemables"]]
        assert refusal["key"] in [each.get("key") for each in errors], ask
        return "false"
    assert (answer.status_code, answer.json()["key"]) == (refusal["code"], refusal["key"]), ask
    return "error"


async def _found(world: World, asks: Sequence[Ask], ids: dict[str, str]) -> tuple[Any, ...]:
    """Statuses, keys, what was recorded and what a validation says of all the requests."""
    statuses, keys, recorded, validated = set(), set(), set(), set()
    for ask in asks:
        since = len(world.ledger.records)
        answer = await answer_of(world, ask, ids)
        assert answer.status_code >= 400, (ask, answer.text)
        refusal = answer.json()
        statuses.add(str(answer.status_code))
        keys.add(refusal.get("key"))
        recorded.add(_recorded(world, since))
        if ask.path.endswith("v1/redemptions"):
            path = ask.path.replace("redemptions", "validations")
            said = await answer_of(world, ask._replace(path=path), ids)
            validated.add(_validated(ask, said, refusal))
    return statuses, keys, recorded, validated


@pytest.mark.parametrize("heading", TABLES)
def test_each_row_is_asked_for_and_nothing_else(heading: str) -> None:
    assert [_name(cells[0]) for cells in rows_of(PAGE, heading)] == list(TABLES[heading].rows)


@pytest.mark.parametrize("heading", TABLES)
async def test_each_row_is_as_it_says(world: World, heading: str) -> None:
    table = TABLES[heading]
    ids = await stocked(world, table.before)
    wrong = {}
    for cells in rows_of(PAGE, heading):
        asks = table.rows.get(_name(cells[0]), ())
        if isinstance(asks, Shown):
            continue
        more = [{cell} for cell in cells[3:]]
        told = (*_told(cells), *more)
        found = (await _found(world, asks, ids))[: len(told)]
        if found != told:
            wrong[cells[0]] = found
    assert wrong == {}


@pytest.mark.parametrize("heading", TABLES)
def test_what_is_shown_elsewhere_is_there(heading: str) -> None:
    for asks in TABLES[heading].rows.values():
        for test in asks.tests if isinstance(asks, Shown) else ():
            file, name = test.split("::")
            assert f"def {name}(" in (ROOT / file).read_text("utf-8"), test
