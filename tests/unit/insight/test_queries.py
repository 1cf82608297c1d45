"""The exact texts of queries; what they give is tested with a real engine."""

import pytest

from engine.tables import WINDOW_MS
from runtime.clickhouse import Column, Query, TableDef
from runtime.http.errors import ApiError
from runtime.query_string import Condition, Page, Range
from runtime.sink_table import Place, checkpoint, digest, sink_table
from services.analytics.queries import (
    Asked,
    find_campaign,
    redemption_totals,
    validation_totals,
)
from services.audit.queries import (
    FLAGS,
    OPERATORS,
    REDEMPTION_FIELDS,
    Where,
    count_redemptions,
    count_vouchers,
    customer_ids,
    customers,
    get_redemption,
    list_redemptions,
    list_vouchers,
    rollbacks_of,
)

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


def test_a_page_of_redemptions() -> None:
    where = Where("p")
    where.within("at", Range(after=1, before=9))
    where.satisfies(
        [
            Condition("voucher_code", "$in", ("A", EVIL), ""),
            Condition("result", "$is", ("success",), ""),
        ],
        "or",
    )
    query = list_redemptions(where, Page(10, 20, "created_at", descending=True))
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
    assert count_redemptions(Where("p")).sql == (
        "SELECT count(), max(log_offset) FROM tessera.redemptions WHERE project = {project:String}"
    )


def test_a_page_of_vouchers() -> None:
    where = Where("p")
    where.add("kind = 'voucher'")
    assert list_vouchers(where, Page(1, 0, "code", descending=False)).sql == (
        "SELECT id, body FROM tessera.entities FINAL WHERE project = {project:String} "
        "AND kind = 'voucher' AND id IN (SELECT id FROM tessera.entities FINAL "
        "WHERE project = {project:String} AND kind = 'voucher' ORDER BY alias "
        "LIMIT {limit:UInt32} OFFSET {offset:UInt32}) ORDER BY alias"
    )


@pytest.mark.parametrize("field", REDEMPTION_FIELDS)
@pytest.mark.parametrize("operator", sorted(OPERATORS.keys() - FLAGS))
def test_no_filter_puts_a_value_into_the_text(field: str, operator: str) -> None:
    where = Where(EVIL)
    where.satisfies([Condition(field, operator, (EVIL,), "")], "and")
    assert EVIL not in where.text
    assert "%" not in where.text
    assert where.values["filter_0"] == [EVIL.upper() if field == "result" else EVIL]


@pytest.mark.parametrize(
    "query",
    [
        get_redemption(EVIL, EVIL),
        rollbacks_of(EVIL, [EVIL]),
        customers(EVIL, [EVIL]),
        customer_ids(EVIL, EVIL),
        count_redemptions(Where(EVIL)),
        count_vouchers(Where(EVIL)),
        find_campaign(EVIL, EVIL),
        redemption_totals(Asked(EVIL, 0, 1, EVIL)),
        validation_totals(Asked(EVIL, 0, 1, EVIL)),
    ],
)
def test_no_query_puts_a_value_into_its_text_or_leaves_the_project(query: Query) -> None:
    assert EVIL not in query.sql
    assert "project = {project:String}" in query.sql
    assert query.parameters["project"] == EVIL


@pytest.mark.parametrize(("value", "flag"), [("", 1), ("true", 1), ("false", 0)])
def test_a_flag_is_yes_unless_it_says_no(value: str, flag: int) -> None:
    where = Where("p")
    where.satisfies([Condition("failure_code", "$has_value", (value,), "")], "and")
    assert where.text.endswith("AND ((failure_code != '') IN {filter_0:Array(UInt8)})")
    assert where.values["filter_0"] == [flag]


@pytest.mark.parametrize("operator", sorted(FLAGS))
@pytest.mark.parametrize("value", ["no", "1", "TRUE", " "])
def test_another_value_of_a_flag_is_refused_by_name(operator: str, value: str) -> None:
    with pytest.raises(ApiError) as caught:
        Where("p").satisfies([Condition("result", operator, ("true", value), "filters[it]")], "or")
    assert "`filters[it]`" in (caught.value.refusal.details or "")


@pytest.mark.parametrize(("field", "operator"), [("body", "$is"), ("voucher_code", "$regex")])
def test_an_unknown_field_or_operator_is_refused_by_name(field: str, operator: str) -> None:
    with pytest.raises(ApiError) as caught:
        Where("p").satisfies([Condition(field, operator, ("x",), "filters[it]")], "and")
    assert "`filters[it]`" in (caught.value.refusal.details or "")


def test_totals_of_all_campaigns() -> None:
    query = redemption_totals(Asked("p", 10, 20))
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
    query = redemption_totals(Asked("p", 10, 20, "camp_1"))
    assert "AND campaign = {campaign:String})" in query.sql
    assert "AND first_of_campaign = 1)" in query.sql
    assert query.parameters["campaign"] == "camp_1"
    assert validation_totals(Asked("p", 10, 20, "camp_1")).sql == (
        "SELECT countIf(valid = 1), countIf(valid = 0) FROM tessera.validation_facts FINAL "
        "WHERE project = {project:String} AND at >= {since:Int64} AND at < {until:Int64} "
        "AND has(campaigns, {campaign:String})"
    )


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
