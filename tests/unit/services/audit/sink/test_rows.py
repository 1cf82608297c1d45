"""From a record to the rows of each table, and from rows to blocks."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import msgspec
import pytest
from msgspec import structs

from engine.kernel import tables
from engine.redemptions.common_body import Recorded
from fronts.query_string import Condition
from runtime.clickhouse.database import Database, TableDef
from runtime.clickhouse.filler import Filler
from runtime.clickhouse.native_block import Alike, Row
from runtime.clickhouse.positions import Positions
from runtime.clickhouse.table import MARKER_INDEX, Block, Late, SinkTable, SourceEntry
from runtime.log.log import Place, StoredEntry
from schemas.balances import BalanceAdjusted
from schemas.campaigns import CampaignCreated, CampaignDeleted, CampaignDisabled
from schemas.customers import CustomerCreated
from schemas.events import Event
from schemas.promotions import PromotionTier
from schemas.records import Record, WriterStarted
from schemas.redemptions import RolledBack
from schemas.voucher_events import VoucherCreated, VoucherDeleted
from services.analytics.sink.campaign_tables import campaign_facts, campaign_rows
from services.analytics.sink.redemption_facts import redemption_facts
from services.analytics.sink.validation_facts import session_facts
from services.audit.lists.filters import Where
from services.audit.lists.redemptions import FIELDS
from services.audit.sink.entities import ENTITIES, EntityRow
from services.audit.sink.redemption_table import (
    REDEMPTIONS,
    redemption_table_rows,
    shown_bodies,
)
from services.audit.sink.tables import entity_table_rows
from tests.unit.services.audit.examples import (
    PROJECT,
    START,
    applicable,
    created,
    customer_created,
    decided,
    each,
    entities,
    failed,
    generated,
    locked,
    refused_by,
    rolled_back,
    succeeded,
)

PLACE = Place("ledger", 0)
STACK = succeeded(applicable("A", 100, "c1"), applicable("B", 50, "c1"), applicable("C", 5, "c2"))
TIER = PromotionTier("promo_1", "c1", "Tier", START, None)
BACK = structs.replace(
    rolled_back("A"),
    rollbacks=(
        *rolled_back("A").rollbacks,
        RolledBack("rr_9", "r_9", "", tier_id="promo_1", tier=TIER),
    ),
)
Rows = Callable[[Record], Iterable[object]]


class FakeDatabase(Database):
    """Remembers what was inserted."""

    def __init__(self) -> None:
        self.inserted: list[tuple[str, Sequence[Row | Alike]]] = []

    async def insert(self, table: TableDef, rows: Sequence[Row | Alike]) -> None:
        self.inserted.append((table.name, rows))


def applied(offset: int) -> SourceEntry:
    return SourceEntry(offset, f"h{offset}", StoredEntry(offset, 0, b"", b"value"))


def test_a_stack_gives_its_children_and_then_its_parent() -> None:
    rows = list(redemption_table_rows(decided(STACK)))
    assert [row[2] for row in rows] == ["r_10", "r_11", "r_12", "r_1"]
    assert all(len(row) == len(REDEMPTIONS.columns) - 5 for row in rows)


def test_the_first_row_of_an_event_holds_what_all_of_them_show() -> None:
    rows = list(redemption_table_rows(decided(STACK, failed("X"))))
    stack, _, _, _, failure = bodies = [row[-1] for row in rows]
    assert [bool(body) for body in bodies] == [True, False, False, False, True]
    shown = [*shown_bodies(stack), *shown_bodies(failure)]
    assert [body["id"] for body in shown] == [row[2] for row in rows]
    assert shown[0]["voucher"]["code"] == "A"
    assert shown[3]["order"]["total_amount"] == 845


def test_nothing_in_an_event_of_redemptions_is_a_person() -> None:
    def refuse(kind: type) -> dict[str, object]:
        raise AssertionError(f"it can hold a {kind.__name__}")

    msgspec.json.schema(Recorded, schema_hook=refuse)
    with pytest.raises(AssertionError, match="Personal"):
        msgspec.json.schema(CustomerCreated, schema_hook=refuse)


def test_bodies_hold_no_personal_data() -> None:
    record = decided(customer_created(1), succeeded(applicable("A", 1), by="cust_1"))
    for row in redemption_table_rows(record):
        assert "Ada" not in row[-1]
        assert "example.com" not in row[-1]


def test_amounts_of_an_order_count_once_for_a_request_and_once_for_each_campaign() -> None:
    facts = list(redemption_facts(decided(STACK)))
    assert [(each.discount, each.order_amount, each.order_total) for each in facts] == [
        (100, 1000, 845), (50, 1000, 845), (5, 1000, 845),
    ]  # fmt: skip
    assert [(each.campaign, each.first, each.first_of_campaign) for each in facts] == [
        ("c1", 1, 1), ("c1", 0, 0), ("c2", 0, 1),
    ]  # fmt: skip


def test_a_failed_redemption_is_found_by_the_sentence_that_tells_why() -> None:
    taken_back = structs.replace(rolled_back("A"), reason="Wrong size")
    record = decided(
        failed(), failed("B", "not_found", "2"), succeeded(applicable("A", 1)), taken_back
    )
    columns = [each.name for each in REDEMPTIONS.columns][5:]
    rows = [dict(zip(columns, row, strict=True)) for row in redemption_table_rows(record)]
    assert [(row["id"], row["reason"], row["failure_code"]) for row in rows] == [
        ("rf_1", "Voucher expired", "voucher_expired"),
        ("rf_2", "Invalid input data", "not_found"),
        ("r_10", "", ""),
        ("rr_10", "", ""),
    ]
    where = Where(PROJECT)
    where.satisfies(FIELDS, [Condition("reason", "$is", ("Voucher expired",), "")], "and")
    assert where.text.endswith("AND (reason IN {filter_0:Array(String)})")


def test_a_failed_redemption_is_found_by_each_set_that_was_violated() -> None:
    record = decided(refused_by("val_1", "val_2", "val_1"), failed(ids="2"))
    columns = [each.name for each in REDEMPTIONS.columns][5:]
    rows = [dict(zip(columns, row, strict=True)) for row in redemption_table_rows(record)]
    assert [row["rules"] for row in rows] == [["val_1", "val_2"], []]


def test_a_rollback_names_each_redemption_but_not_the_parent() -> None:
    facts = list(redemption_facts(decided(rolled_back("A", "B", ids="1"))))
    assert [(each.kind, each.id, each.redemption_id) for each in facts] == [
        ("rolled_back", "rr_10", "r_10"),
        ("rolled_back", "rr_11", "r_11"),
    ]


def test_a_session_is_a_validation_and_a_redemption_is_none() -> None:
    (fact,) = session_facts(decided(locked(applicable("A", 1, "c1")), command=4))
    assert (fact.id, fact.valid, fact.campaigns) == ("cmd_4", 1, ["c1"])
    assert list(session_facts(decided(STACK, failed()))) == []


def test_a_campaign_is_known_as_it_is_until_it_is_deleted() -> None:
    made = generated("A", "B")
    changed = structs.replace(made.campaign, active=False)
    record = decided(CampaignCreated(made.campaign), made, CampaignDisabled(changed), created("C"))
    rows = list(campaign_rows(record))
    assert [(row.project, row.id, row.name) for row in rows] == [(PROJECT, "c1", "Spring")] * 3
    assert tables.CAMPAIGNS.decode(rows[-1].body.encode()) == changed
    (gone,) = campaign_rows(decided(CampaignDeleted(changed)))
    assert (gone.id, gone.name, gone.body) == ("c1", "Spring", "")


def test_what_happens_to_vouchers_is_counted_for_their_campaign_or_none() -> None:
    made = generated("A", "B", gift=500)
    campaign = made.campaign
    card = structs.replace(made.template, id="v_A", code="A")
    record = decided(
        made,
        generated(gift=500),
        BalanceAdjusted(card, 30, "vtx_1"),
        BalanceAdjusted(card, -40, "vtx_2"),
        VoucherDeleted("v_A", "A", campaign=campaign, credits=490),
        VoucherDeleted("v_Z", "Z"),
    )
    assert [each[2:] for each in campaign_facts(record)] == [
        ("c1", "created", 2, 1000),
        ("c1", "added", 1, 30),
        ("c1", "subtracted", 1, 40),
        ("c1", "deleted", 1, 490),
        ("", "deleted", 1, 0),
    ]


def test_generated_vouchers_are_listed_as_if_each_had_been_created() -> None:
    made = generated("A", "B", gift=500)
    campaign, *rows = entities(decided(made))
    assert (campaign.kind, campaign.id, campaign.alias) == ("campaign", "c1", "Spring")
    for number, (code, row) in enumerate(zip("AB", rows, strict=True)):
        alone = structs.replace(made.template, id=f"v_{code}", code=code, campaign_number=number)
        (wanted,) = entities(decided(VoucherCreated(alone)))
        assert row._replace(body="") == wanted._replace(body="")
        assert tables.VOUCHERS.decode(row.body.encode()) == alone


def test_entities_are_as_they_are_after_the_record() -> None:
    rows = entities(decided(STACK))
    assert [(row.kind, row.id) for row in rows] == [
        ("voucher", "v_A"), ("voucher", "v_B"), ("voucher", "v_C"), ("order", "ord_1"),
    ]  # fmt: skip
    (gone,) = entities(decided(VoucherDeleted("v_A", "A")))
    assert (gone.id, gone.deleted, gone.body) == ("v_A", 1, "")


@pytest.mark.parametrize(
    "rows", [redemption_table_rows, entity_table_rows, redemption_facts, session_facts]
)
def test_a_record_without_events_gives_no_rows(rows: Rows) -> None:
    assert list(rows(WriterStarted(-1, 0, "w", "h", "v"))) == []


def test_only_the_rows_of_the_last_record_carry_its_hash() -> None:
    block = Block(REDEMPTIONS, PLACE)
    for offset in (4, 6):
        block.add(applied(offset), redemption_table_rows(decided(failed(ids=str(offset)))))
    block.add(applied(7), [])
    assert [(row[2], row[4]) for row in each(block.take())] == [(4, ""), (6, "h6")]
    assert block.is_empty


def test_within_a_block_only_the_newest_row_of_an_entity_stays() -> None:
    block = Block(ENTITIES, PLACE)
    for offset in (1, 2, 3):
        code = "AB"[offset % 2]
        block.add(applied(offset), entity_table_rows(decided(created(code))))
    assert sorted((row[2], row[7], row[4]) for row in each(block.take())) == [
        (2, "v_A", ""), (3, "v_B", "h3"),
    ]  # fmt: skip


def test_vouchers_that_are_alike_lie_in_a_block_as_rows_of_their_own_would() -> None:
    block = Block(ENTITIES, PLACE)
    block.add(applied(1), entity_table_rows(decided(generated("A", "B"))))
    block.add(applied(2), entity_table_rows(decided(generated("C", "D"))))
    assert block.count == 6
    campaign, first, second = block.take()
    assert not isinstance(campaign, Alike)
    assert campaign[2:5] == [2, 0, "h2"]
    assert isinstance(first, Alike)
    assert isinstance(second, Alike)
    assert [row[2:5] for row in first.rows()] == [[1, 1, ""], [1, 2, ""]]
    assert [row[2:5] for row in second.rows()] == [[2, 1, "h2"], [2, 2, "h2"]]
    assert [row[7:9] for row in second.rows()] == [["v_C", "C"], ["v_D", "D"]]
    assert (block.count, block.is_empty) == (0, True)


def test_a_row_that_comes_late_has_the_key_that_it_came_under() -> None:
    late = [row for row in entity_table_rows(decided(STACK, BACK)) if isinstance(row, Late)]
    rows = list(map(EntityRow._make, each(late)))
    assert [row.key for row in late] == [(row.project, row.kind, row.id) for row in rows]
    assert [row.id for row in rows] == ["v_A", "v_B", "v_C", "v_A", "promo_1"]


def test_a_row_that_comes_late_is_made_once_however_often_it_changed() -> None:
    made: list[int] = []

    def make(offset: int) -> EntityRow:
        made.append(offset)
        return EntityRow(PROJECT, "voucher", "v_A", "A", 0, 0, 0, redeemed_quantity=offset)

    block = Block(ENTITIES, PLACE)
    for offset in (1, 2, 3):
        late = Late((PROJECT, "voucher", "v_A"), partial(make, offset))
        block.add(applied(offset), [late])
    (row,) = each(block.take())
    assert (row[2], row[4], row[7]) == (3, "h3", "v_A")
    assert made == [3]


@pytest.mark.parametrize(("made", "changed"), [(1, 2), (2, 1)])
def test_of_a_voucher_that_was_made_with_others_the_newest_row_is_in_a_block(
    made: int, changed: int
) -> None:
    events: dict[int, Event] = {made: generated("A", "B"), changed: created("B")}
    block = Block(ENTITIES, PLACE)
    for offset in (1, 2):
        block.add(applied(offset), entity_table_rows(decided(events[offset])))
    digests = {1: "", 2: "h2"}
    last = (changed, 0) if changed > made else (made, 2)
    assert sorted((row[7], *row[2:5]) for row in each(block.take())) == [
        ("c1", made, 0, digests[made]),
        ("v_A", made, 1, digests[made]),
        ("v_B", *last, digests[last[0]]),
    ]


async def test_a_table_takes_nothing_twice() -> None:
    database = FakeDatabase()
    table = SinkTable(REDEMPTIONS, redemption_table_rows)
    filler = Filler(database, PLACE, [table], [1])
    for offset in range(5):
        filler.take(applied(offset), decided(failed(ids=str(offset))))
    await filler.flush()
    ((_, rows),) = database.inserted
    assert [row[2] for row in each(rows)] == [2, 3, 4]
    await filler.flush()
    assert len(database.inserted) == 1


async def test_a_marker_is_written_where_rows_are_rare() -> None:
    database = FakeDatabase()
    filler = Filler(database, PLACE, [SinkTable(REDEMPTIONS, redemption_table_rows)], [-1])
    filler.take(applied(10), decided())
    await filler.flush()
    assert database.inserted == []
    filler.take(applied(6000), decided())
    await filler.flush()
    ((_, rows),) = database.inserted
    (marker,) = each(rows)
    assert marker[:5] == ["ledger", 0, 6000, MARKER_INDEX, "h6000"]
    assert len(marker) == len(REDEMPTIONS.columns)


async def test_readers_wait_for_their_own_tables_only() -> None:
    positions = Positions()
    positions.note(REDEMPTIONS, PLACE, 5)
    positions.note(ENTITIES, PLACE, 9)
    assert await positions.wait_for({("ledger", 0): 9}, [ENTITIES.name], 0)
    assert not await positions.wait_for({("ledger", 0): 9}, [ENTITIES.name, REDEMPTIONS.name], 0.01)
    assert await positions.wait_for(
        {("validations", 0): 9, ("ledger", 7): 1}, [REDEMPTIONS.name], 0
    )
    assert positions.lowest(PLACE) == 5
    assert positions.lowest(Place("ledger", 7)) == -1
