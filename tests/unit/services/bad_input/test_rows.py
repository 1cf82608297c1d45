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
from tests.unit.services.bad_input import (
    alerting,
    arriving,
    attempts,
    belonging,
    choosing,
    climbing,
    earning,
    exporting,
    joining,
    keeping,
    managing,
    referring,
    rewarding,
    selling,
    spending,
    stating,
    trying,
)
from tests.unit.services.bad_input.asking import Ask, Before, Rows, Shown, answer_of, stocked
from tests.unit.services.world import World

PAGE: Final = "docs/bad-input.md"
FAILED: Final = (RedemptionFailed, RollbackFailed, PublicationFailed)


class Table(NamedTuple):
    """A table by its heading, what it asks for, and what there is beside the shop."""

    rows: Rows
    before: Before = ()


TABLES: Final = {
    "## How a request comes": Table(arriving.ARRIVING, arriving.BEFORE),
    "## Validations and redemptions": Table(attempts.ATTEMPTS, attempts.BEFORE),
    "## Rollbacks and sessions": Table(attempts.BACK, attempts.BEFORE_BACK),
    "## Access tokens": Table(arriving.TOKENS),
    "## Exports": Table(exporting.EXPORTS),
    "## Bulk actions and trials": Table(choosing.CHOICES),
    "## Alerts": Table(alerting.ALERTS),
    "## Statements of analysts": Table(stating.STATEMENTS),
    "## Vouchers": Table(selling.VOUCHERS, selling.BEFORE_VOUCHERS),
    "## Promotions": Table(selling.PROMOTIONS, selling.BEFORE_PROMOTIONS),
    "## Validation rules": Table(keeping.RULES, keeping.BEFORE_RULES),
    "## Tries and orders of many": Table(trying.TRIES, trying.BEFORE_TRIES),
    "## Loyalty programs": Table(belonging.PROGRAMS, belonging.BEFORE_PROGRAMS),
    "## Earning rules": Table(earning.EARNING, earning.BEFORE_EARNING),
    "## Tiers of loyalty programs": Table(climbing.CLIMBING, climbing.BEFORE_CLIMBING),
    "## Points of members": Table(spending.SPENDING, spending.BEFORE_SPENDING),
    "## Referrals and giveaways": Table(referring.REFERRING, referring.BEFORE),
    "## Rewards": Table(rewarding.REWARDS, rewarding.BEFORE_REWARDS),
    "## Members of the contract that are refused": Table(keeping.REFUSED, rewarding.BEFORE_REWARDS),
    "## Products": Table(keeping.PRODUCTS, keeping.BEFORE_PRODUCTS),
    "## Campaigns": Table(selling.CAMPAIGNS, selling.BEFORE_CAMPAIGNS),
    "## Customers, orders, custom events": Table(keeping.PEOPLE, keeping.BEFORE_PEOPLE),
    "## Users": Table(joining.USERS),
    "## Publications, the bin and balances": Table(
        selling.PUBLICATIONS, selling.BEFORE_PUBLICATIONS
    ),
    "## What belongs to a project": Table(managing.MANAGED, managing.BEFORE_MANAGED),
}


class Told(NamedTuple):
    """What is answered: of a row, or of one request; None is no key, or a column that is not there."""

    status: str
    key: str | None
    recorded: str | None
    validated: str | None


def _name(cell: str) -> str:
    return cell.replace("`", "")


def _told(cells: Sequence[str]) -> set[Told]:
    """All that a row may mean: each of its statuses with each of its keys."""
    recorded, validated = (*cells[3:], None, None)[:2]
    keys: Sequence[str | None] = spans_of(cells[2]) or (None,)
    return {
        Told(status, key, recorded, validated)
        for status in re.findall(r"\d{3}", cells[1])
        for key in keys
    }


def _recorded(world: World, since: int) -> str:
    """Whether anything that failed is recorded, as the tables say it."""
    events = [
        event
        for record in world.ledger.records[since:]
        if isinstance(record, Decided)
        for event in record.events
    ]
    return "yes" if any(isinstance(each, FAILED) for each in events) else "no"


def _validated(answer: httpx.Response, refusal: dict[str, Any]) -> str:
    """What a validation answers to what a redemption is refused for, as the table says it."""
    told = answer.json()
    if answer.status_code == 200:
        keys = [each["result"].get("error", {}).get("key") for each in told["redeemables"]]
        return "false" if refusal["key"] in keys and told["valid"] is False else f"200 {keys}"
    same = (answer.status_code, told["key"]) == (refusal["code"], refusal["key"])
    return "error" if same else f"{answer.status_code} {told['key']}"


async def _found(world: World, ask: Ask, ids: dict[str, str], columns: int) -> Told:
    """What is answered to a request, as far as the table has columns for it."""
    since = len(world.ledger.records)
    answer = await answer_of(world, ask, ids)
    refusal = answer.json() if answer.content else {}
    recorded = _recorded(world, since) if columns > 3 else None
    validated = None
    if columns > 4:
        path = ask.path.replace("redemptions", "validations")
        validated = _validated(await answer_of(world, ask._replace(path=path), ids), refusal)
    return Told(str(answer.status_code), refusal.get("key"), recorded, validated)


def test_each_table_is_asked_for() -> None:
    text = (ROOT / PAGE).read_text("utf-8")
    sections = re.split(r"^(?=##)", text, flags=re.MULTILINE)
    tables = [each.split("\n")[0] for each in sections if "\n| " in each]
    assert tables == list(TABLES)


@pytest.mark.parametrize("heading", TABLES)
def test_each_row_is_asked_for_and_nothing_else(heading: str) -> None:
    assert [_name(cells[0]) for cells in rows_of(PAGE, heading)] == list(TABLES[heading].rows)


@pytest.mark.parametrize("heading", TABLES)
async def test_each_row_is_as_it_says(world: World, heading: str) -> None:
    table = TABLES[heading]
    ids = await stocked(world, table.before)
    wrong: list[Any] = []
    for cells in rows_of(PAGE, heading):
        asks = table.rows[_name(cells[0])]
        if isinstance(asks, Shown):
            continue
        told = _told(cells)
        found = [await _found(world, ask, ids, len(cells)) for ask in asks]
        pairs = zip(asks, found, strict=True)
        wrong += [(cells[0], ask, each) for ask, each in pairs if each not in told]
        # of several keys each is the answer to something
        keys = {each.key for each in found}
        wrong += [(cells[0], each) for each in told if each.key not in keys]
    assert wrong == []


@pytest.mark.parametrize("heading", TABLES)
def test_what_is_shown_elsewhere_is_there(heading: str) -> None:
    for asks in TABLES[heading].rows.values():
        for test in asks.tests if isinstance(asks, Shown) else ():
            file, name = test.split("::")
            assert f"def {name}(" in (ROOT / file).read_text("utf-8"), test
