"""The questions that audit asks, as values: their texts are made of declared fields only."""

from collections.abc import Sequence

from fronts.query_string import Page
from runtime.clickhouse.database import Query, TableDef
from services.audit.lists.filters import Where
from services.audit.sink.entities import ENTITIES, LIVING_VOUCHER
from services.audit.sink.redemption_table import REDEMPTIONS


def list_rows(table: TableDef, where: Where, page: Page, columns: Sequence[str]) -> Query:
    """(id, body) of a page of a table that keeps every row; `columns` are the order's."""
    return Query(
        f"SELECT id, body FROM {table.full_name} WHERE {where.text} "  # noqa: S608
        f"{page_clause(columns, page)}",
        {**where.values, "limit": page.limit, "offset": page.offset},
    )


def count_rows(table: TableDef, where: Where) -> Query:
    """(total, newest): how many there are on all pages, and the greatest offset among them.

    Rows are only ever added, in the order of the log, and a project lies in one partition; so the
    pages of rows up to `newest` hold exactly `total`, whatever is inserted meanwhile.
    """
    return Query(
        f"SELECT count(), max(log_offset) FROM {table.full_name} WHERE {where.text}",  # noqa: S608
        where.values,
    )


def get_redemption(project: str, redemption_id: str) -> Query:
    """(id, body) of one redemption or rollback, or no row."""
    return Query(
        f"SELECT id, body FROM {REDEMPTIONS.full_name} "  # noqa: S608
        "WHERE project = {project:String} AND id = {id:String} LIMIT 1",
        {"project": project, "id": redemption_id},
    )


def events_of(project: str, redemption_ids: Sequence[str]) -> Query:
    """(body,) of the events whose rows are named; a record's rows lie at one offset."""
    return Query(
        f"SELECT body FROM {REDEMPTIONS.full_name} "  # noqa: S608
        "WHERE project = {project:String} AND body != '' AND log_offset IN ("
        f"SELECT log_offset FROM {REDEMPTIONS.full_name} "
        "WHERE project = {project:String} AND id IN {ids:Array(String)})",
        {"project": project, "ids": list(redemption_ids)},
    )


def rollbacks_of(project: str, redemption_ids: Sequence[str]) -> Query:
    """(redemption, rollback, time) of those that were rolled back."""
    return Query(
        f"SELECT redemption_id, id, at FROM {REDEMPTIONS.full_name} "  # noqa: S608
        "WHERE project = {project:String} AND redemption_id IN {ids:Array(String)} "
        "AND result = 'SUCCESS' ORDER BY log_offset, log_index",
        {"project": project, "ids": list(redemption_ids)},
    )


def customer_ids(project: str, customer: str) -> Query:
    """The ids, two at most: of the customer with that id, and of the one with that source id."""
    return Query(
        f"SELECT id FROM {ENTITIES.full_name} FINAL "  # noqa: S608
        "WHERE project = {project:String} AND kind = 'customer' "
        "AND (id = {customer:String} OR alias = {customer:String}) AND deleted = 0 "
        "ORDER BY id LIMIT 2",
        {"project": project, "customer": customer},
    )


def list_entities(where: Where, page: Page, columns: Sequence[str]) -> Query:
    """(id, body) of a page, which `where` names the kind of; `columns` are the order's.

    The bodies are read for the page's rows only.
    """
    order = _order(columns, page)
    return Query(
        f"SELECT id, body FROM {ENTITIES.full_name} FINAL WHERE project = {{project:String}} "  # noqa: S608
        "AND kind = {kind:String} AND id IN ("
        f"SELECT id FROM {ENTITIES.full_name} FINAL WHERE {where.text} "
        f"{page_clause(columns, page)}) ORDER BY {order}",
        {**where.values, "limit": page.limit, "offset": page.offset},
    )


def count_entities(where: Where) -> Query:
    """How many there are on all pages."""
    return count_latest(ENTITIES, where)


def count_latest(table: TableDef, where: Where) -> Query:
    """As `count_entities`, of another table that keeps the newest row of a key."""
    return Query(
        f"SELECT count() FROM {table.full_name} FINAL WHERE {where.text}",  # noqa: S608
        where.values,
    )


def go_on_after(where: Where, entity_id: str, page: Page) -> None:
    """Only what comes after that entity in the order of creation; nothing when it is unknown."""
    compared = "<" if page.descending else ">"
    where.add(
        f"(created_at, id) {compared} (SELECT max((created_at, id)) FROM {ENTITIES.full_name} "  # noqa: S608
        "FINAL WHERE project = {project:String} AND kind = {kind:String} AND id = {cursor:String})",
        cursor=entity_id,
    )


def entities(project: str, kind: str, ids: Sequence[str]) -> Query:
    """(id, body) of those that are known, in the bin or not."""
    return Query(
        f"SELECT id, body FROM {ENTITIES.full_name} FINAL "  # noqa: S608
        "WHERE project = {project:String} AND kind = {kind:String} AND id IN {ids:Array(String)} "
        "AND body != ''",
        {"project": project, "kind": kind, "ids": list(ids)},
    )


def find_voucher(project: str, voucher: str) -> Query:
    """The body of the living voucher with that code or id, or no row; a code goes before an id."""
    return Query(
        f"SELECT body FROM {ENTITIES.full_name} FINAL "  # noqa: S608
        "WHERE project = {project:String} AND kind = 'voucher' "
        f"AND (alias = {{voucher:String}} OR id = {{voucher:String}}) AND {LIVING_VOUCHER} "
        "ORDER BY alias = {voucher:String} DESC LIMIT 1",
        {"project": project, "voucher": voucher},
    )


def voucher_names(project: str, voucher: str) -> Query:
    """(id, code) of the vouchers that have or had that code or id."""
    return Query(
        f"SELECT DISTINCT id, alias FROM {ENTITIES.full_name} "  # noqa: S608
        "WHERE project = {project:String} AND kind = 'voucher' "
        "AND (alias = {voucher:String} OR id = {voucher:String}) AND alias != ''",
        {"project": project, "voucher": voucher},
    )


def find_campaign(project: str, campaign: str) -> Query:
    """The id of the campaign with that id or name, one row or none; an id goes before a name."""
    return Query(
        f"SELECT id FROM {ENTITIES.full_name} FINAL "  # noqa: S608
        "WHERE project = {project:String} AND kind = 'campaign' "
        "AND (id = {campaign:String} OR alias = {campaign:String}) AND deleted = 0 "
        "ORDER BY id = {campaign:String} DESC LIMIT 1",
        {"project": project, "campaign": campaign},
    )


def page_clause(columns: Sequence[str], page: Page) -> str:
    """The order and the part of a page, with the places `limit` and `offset`."""
    return f"ORDER BY {_order(columns, page)} LIMIT {{limit:UInt32}} OFFSET {{offset:UInt32}}"


def _order(columns: Sequence[str], page: Page) -> str:
    direction = " DESC" if page.descending else ""
    return ", ".join(f"{column}{direction}" for column in columns)
