"""Which sets of validation rules bind what is listed: joined when it is read, so always as of now."""

from collections.abc import Iterable, Sequence
from typing import Final

from engine.kernel import tables
from engine.kernel.encode import Body
from engine.vouchers.body import voucher_body
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from schemas.assignments import RuleAssignment
from services.audit.lists.categories import categories_in
from services.audit.sink.entities import ENTITIES

#: Assignments end with their set at once, though a sweep drops them later.
IN_FORCE: Final = (
    "deleted = 0 AND texts['rule_id'][1] NOT IN (SELECT id FROM tessera.entities FINAL "
    "WHERE project = {project:String} AND kind = 'validation_rule' AND deleted = 1)"
)


async def assignments_to(
    reads: Reads, project: str, ids: Iterable[str | None]
) -> list[RuleAssignment]:
    """The assignments to any of these objects, the oldest first."""
    wanted = sorted({each for each in ids if each is not None})
    if not wanted:
        return []
    query = Query(
        f"SELECT body FROM {ENTITIES.full_name} FINAL "  # noqa: S608
        "WHERE project = {project:String} AND kind = 'rule_assignment' "
        f"AND alias IN {{ids:Array(String)}} AND {IN_FORCE} ORDER BY created_at, id",
        {"project": project, "ids": wanted},
    )
    return [tables.ASSIGNMENTS.decode(body.encode()) for (body,) in await reads.rows(query)]


async def counts_of(reads: Reads, project: str, rule_ids: Sequence[str]) -> dict[str, int]:
    """How many objects each of these sets binds; one that binds none is left out."""
    if not rule_ids:
        return {}
    query = Query(
        f"SELECT texts['rule_id'][1] AS rule_id, count() FROM {ENTITIES.full_name} FINAL "  # noqa: S608
        "WHERE project = {project:String} AND kind = 'rule_assignment' AND deleted = 0 "
        "AND rule_id IN {ids:Array(String)} GROUP BY rule_id",
        {"project": project, "ids": list(rule_ids)},
    )
    rows: Sequence[tuple[str, int]] = await reads.rows(query)
    return dict(rows)


async def bound_vouchers(reads: Reads, project: str, rows: Sequence[tuple[str, str]]) -> list[Body]:
    """Vouchers, as rows of (id, body), with what binds each, its campaign's assignments included."""
    found = [tables.VOUCHERS.decode(body.encode()) for _, body in rows]
    ids = [name for each in found for name in (each.id, each.campaign_id)]
    assignments = await assignments_to(reads, project, ids)
    categories = await categories_in(reads, project, [each.category_id for each in found])
    return [voucher_body(each, assignments, categories) for each in found]
