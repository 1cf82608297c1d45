"""The customers of a page, joined as they are known now."""

from collections.abc import Sequence

from engine.customers.body import simple_customer_body
from engine.kernel import tables
from engine.kernel.encode import Body
from runtime.clickhouse.reads import Reads
from services.audit.lists import queries


async def simple_customers(
    reads: Reads, project: str, customer_ids: Sequence[str | None]
) -> dict[str | None, Body]:
    """The customers as a redemption or a publication shows them, by id, as far as known."""
    ids = sorted({each for each in customer_ids if each})
    if not ids:
        return {}
    rows = await reads.rows(queries.entities(project, "customer", ids))
    return {
        customer_id: simple_customer_body(tables.CUSTOMERS.decode(body.encode()))
        for customer_id, body in rows
    }
