"""What the pages of rules ask the API."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.dashboard.lists.resource import Row, Rows, rows_of
from services.dashboard.sections.rules.catalogue import Catalogue
from services.dashboard.sections.rules.desk import Desk
from services.dashboard.sections.rules.draft import Draft
from services.dashboard.sections.rules.names import name_things, things_in
from services.dashboard.sections.rules.sentences import say_set
from services.dashboard.sections.rules.tree import read_rules
from services.dashboard.web.visit import Visit, escape_segment

REFUSALS_DAYS: Final = 28


def things_of(draft: Draft, catalogue: Catalogue, visit: Visit) -> Iterator[str]:
    """What a whole set names."""
    yield from things_in(draft.rules, catalogue, visit)
    yield from (each.item for each in draft.entries if each.item)
    yield from (item for item, _ in draft.bundle.parts if item)


async def ask_catalogue(visit: Visit) -> Catalogue:
    """What rules can be about. Raises ApiFault."""
    return Catalogue(await visit.api.get("/v1/validation-rules/fields"))


async def ask_set(visit: Visit, set_id: str) -> dict[str, Any]:
    """A set of rules. Raises ApiFault."""
    found: dict[str, Any] = await visit.api.get(f"/v1/validation-rules/{escape_segment(set_id)}")
    return found


async def make_desk(visit: Visit, draft: Draft, catalogue: Catalogue | None = None) -> Desk:
    """A draft with the names of what it names. Raises ApiFault."""
    catalogue = catalogue or await ask_catalogue(visit)
    names = await name_things(visit, things_of(draft, catalogue, visit))
    return Desk(draft, catalogue, names, visit.show)


async def with_words(visit: Visit, rows: Any) -> list[Row]:
    """Sets with their rules in words. Raises ApiFault."""
    catalogue = await ask_catalogue(visit)
    trees = [read_rules(row.get("rules") or {}) for row in rows]
    things = [each for tree in trees for each in things_in(tree, catalogue, visit)]
    names = await name_things(visit, things)
    return [
        dict(row) | {"words": say_set(tree, catalogue, names, visit.show)}
        for row, tree in zip(rows, trees, strict=True)
    ]


async def ask_assignments(visit: Visit, set_id: str) -> Rows:
    """What a set binds, the newest 100. Raises ApiFault."""
    path = f"/v1/validation-rules/{escape_segment(set_id)}/assignments"
    return rows_of(await visit.api.get(path, {"limit": "100"}), "data")


def refusals_since(visit: Visit) -> str:
    """Where the days begin whose refusals are counted, as an address of the list takes it."""
    began = datetime.now(UTC) - timedelta(days=REFUSALS_DAYS)
    return visit.show.local(began.isoformat())


async def ask_refusals(visit: Visit, set_id: str) -> int | None:
    """How often a set refused in the last days; None: that cannot be seen or told."""
    if not visit.may("redemptions.read"):
        return None
    since = visit.show.from_local(refusals_since(visit)) or ""
    params = [
        ("filters[validation_rule_id][conditions][$is]", set_id),
        ("created_at[after]", since),
        ("limit", "1"),
    ]
    body = await visit.api.get("/v1/redemptions", params)
    total = body.get("total")
    return total if isinstance(total, int) else None
