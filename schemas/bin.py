"""The bin: what was deleted, but keeps its code or id until its entry is deleted, too."""

from typing import Final, Literal

from schemas.base import Millis, Shape, Unanswered
from schemas.projects import Asker

#: What the API lists in the bin. A customer is never listed: its entry would name a person.
BinKind = Literal["voucher", "campaign", "customer", "product", "sku"]


class BinEntry(Shape, frozen=True):
    """Something that was deleted and could not be created again yet."""

    id: str
    resource_type: BinKind
    resource_id: str
    #: A voucher's code, a campaign's name; nothing personal, so empty for a customer.
    resource_name: str
    created_at: Millis
    resource_parent_id: str | None = None
    #: None of what was deleted before this was kept.
    deleted_by: Asker | None = None


class DeleteBinEntry(Shape, tag="delete_bin_entry", frozen=True):
    """Deletes for good what is in the bin; its code or name is free then."""

    entry: str
    request_id: str = ""


class BinEntryAdded(Unanswered, tag="bin.entry_added", frozen=True):
    """Something is in the bin."""

    entry: BinEntry


class BinEntryRemoved(Shape, tag="bin.entry_removed", frozen=True):
    """Something left the bin for good."""

    entry: BinEntry


class CampaignVouchersDeleted(Unanswered, tag="campaign.vouchers_deleted", frozen=True):
    """Some vouchers of a deleted campaign went the way of the campaign.

    `ids`, `codes` and `numbers` belong together. With `force` their codes are free; without it
    they are in the bin with the campaign, which has the one entry for all of them.
    """

    campaign_id: str
    ids: tuple[str, ...]
    codes: tuple[str, ...]
    numbers: tuple[int, ...]
    force: bool = False


BinCommand = DeleteBinEntry
BinEvent = BinEntryAdded | BinEntryRemoved | CampaignVouchersDeleted
#: What becomes of the deleted; the deletion is an event of its own feature.
BIN_EVENTS: Final = frozenset({BinEntryAdded, BinEntryRemoved, CampaignVouchersDeleted})
