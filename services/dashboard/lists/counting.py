"""A number for each row of a page, asked for all at once."""

from collections.abc import Mapping, Sequence

from services.dashboard.lists.resource import Row
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit


async def count_each(visit: Visit, by: str, name: str, rows: Sequence[Row]) -> Mapping[str, int]:
    """The member `name` of the summaries of these rows, by their ids.

    Numbers are a help: there are none where they cannot be asked for, and the list is shown.
    """
    ids = ",".join(str(each["id"]) for each in rows)
    if not ids or not visit.may("analytics.read"):
        return {}
    asked = visit.api.get("/v1/analytics/summaries", {"by": by, "ids": ids})
    body = await ask_quietly(asked) or {}
    return {str(each["id"]): int(each[name]) for each in body.get("data") or []}
