"""The questions that audit asks, as values: their texts are made of declared fields only."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from runtime.clickhouse import Query
from runtime.query_string import Condition, Page, Range, invalid
from services.audit.tables import ENTITIES, REDEMPTIONS

#: What a list of redemptions is filtered by: the API's name and the column. Nobody logs in yet, so
#: no redemption has a user.
REDEMPTION_FIELDS = MappingProxyType(
    {
        "voucher_code": "voucher_code",
        "related_object_id": "related_object_id",
        "related_object_parent_id": "campaign_id",
        "parent_redemption_id": "parent_id",
        "failure_code": "failure_code",
        "result": "result",
        "object": "object",
        "customer_id": "customer_id",
        "campaign_name": "campaign_name",
        "user_login": "''",
    }
)
#: The order's API name and the columns; a list of a project is stored in the order of the log.
REDEMPTION_ORDERS = MappingProxyType(
    {
        "created_at": ("log_offset", "log_index"),
        "id": ("id",),
        "voucher_code": ("voucher_code", "log_offset", "log_index"),
        "tracking_id": ("tracking_id", "log_offset", "log_index"),
        "customer_id": ("customer_id", "log_offset", "log_index"),
    }
)
VOUCHER_ORDERS = MappingProxyType(
    {
        "created_at": ("created_at", "id"),
        "updated_at": ("updated_at", "id"),
        "code": ("alias",),
    }
)

#: The texts of operators, with the column and the place where the values go.
OPERATORS = MappingProxyType(
    {
        "$is": "{column} IN {place}",
        "$in": "{column} IN {place}",
        "$is_not": "{column} NOT IN {place}",
        "$not_in": "{column} NOT IN {place}",
        "$has_value": "({column} != '') IN {place}",
        "$is_unknown": "({column} = '') IN {place}",
        "$starts_with": "arrayExists(x -> startsWith({column}, x), {place})",
        "$ends_with": "arrayExists(x -> endsWith({column}, x), {place})",
        "$contains": "arrayExists(x -> position({column}, x) > 0, {place})",
        "$not_contain": "NOT arrayExists(x -> position({column}, x) > 0, {place})",
    }
)

#: Operators that ask yes or no; the contract sends them with an empty value, which is yes.
FLAGS = frozenset({"$has_value", "$is_unknown"})
_YES_OR_NO = MappingProxyType({"": 1, "true": 1, "false": 0})


class Where:
    """A growing list of tests, all of which must hold, with the values they need."""

    def __init__(self, project: str) -> None:
        self._tests = ["project = {project:String}"]
        self.values: dict[str, Any] = {"project": project}

    @property
    def text(self) -> str:
        """The tests as one."""
        return " AND ".join(self._tests)

    def add(self, test: str, **values: Any) -> None:
        """One more test, a constant, and the values of its places."""
        self._tests.append(test)
        self.values |= values

    def within(self, column: str, wanted: Range) -> None:
        """The column lies in the range."""
        if wanted.after is not None:
            self.add(f"{column} > {{{column}_after:Int64}}", **{f"{column}_after": wanted.after})
        if wanted.before is not None:
            self.add(f"{column} < {{{column}_before:Int64}}", **{f"{column}_before": wanted.before})

    def satisfies(self, conditions: Sequence[Condition], junction: str) -> None:
        """The filters hold, all or any of them. Raises ApiError for one that is unknown."""
        tests = []
        for index, condition in enumerate(conditions):
            column = REDEMPTION_FIELDS.get(condition.field)
            if column is None:
                raise invalid(condition.name, "names an unknown field")
            operator = OPERATORS.get(condition.operator)
            if operator is None:
                raise invalid(condition.name, "names an unknown operator")
            kind = "UInt8" if condition.operator in FLAGS else "String"
            place = f"{{filter_{index}:Array({kind})}}"
            tests.append(operator.format(column=column, place=place))
            self.values[f"filter_{index}"] = _values(condition)
        if tests:
            self.add(f"({f' {junction.upper()} '.join(tests)})")


def _values(condition: Condition) -> list[str] | list[int]:
    """Results are written in capitals, however the caller writes them; flags are 0 and 1."""
    if condition.operator in FLAGS:
        flags = [_YES_OR_NO.get(value) for value in condition.values]
        found = [flag for flag in flags if flag is not None]
        if len(found) < len(flags):
            raise invalid(condition.name, "must be `true` or `false`")
        return found
    if condition.field == "result":
        return [value.upper() for value in condition.values]
    return list(condition.values)


def list_redemptions(where: Where, page: Page) -> Query:
    """(id, body) of a page."""
    order = _order(REDEMPTION_ORDERS[page.order], descending=page.descending)
    return Query(
        f"SELECT id, body FROM {REDEMPTIONS.full_name} WHERE {where.text} "  # noqa: S608
        f"ORDER BY {order} LIMIT {{limit:UInt32}} OFFSET {{offset:UInt32}}",
        {**where.values, "limit": page.limit, "offset": page.offset},
    )


def count_redemptions(where: Where) -> Query:
    """(total, newest): how many there are on all pages, and the greatest offset among them.

    Rows are only ever added, in the order of the log, and a project lies in one partition; so the
    pages of rows up to `newest` hold exactly `total`, whatever is inserted meanwhile.
    """
    return Query(
        f"SELECT count(), max(log_offset) FROM {REDEMPTIONS.full_name} WHERE {where.text}",  # noqa: S608
        where.values,
    )


def get_redemption(project: str, redemption_id: str) -> Query:
    """(id, body) of one redemption or rollback, or no row."""
    return Query(
        f"SELECT id, body FROM {REDEMPTIONS.full_name} "  # noqa: S608
        "WHERE project = {project:String} AND id = {id:String} LIMIT 1",
        {"project": project, "id": redemption_id},
    )


def rollbacks_of(project: str, redemption_ids: Sequence[str]) -> Query:
    """(redemption, rollback, time) of those that were rolled back."""
    return Query(
        f"SELECT redemption_id, id, at FROM {REDEMPTIONS.full_name} "  # noqa: S608
        "WHERE project = {project:String} AND redemption_id IN {ids:Array(String)} "
        "AND result = 'SUCCESS' ORDER BY log_offset, log_index",
        {"project": project, "ids": list(redemption_ids)},
    )


def customers(project: str, customer_ids: Sequence[str]) -> Query:
    """(id, body) of those customers that are known."""
    return Query(
        f"SELECT id, body FROM {ENTITIES.full_name} FINAL "  # noqa: S608
        "WHERE project = {project:String} AND kind = 'customer' AND id IN {ids:Array(String)} "
        "AND deleted = 0",
        {"project": project, "ids": list(customer_ids)},
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


def list_vouchers(where: Where, page: Page) -> Query:
    """(id, body) of a page; the bodies are read for its rows only."""
    order = _order(VOUCHER_ORDERS[page.order], descending=page.descending)
    return Query(
        f"SELECT id, body FROM {ENTITIES.full_name} FINAL WHERE project = {{project:String}} "  # noqa: S608
        "AND kind = 'voucher' AND id IN ("
        f"SELECT id FROM {ENTITIES.full_name} FINAL WHERE {where.text} "
        f"ORDER BY {order} LIMIT {{limit:UInt32}} OFFSET {{offset:UInt32}}) ORDER BY {order}",
        {**where.values, "limit": page.limit, "offset": page.offset},
    )


def count_vouchers(where: Where) -> Query:
    """How many there are on all pages."""
    return Query(
        f"SELECT count() FROM {ENTITIES.full_name} FINAL WHERE {where.text}",  # noqa: S608
        where.values,
    )


def _order(columns: Sequence[str], *, descending: bool) -> str:
    direction = " DESC" if descending else ""
    return ", ".join(f"{column}{direction}" for column in columns)
