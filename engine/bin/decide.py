"""The bin: what is deleted keeps its code or name, until its entry is deleted for good.

A voucher in the bin is not found: not by validations, not by reads, not by updates. Its code can
be given to no other voucher. Its redemptions stay listed and can be rolled back; a rollback then
gives the order its discount back, and nothing to the voucher. A campaign's entry stands for all
its vouchers; a voucher that was deleted before its campaign has an entry of its own.

A campaign that is deleted for good stays in the state until the last of its vouchers is gone. If
that work is given up, the campaign is put back into the bin: deleting the entry goes on with it.
"""

from types import MappingProxyType

from engine.assignments.decide import drop_assignments_of
from engine.background.chunk import CODES_BYTES_MAX, ID_BYTES, Chunk
from engine.background.decide import start_action_event
from engine.kernel import tables
from engine.kernel.bin_entries import bin_entry_added_event
from engine.kernel.decision import Decision
from engine.kernel.room import Decisions
from engine.kernel.state import View, encode
from schemas.actions import CHUNK_ROWS_MAX, AsyncAction, DeleteCampaignVouchers, Rows
from schemas.base import Millis
from schemas.bin import BinEntryAdded, BinEntryRemoved, CampaignVouchersDeleted, DeleteBinEntry
from schemas.campaigns import CampaignDeleted
from schemas.commands import Command
from schemas.errors import Refusal, not_found
from schemas.vouchers import Voucher

#: How many assignments of validation rules end in one chunk with their vouchers.
ASSIGNMENTS_DROPPED_MAX = 1000


def delete_bin_entry(
    view: View, command: Command, body: DeleteBinEntry, now: Millis
) -> Decision | Refusal:
    """Deletes an entry for good; a campaign's vouchers follow it in the background."""
    entry = view.get(tables.BIN, body.entry)
    if entry is None:
        return not_found("bin_entry", body.entry)
    removed = BinEntryRemoved(entry)
    campaign = None
    if entry.resource_type == "campaign":
        campaign = view.get(tables.CAMPAIGNS, entry.resource_id)
    if campaign is None:
        return Decision((removed,))
    work = DeleteCampaignVouchers(campaign.id, force=True, until=campaign.voucher_seq)
    started = start_action_event(command, "CAMPAIGN.VOUCHERS_DELETE", work, None, now)
    return Decision((CampaignDeleted(campaign, force=True), started, removed))


def delete_campaign_vouchers(
    view: View,
    _: Command,
    action: AsyncAction,
    work: DeleteCampaignVouchers,
    __: Rows | None,
    ___: Millis,
) -> Chunk:
    """Deletes the next vouchers of a deleted campaign; nobody finds them any more meanwhile.

    It goes over the numbers that the campaign gave, never over keys; the cursor is the next number.
    """
    end = min(action.cursor + CHUNK_ROWS_MAX, work.until)
    found: list[tuple[str, str, int]] = []
    bound: list[Voucher] = []
    assigned = size = 0
    for number in range(action.cursor, end):
        voucher_id = view.get(tables.CAMPAIGN_VOUCHERS, work.campaign_id, f"{number:010d}")
        if voucher_id is None:
            continue
        voucher = view.get(tables.VOUCHERS, voucher_id)
        if voucher is not None and voucher.rule_ids:
            assigned += len(voucher.rule_ids)
            if bound and assigned > ASSIGNMENTS_DROPPED_MAX:
                end = number
                break
            bound.append(voucher)
        code = view.get(tables.BINNED_CODES, voucher_id) if voucher is None else voucher.code
        if code is None or (voucher is None and not work.force):
            continue
        size += len(encode(code)) + ID_BYTES
        if found and size > CODES_BYTES_MAX:
            end = number
            break
        found.append((voucher_id, code, number))
    ids, codes, numbers = zip(*found, strict=True) if found else ((), (), ())
    event = CampaignVouchersDeleted(work.campaign_id, ids, codes, numbers, force=work.force)
    return Chunk(
        events=(*drop_assignments_of(view, *bound), event) if found else (),
        done=len(found),
        cursor=end,
        finished=end >= work.until,
    )


def put_back_entry(
    view: View, command: Command, action: AsyncAction, now: Millis
) -> tuple[BinEntryAdded, ...]:
    """The entry of a campaign whose deletion for good is given up; what is left of it keeps its codes.

    One that is in the bin has its entry still, and deleting that begins anew.
    """
    work = action.work
    if not isinstance(work, DeleteCampaignVouchers) or not work.force:
        return ()
    campaign = view.get(tables.CAMPAIGNS, work.campaign_id)
    if campaign is None:
        return ()
    return (bin_entry_added_event(command, "campaign", campaign.id, campaign.name, now),)


DECISIONS: Decisions = MappingProxyType(
    {
        DeleteBinEntry: delete_bin_entry,
    }
)
