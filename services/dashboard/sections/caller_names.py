"""Who asked, by name: people of the project, and its keys."""

import asyncio
from collections.abc import Mapping

from services.dashboard.parts.show import Row
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit


async def caller_names(visit: Visit) -> Mapping[str, str]:
    """Names by the ids of callers, as far as the role may know them; whoever looks is known."""
    members, keys = await asyncio.gather(
        ask_quietly(_ask(visit, "users", "team.manage")),
        ask_quietly(_ask(visit, "keys", "keys.manage")),
    )
    named = {
        str(each["id"]): each.get("name") or f"{each['kind'].capitalize()} key"
        for each in keys or ()
    }
    people = {str(each["id"]): each.get("name") or each.get("email") for each in members or ()}
    known = {name: said for name, said in (named | people).items() if said}
    return known | {visit.me.id: visit.me.name}


async def _ask(visit: Visit, what: str, needs: str) -> list[Row]:
    if not visit.may(needs):
        return []
    body = await visit.api.get(f"/management/v1/projects/{visit.project.id}/{what}")
    found: list[Row] = body["data"]
    return found
