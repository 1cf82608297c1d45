"""The exact texts of queries; what they give is tested with a real engine."""

from collections.abc import Iterator, Mapping

import pytest

from engine.kernel.calendar import iso, parse_instant
from engine.kernel.tables import WINDOW_MS
from engine.kernel.zones import zone_named
from fronts.query_string import Condition, Page, Range
from runtime.clickhouse.database import Column, Query, TableDef
from runtime.clickhouse.table import checkpoint, digest, sink_table
from runtime.http.errors import ApiError
from runtime.log.log import Place
from schemas.base import DAY_MS, INSTANT_MAX
from services.analytics.measures.campaign_summary import (
    facts_of,
    failed_rollbacks_of,
    living_campaign,
    redeemed_of,
)
from services.analytics.measures.intervals import starts_of
from services.analytics.measures.queries import (
    FactSelection,
    find_campaign,
    redemption_totals,
    validation_totals,
)
from services.audit.lists.campaigns import CAMPAIGNS
from services.audit.lists.customers import CUSTOMERS
from services.audit.lists.filter_operators import NUMBER_MAX, OPERATORS
from services.audit.lists.filters import METADATA_PREFIX, Field, Where
from services.audit.lists.lists import Listing
from services.audit.lists.orders import ORDERS
from services.audit.lists.publications import PUBLICATIONS
from services.audit.lists.queries import (
    count_entities,
    count_rows,
    customer_ids,
    entities,
    find_voucher,
    get_redemption,
    go_on_after,
    list_entities,
    list_rows,
    rollbacks_of,
)
from services.audit.lists.redemptions import FIELDS as REDEMPTION_FIELDS
from services.audit.lists.redemptions import NEWEST
from services.audit.lists.rules import RULES
from services.audit.lists.vouchers import VOUCHERS
from services.audit.sink.redemption_table import REDEMPTIONS
from services.audit.unknown import UNKNOWN

EVIL = "x' OR 1=1 --"
FACTS = sink_table("facts", (Column("x", "UInt8"),), order_by=("x",), latest_only=True)


def test_the_whole_definition_of_a_table() -> None:
    table = TableDef(
        "t", (Column("a", "UInt8"), Column("b", "String", "ZSTD(1)")), ("a",), ("a",),
        version="a", found_by=("b",),
    )  # fmt: skip
    assert table.create().sql == (
        "CREATE TABLE IF NOT EXISTS tessera.t (a UInt8, b String CODEC(ZSTD(1)), "
        "INDEX by_b b TYPE bloom_filter(0.01) GRANULARITY 1) ENGINE = ReplacingMergeTree(a) "
        "PARTITION BY (a) ORDER BY (a) SETTINGS merge_max_block_size_bytes = 1048576, "
        f"min_bytes_for_wide_part = 67108864 COMMENT '{table.fingerprint}'"
    )


def satisfied(fields: Mapping[str, Field], *conditions: Condition, now: int = 1) -> Where:
    where = Where("p", now)
    where.satisfies(fields, conditions, "and")
    return where


def test_a_page_of_redemptions() -> None:
    where = Where("p")
    where.within("at", Range(after=1, before=9))
    where.satisfies(
        REDEMPTION_FIELDS,
        [
            Condition("voucher_code", "$in", ("A", EVIL), ""),
            Condition("result", "$is", ("success",), ""),
        ],
        "or",
    )
    query = list_rows(REDEMPTIONS, where, Page(10, 20, "created_at", descending=True), NEWEST)
    assert query.sql == (
        "SELECT id, body FROM tessera.redemptions WHERE project = {project:String} "
        "AND at > {at_after:Int64} AND at < {at_before:Int64} "
        "AND (voucher_code IN {filter_0:Array(String)} OR result IN {filter_1:Array(String)}) "
        "ORDER BY log_offset DESC, log_index DESC LIMIT {limit:UInt32} OFFSET {offset:UInt32}"
    )
    assert query.parameters == {
        "project": "p", "at_after": 1, "at_before": 9, "filter_0": ["A", EVIL],
        "filter_1": ["SUCCESS"], "limit": 10, "offset": 20,
    }  # fmt: skip
    assert count_rows(REDEMPTIONS, Where("p")).sql == (
        "SELECT count(), max(log_offset) FROM tessera.redemptions WHERE project = {project:String}"
    )


def test_a_page_of_vouchers() -> None:
    where = Where("p")
    where.add("kind = {kind:String}", kind="voucher")
    page = Page(1, 0, "code", descending=False)
    assert list_entities(where, page, ("alias",)).sql == (
        "SELECT id, body FROM tessera.entities FINAL WHERE project = {project:String} "
        "AND kind = {kind:String} AND id IN (SELECT id FROM tessera.entities FINAL "
        "WHERE project = {project:String} AND kind = {kind:String} ORDER BY alias "
        "LIMIT {limit:UInt32} OFFSET {offset:UInt32}) ORDER BY alias"
    )


LISTINGS = (VOUCHERS, CAMPAIGNS, CUSTOMERS, ORDERS, PUBLICATIONS)
VALUES = {"number": "5", "time": "2024-01-01", "flag": "true", "state": "true"}


def every_condition(fields: Mapping[str, Field]) -> Iterator[Condition]:
    """Every field with each of its operators, and a value that is one for it."""
    named = {name: field for name, field in fields.items() if name != METADATA_PREFIX}
    if METADATA_PREFIX in fields:
        named[f"{METADATA_PREFIX}{EVIL}"] = fields[METADATA_PREFIX]
    for name, field in named.items():
        for operator in field.states or OPERATORS[field.kind]:
            value = VALUES.get(field.kind, EVIL)
            if operator in ("$has_value", "$is_unknown"):
                value = ""
            elif field.kind == "texts" and operator[1:].startswith(("more", "less")):
                value = "5"
            elif field.kind == "texts" and operator in ("$after", "$before"):
                value = "2024-01-01"
            elif "days" in operator or (field.kind == "time" and "_than" in operator):
                value = "3"
            yield Condition(name, operator, (value,), "")


@pytest.mark.parametrize("fields", [REDEMPTION_FIELDS, *(each.fields for each in LISTINGS)])
def test_no_filter_puts_a_value_into_the_text(fields: Mapping[str, Field]) -> None:
    for condition in every_condition(fields):
        where = satisfied(fields, condition)
        assert EVIL not in where.text
        assert "%" not in where.text
        assert "{column}" not in where.text
        assert "{place}" not in where.text


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda each: each.name)
def test_plain_parameters_name_their_places(listing: Listing) -> None:
    for name, test in listing.plain.items():
        assert f"{{{name}:String}}" in test


@pytest.mark.parametrize(
    "query",
    [
        get_redemption(EVIL, EVIL),
        rollbacks_of(EVIL, [EVIL]),
        entities(EVIL, EVIL, [EVIL]),
        customer_ids(EVIL, EVIL),
        find_voucher(EVIL, EVIL),
        count_rows(REDEMPTIONS, Where(EVIL)),
        count_entities(Where(EVIL)),
        find_campaign(EVIL, EVIL),
        redemption_totals(FactSelection(EVIL, 0, 1, EVIL)),
        validation_totals(FactSelection(EVIL, 0, 1, EVIL)),
        living_campaign(EVIL, EVIL),
        redeemed_of(FactSelection(EVIL, 0, 1, EVIL)),
        failed_rollbacks_of(FactSelection(EVIL, 0, 1, EVIL)),
        facts_of(FactSelection(EVIL, 0, 1, EVIL)),
    ],
)
def test_no_query_puts_a_value_into_its_text_or_leaves_the_project(query: Query) -> None:
    assert EVIL not in query.sql
    assert "project = {project:String}" in query.sql
    assert query.parameters["project"] == EVIL


def test_a_cursor_is_a_value() -> None:
    where = Where("p")
    go_on_after(where, EVIL, Page(10, 0, "created_at", descending=True))
    assert "(created_at, id) < (SELECT max((created_at, id))" in where.text
    assert EVIL not in where.text
    assert where.values["cursor"] == EVIL


@pytest.mark.parametrize(("value", "flag"), [("", 1), ("true", 1), ("false", 0), ("TRUE", 1)])
def test_a_flag_is_yes_unless_it_says_no(value: str, flag: int) -> None:
    where = satisfied(REDEMPTION_FIELDS, Condition("failure_code", "$has_value", (value,), ""))
    assert where.text.endswith("AND ((failure_code != '') IN {filter_0:Array(UInt8)})")
    assert where.values["filter_0"] == [flag]


@pytest.mark.parametrize(
    ("field", "operator", "value", "span"),
    [
        ("redemption.quantity", "$is", "5", (5, 6)),
        ("redemption.quantity", "$is", "5.5", (0, 0)),
        ("redemption.quantity", "$in", "5.0", (5, 6)),
        ("redemption.quantity", "$more_than", "5.5", (6, NUMBER_MAX)),
        ("redemption.quantity", "$more_than", "-5.5", (-5, NUMBER_MAX)),
        ("redemption.quantity", "$more_than_equal", "5.5", (6, NUMBER_MAX)),
        ("redemption.quantity", "$less_than", "5", (UNKNOWN + 1, 5)),
        ("redemption.quantity", "$less_than", "5.5", (UNKNOWN + 1, 6)),
        ("redemption.quantity", "$less_than_equal", "5.5", (UNKNOWN + 1, 6)),
        ("created_at", "$is", "1970-01-02", (DAY_MS, 2 * DAY_MS)),
        ("created_at", "$is", "1970-01-02T00:00:00Z", (DAY_MS, DAY_MS + 1)),
        ("created_at", "$after", "1970-01-02", (DAY_MS + 1, NUMBER_MAX)),
        ("created_at", "$before", "1970-01-02", (UNKNOWN + 1, DAY_MS)),
        ("created_at", "$more_than", "2", (UNKNOWN + 1, 8 * DAY_MS + 5)),
        ("created_at", "$more_than_ago", "2", (UNKNOWN + 1, 8 * DAY_MS + 5)),
        ("created_at", "$less_than", "0.5", (19 * DAY_MS // 2 + 6, 10 * DAY_MS + 6)),
        ("created_at", "$more_than_future", "1", (11 * DAY_MS + 6, NUMBER_MAX)),
        ("created_at", "$less_than_future", "1", (10 * DAY_MS + 5, 11 * DAY_MS + 5)),
        ("created_at", "$is_days_ago", "1", (9 * DAY_MS, 10 * DAY_MS)),
        ("created_at", "$is_days_in_future", "1", (11 * DAY_MS, 12 * DAY_MS)),
    ],
)
def test_numbers_and_times_are_ranges(
    field: str, operator: str, value: str, span: tuple[int, int]
) -> None:
    condition = Condition(field, operator, (value,), "")
    where = satisfied(VOUCHERS.fields, condition, now=10 * DAY_MS + 5)
    assert where.values["filter_0"] == [span]


@pytest.mark.parametrize(
    ("field", "operator", "value"),
    [
        ("code", "$has_value", "no"), ("code", "$is_unknown", "2"), ("code", "$is_unknown", " "),
        ("active", "$active", "maybe"), ("is_referral_code", "$is", "x"),
        ("redemption.quantity", "$is", "five"), ("redemption.quantity", "$is", "NaN"),
        ("redemption.quantity", "$more_than", "1e99"), ("created_at", "$more_than", "1e999999999"),
        ("redemption.quantity", "$is", ""),
        ("created_at", "$after", "yesterday"), ("created_at", "$less_than", "-1"),
        ("created_at", "$more_than_ago", "1000000"), ("created_at", "$more_than", "2024-01-01"),
        ("metadata.k", "$more_than", "x"), ("metadata.k", "$after", "x"),
        ("body", "$is", "x"), ("metadata.", "$is", "x"), ("metadata", "$is", "x"),
        ("code", "$regex", "x"), ("code", "$more_than", "x"), ("created_at", "$starts_with", "2"),
        ("active", "$is", "true"), ("redemption.quantity", "$contains", "1"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_by_name(field: str, operator: str, value: str) -> None:
    with pytest.raises(ApiError) as caught:
        satisfied(VOUCHERS.fields, Condition(field, operator, (value,), "filters[it]"))
    assert caught.value.refusal.key == "invalid_query_params"
    assert "`filters[it]`" in (caught.value.refusal.details or "")


def test_metadata_is_only_asked_of_what_has_some() -> None:
    with pytest.raises(ApiError):
        satisfied(RULES.fields, Condition("metadata.k", "$is", ("x",), "filters[it]"))


def test_totals_of_all_campaigns() -> None:
    query = redemption_totals(FactSelection("p", 10, 20))
    assert query.sql == (
        "SELECT countIf(here AND kind = 'succeeded'), countIf(here AND kind = 'failed'), "
        "countIf(taken_back), "
        "sumIf(toInt128(discount), here AND kind = 'succeeded') "
        "- sumIf(toInt128(discount), taken_back), "
        "sumIf(toInt128(order_amount), here AND kind = 'succeeded' AND first = 1) "
        "- sumIf(toInt128(order_amount), taken_back AND first = 1), "
        "sumIf(toInt128(order_total), here AND kind = 'succeeded' AND first = 1) "
        "- sumIf(toInt128(order_total), taken_back AND first = 1), "
        "uniqExactIf(customer_id, here AND kind = 'succeeded' AND customer_id != '') "
        "FROM (SELECT *, at >= {since:Int64} AND at < {until:Int64} AS here, "
        "kind = 'succeeded' AND id IN (SELECT redemption_id FROM tessera.redemption_facts "
        "WHERE project = {project:String} AND kind = 'rolled_back' AND at >= {since:Int64} "
        "AND at < {until:Int64}) AS taken_back FROM tessera.redemption_facts "
        "WHERE project = {project:String} AND at >= {earliest:Int64} AND at < {until:Int64})"
    )
    assert query.parameters == {
        "project": "p", "since": 10, "until": 20, "earliest": 10 - WINDOW_MS,
    }  # fmt: skip


def test_totals_of_one_campaign_count_an_order_once_within_it() -> None:
    query = redemption_totals(FactSelection("p", 10, 20, "camp_1"))
    assert "AND campaign = {campaign:String})" in query.sql
    assert "AND first_of_campaign = 1)" in query.sql
    assert query.parameters["campaign"] == "camp_1"
    assert validation_totals(FactSelection("p", 10, 20, "camp_1")).sql == (
        "SELECT countIf(valid = 1), countIf(valid = 0) FROM tessera.validation_facts FINAL "
        "WHERE project = {project:String} AND at >= {since:Int64} AND at < {until:Int64} "
        "AND has(campaigns, {campaign:String})"
    )


@pytest.mark.parametrize(("interval", "points"), [("hour", 25), ("day", 2), ("month", 1)])
def test_a_series_ends_with_the_calendar(interval: str, points: int) -> None:
    since = INSTANT_MAX + 1 - DAY_MS - 3_600_000
    starts = starts_of(interval, since, INSTANT_MAX)
    assert len(starts) == points
    assert starts[-1] <= INSTANT_MAX


def test_a_checkpoint_and_a_digest() -> None:
    place = Place("ledger", 3)
    assert checkpoint(FACTS, place).sql == (
        "SELECT log_offset, log_hash FROM tessera.facts WHERE log_topic = {topic:String} "
        "AND log_partition = {partition:UInt16} AND log_hash != '' "
        "ORDER BY log_offset DESC LIMIT 1"
    )
    assert digest(FACTS, place, 0, 9).sql == (
        "SELECT count(), toString(sum(toUInt128(h))), toString(groupBitXor(h)), "
        "toInt64(max(log_offset)) FROM (SELECT log_offset, "
        "cityHash64(log_topic, log_partition, log_offset, log_index, x) AS h "
        "FROM tessera.facts FINAL WHERE log_topic = {topic:String} "
        "AND log_partition = {partition:UInt16} AND log_index >= 0 "
        "AND log_offset BETWEEN {first:Int64} AND {last:Int64})"
    )


@pytest.mark.parametrize(
    ("interval", "first", "count"),
    [("hour", "2025-10-25T22:00:00.000Z", 25), ("day", "2025-10-25T22:00:00.000Z", 1)],
)
def test_a_day_on_which_the_clocks_are_put_back_has_25_hours(
    interval: str, first: str, count: int
) -> None:
    zone = zone_named("Europe/Warsaw")
    since, until = parse_instant("2025-10-26", zone), parse_instant("2025-10-27", zone)
    assert since is not None
    assert until is not None
    starts = starts_of(interval, since, until, zone)
    assert (iso(starts[0]), len(starts)) == (first, count)
    assert len(set(starts)) == count
