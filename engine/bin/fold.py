"""The bin in the state: entries by id, and the codes that they keep from being used again."""

from types import MappingProxyType

from engine.customers.fold import remove_customer
from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from engine.products.fold import remove_product, remove_sku
from engine.vouchers.fold import remove_voucher
from schemas.base import Millis
from schemas.bin import BinEntryAdded, BinEntryRemoved, CampaignVouchersDeleted


def bin_entry_added(state: State, event: BinEntryAdded, _: Millis) -> None:
    """The entry can be found, and deleted."""
    state.put(tables.BIN, event.entry, event.entry.id)


def bin_entry_removed(state: State, event: BinEntryRemoved, now: Millis) -> None:
    """The entry is gone; a voucher's code is free. A campaign's own event tells of the campaign."""
    entry = event.entry
    state.delete(tables.BIN, entry.id)
    if entry.resource_type == "voucher":
        remove_voucher(state, entry.resource_id, entry.resource_name, force=True)
    elif entry.resource_type == "customer":
        remove_customer(state, entry.resource_id, now)
    elif entry.resource_type == "product":
        remove_product(state, entry.resource_id)
    elif entry.resource_type == "sku":
        remove_sku(state, entry.resource_id)


def campaign_vouchers_deleted(state: State, event: CampaignVouchersDeleted, _: Millis) -> None:
    """The vouchers are gone; without `force` their codes and numbers wait for the campaign's end."""
    for voucher_id, code, number in zip(event.ids, event.codes, event.numbers, strict=True):
        remove_voucher(state, voucher_id, code, force=event.force)
        if event.force:
            state.delete(tables.BINNED_CODES, voucher_id)
            state.delete(tables.CAMPAIGN_VOUCHERS, event.campaign_id, f"{number:010d}")
        else:
            state.put(tables.BINNED_CODES, code, voucher_id)


FOLDS: Folds = MappingProxyType(
    {
        BinEntryAdded: bin_entry_added,
        BinEntryRemoved: bin_entry_removed,
        CampaignVouchersDeleted: campaign_vouchers_deleted,
    }
)
