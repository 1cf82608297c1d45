"""Campaigns with what other parts of the API know of them: numbers, budgets, how they stand."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from services.dashboard.lists.query import Query
from services.dashboard.lists.resource import Row, Rows, rows_of
from services.dashboard.sections.campaigns.fields import FIELDS
from services.dashboard.sections.campaigns.naming import state_of
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

PAGE_MAX: Final = 100
#: States that follow from dates, as the list of the API filters by them.
_BY_DATES: Final = ("active", "before_start", "expired")


async def fetch_campaigns(visit: Visit, query: Query) -> Rows:
    """A page of campaigns, each with `numbers`, `budget` and `state`. Raises ApiFault."""
    params = query.for_api(FIELDS, visit.show)
    found = rows_of(await visit.api.get("/v1/campaigns", params), "campaigns")
    return Rows(await add_told(visit, found.rows), found.total, found.has_more, found.cursor)


async def find_campaign(visit: Visit, name: str) -> Row:
    """One campaign by its id, with its `state`. Raises ApiFault."""
    row = await visit.api.get(f"/v1/campaigns/{escape_segment(name)}")
    states = await find_states(visit, [str(row["id"])])
    return {**row, "state": state_of(row, states)}


async def add_told(visit: Visit, rows: Sequence[Row]) -> list[Row]:
    """Rows with what else is known of them; what cannot be asked at the moment is left out."""
    ids = [str(row["id"]) for row in rows]
    if not ids:
        return []
    numbers, budgets, states = await asyncio.gather(
        _find_numbers(visit, ids), find_budgets(visit, ids=",".join(ids)), find_states(visit, ids)
    )
    return [
        {
            **row,
            "numbers": numbers.get(str(row["id"])),
            "budget": budgets.get(str(row["id"])),
            "state": state_of(row, states),
        }
        for row in rows
    ]


async def _find_numbers(visit: Visit, ids: Sequence[str]) -> Mapping[str, Row]:
    if not visit.may("analytics.read"):
        return {}
    asked = visit.api.get("/v1/analytics/summaries", {"by": "campaign", "ids": ",".join(ids)})
    answer = await ask_quietly(asked)
    return {str(row["id"]): row for row in (answer or {}).get("data") or []}


async def find_budgets(visit: Visit, **wanted: str) -> Mapping[str, Row]:
    """The budget of each campaign that is wanted, the one of which the greatest share is used.

    `wanted`: a `campaign`, or the `ids` of a page of them.
    """
    if not visit.may("analytics.read"):
        return {}
    params = {"limit": str(PAGE_MAX), **wanted}
    answer = await ask_quietly(visit.api.get("/v1/analytics/budgets", params))
    found: dict[str, Row] = {}
    for row in (answer or {}).get("budgets") or []:
        found.setdefault(str((row.get("campaign") or {}).get("id")), row)
    return found


async def find_states(visit: Visit, ids: Sequence[str]) -> Mapping[str, str]:
    """How each stands by its dates, as the server decides it."""
    some = [(f"ids[{at}]", each) for at, each in enumerate(ids)]
    answers = await asyncio.gather(
        *(
            ask_quietly(
                visit.api.get(
                    "/v1/campaigns",
                    [
                        ("limit", str(PAGE_MAX)),
                        (f"filters[status][conditions][${state}]", "true"),
                        *some,
                    ],
                )
            )
            for state in _BY_DATES
        )
    )
    found = {}
    for state, answer in zip(_BY_DATES, answers, strict=True):
        for row in (answer or {}).get("campaigns") or []:
            found[str(row["id"])] = state
    return found
