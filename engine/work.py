"""The chunks of async actions: who does which kind of work, and what becomes of the action.

A chunk's number must be the action's next one; any other does nothing, so the worker may send a
chunk again, or several ahead, as it likes. A chunk takes as many of a set's rows as fit a record.

Where work is one decision for each staged row, a row is decided on what the rows before it made of
the state. One that is refused changes nothing and is noted; the rows after it are done all the
same.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import structs

from engine.background.chunk import Chunk, share_of
from engine.background.decide import NOTHING, REASON_LENGTH_MAX, Do, DoRow
from engine.bin.decide import delete_campaign_vouchers, put_back_entry
from engine.bin.rows import delete_bin_entry_row
from engine.campaigns.generation import generate_vouchers, give_up_generation
from engine.campaigns.removal import delete_promotions
from engine.customers.rows import import_customer_row
from engine.evolve import fold_event
from engine.joining.look import looking_with
from engine.joining.react import join_programs
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import numbered_command
from engine.kernel.room import Decisions
from engine.kernel.state import View, encode
from engine.loyalty_tiers.members import recalculate_tiers
from engine.metadata.checks import wrong_metadata
from engine.orders.rows import import_order_row
from engine.products.rows import import_product_row, import_sku_row
from engine.segments.following import customers_at_once, follow_segment
from engine.vouchers.rows import change_voucher_row, import_voucher_row, update_voucher_row
from schemas.actions import (
    FAILURES_KEPT_MAX,
    ActionProgressed,
    AsyncAction,
    ChangeVouchers,
    DeleteBinEntries,
    DeleteCampaignVouchers,
    DeletePromotions,
    FollowSegment,
    GenerateVouchers,
    GiveUpAction,
    ImportCustomers,
    ImportOrders,
    ImportProducts,
    ImportSkus,
    ImportVouchers,
    JoinCustomers,
    RecalculateTiers,
    RowFailure,
    Rows,
    RunChunk,
    StagedRows,
    UpdateVouchers,
)
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found
from schemas.events import Event

#: What the events of a chunk may amount to: sealed and with the action they still fit a record.
CHUNK_EVENT_BYTES_MAX = 448 * 1024


def each_row(do: DoRow, at_once: Callable[[View], int] | None = None) -> Do:
    """Work that is one decision for each row; a row sees what the rows before it did.

    A chunk takes as many rows as `at_once` says, where not all of a set may be done together.
    """

    def do_rows(
        view: View, command: Command, _: AsyncAction, work: Any, rows: Rows | None, now: Millis
    ) -> Chunk:
        trial = view.trial()
        events: list[Event] = []
        failures: list[RowFailure] = []
        done = size = 0
        rows = rows or ()
        most = share_of(command, len(rows) if at_once is None else min(at_once(view), len(rows)))
        for number, row in enumerate(rows[:most], 1):
            done_row = _fault(number, row) or _do_row(do, trial, command, work, number, row, now)
            grown = 0 if isinstance(done_row, RowFailure) else _bytes_of(done_row)
            if grown > CHUNK_EVENT_BYTES_MAX:
                done_row = RowFailure(number, "The row's outcome is too large to be recorded")
            if isinstance(done_row, RowFailure):
                failures.append(done_row)
                continue
            if size + grown > CHUNK_EVENT_BYTES_MAX:
                break
            size += grown
            for event in done_row:
                fold_event(trial, event, now)
            events.extend(done_row)
            done += 1
        return Chunk(tuple(events), done, len(failures), tuple(failures))

    return do_rows


def _do_row(
    do: DoRow,
    view: View,
    command: Command,
    work: Any,
    number: int,
    row: dict[str, Any],
    now: Millis,
) -> tuple[Event, ...] | RowFailure:
    """The events of a row, or why there are none; the row's seed makes its ids and codes."""
    decision = do(view, numbered_command(command, "row", number), work, row["do"], now)
    refusal = decision if isinstance(decision, Refusal) else decision.refusal
    if isinstance(decision, Decision) and refusal is None:
        refusal = wrong_metadata(view, decision)
        if refusal is None:
            return decision.events
    assert refusal is not None
    reason = (refusal.details or refusal.message)[:REASON_LENGTH_MAX]
    return RowFailure(number, reason, code=row.get("code", ""), key=refusal.key)


def _bytes_of(events: Iterable[Event]) -> int:
    return sum(len(encode(event)) for event in events)


def _fault(number: int, row: dict[str, Any]) -> RowFailure | None:
    """What was found wrong with the row before it came here."""
    if "fault" not in row:
        return None
    reason = str(row["fault"])[:REASON_LENGTH_MAX]
    return RowFailure(number, reason, code=row.get("code", ""), column=row.get("column", ""))


#: Who does which kind of work. A kind without a line here fails a test (tests/unit/engine).
WORK: Mapping[type[Any], Do] = MappingProxyType(
    {
        DeleteCampaignVouchers: delete_campaign_vouchers,
        DeletePromotions: delete_promotions,
        GenerateVouchers: generate_vouchers,
        ImportVouchers: each_row(import_voucher_row),
        UpdateVouchers: each_row(update_voucher_row),
        ImportCustomers: each_row(import_customer_row, customers_at_once),
        ImportOrders: each_row(import_order_row, customers_at_once),
        FollowSegment: follow_segment,
        JoinCustomers: looking_with(join_programs, fold_event),
        RecalculateTiers: recalculate_tiers,
        ImportProducts: each_row(import_product_row),
        ImportSkus: each_row(import_sku_row),
        ChangeVouchers: each_row(change_voucher_row),
        DeleteBinEntries: each_row(delete_bin_entry_row, customers_at_once),
    }
)


def run_chunk(view: View, command: Command, body: RunChunk, now: Millis) -> Decision | Refusal:
    """Does the action's next chunk; nothing for any other number."""
    action = view.get(tables.ACTIONS, body.action_id)
    if action is None:
        return not_found("async_action", body.action_id)
    if not is_open(action) or body.number != action.next_chunk:
        return NOTHING
    do = WORK[type(action.work)]
    if not action.sets:
        chunk = do(view, command, action, action.work, None, now)
        status = "DONE" if chunk.finished else "IN_PROGRESS"
        after = structs.replace(
            _count_chunk(action, chunk, chunk.failures, now), cursor=chunk.cursor, status=status
        )
        return Decision((*chunk.events, ActionProgressed(after)))
    staged = view.get(tables.STAGED, action.id, tables.set_key(action.next_set))
    first, rows = _rows_left(action, staged)
    chunk = do(view, command, action, action.work, rows, now)
    failures = tuple(structs.replace(each, row=first + each.row - 1) for each in chunk.failures)
    taken = chunk.done + chunk.failed
    consumed = (action.next_set,) if taken >= len(rows) else ()
    next_set = action.next_set + len(consumed)
    after = structs.replace(
        _count_chunk(action, chunk, failures, now),
        cursor=first - 1 + taken,
        next_set=next_set,
        status="DONE" if next_set >= action.sets else "IN_PROGRESS",
    )
    return Decision((*chunk.events, ActionProgressed(after, consumed)))


def give_up_action(
    view: View, command: Command, body: GiveUpAction, now: Millis
) -> Decision | Refusal:
    """Ends an action as failed; what its chunks did so far stays, and the rest can be asked for."""
    action = view.get(tables.ACTIONS, body.action_id)
    if action is None:
        return not_found("async_action", body.action_id)
    if not is_open(action) or body.number != action.next_chunk:
        return NOTHING
    fault = body.fault[:REASON_LENGTH_MAX]
    after = structs.replace(action, status="FAILED", fault=fault, updated_at=now)
    progressed = ActionProgressed(after, tuple(range(action.next_set, action.sets)))
    made = give_up_generation(view, action, now)
    return Decision((*made, *put_back_entry(view, command, action, now), progressed))


def is_open(action: AsyncAction) -> bool:
    """Whether there is anything left to do."""
    return action.status in ("ENQUEUED", "IN_PROGRESS")


def _rows_left(action: AsyncAction, staged: StagedRows | None) -> tuple[int, Rows]:
    """The number of the first row that is still to be done, from 1, and the set's rows from it."""
    if staged is None:
        return action.cursor + 1, ()
    # a set before it may have been unreadable
    first = max(action.cursor + 1, staged.first_row)
    if staged.rows.data is None:
        return first, ()
    kept = staged.rows.data.metadata or {}
    left = kept.get("rows", ())[first - staged.first_row :]
    shared = kept.get("shared")
    if shared:
        left = [row | {"do": shared | row["do"]} if "do" in row else row for row in left]
    return first, tuple(left)


def _count_chunk(
    action: AsyncAction, chunk: Chunk, failures: tuple[RowFailure, ...], now: Millis
) -> AsyncAction:
    return structs.replace(
        action,
        next_chunk=action.next_chunk + 1,
        done=action.done + chunk.done,
        failed=action.failed + chunk.failed,
        failures=(*action.failures, *failures)[:FAILURES_KEPT_MAX],
        updated_at=now,
    )


DECISIONS: Decisions = MappingProxyType(
    {
        RunChunk: run_chunk,
        GiveUpAction: give_up_action,
    }
)
