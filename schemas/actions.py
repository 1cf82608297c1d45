"""Async actions: work on many entities, done in the background, chunk by chunk.

What is to be done is one of `Work`; the rows that it needs are staged first, so that an action
starts with all of them or not at all. A chunk is one command and one record: it is done once, or
not at all, and the action's next chunk is known from the log.
"""

from typing import Any, Final, Literal

from msgspec import field

from schemas.base import Millis, Shape, Unanswered
from schemas.campaigns import CodeConfig
from schemas.personal import Personal
from schemas.projects import Asker
from schemas.vouchers import Voucher

#: How many rows a chunk has at most, and how many bytes the rows that are staged at once.
CHUNK_ROWS_MAX = 500
CHUNK_BYTES_MAX = 256 * 1024
#: How many failures an action keeps; the rest is only counted.
FAILURES_KEPT_MAX = 100
#: Rows to be done: what is to be done with each is its member `do`, as the kind of work wants it. One
#: that cannot be done has `fault` instead, which says why, with the `column`. `code` may name it.
Rows = tuple[dict[str, Any], ...]


class GenerateVouchers(Shape, tag="generate_vouchers", frozen=True):
    """Adds vouchers with random codes to a campaign."""

    campaign_id: str
    count: int
    #: What each of them is like; None: as the campaign says when it is made.
    template: Voucher | None = None
    code_config: CodeConfig | None = None


class DeleteCampaignVouchers(Shape, tag="delete_campaign_vouchers", frozen=True):
    """Moves a deleted campaign's vouchers to the bin, or, with `force`, removes them for good."""

    campaign_id: str
    force: bool = False
    #: All its vouchers have numbers below this one (`Campaign.voucher_seq`).
    until: int = 0


class DeletePromotions(Shape, tag="delete_promotions", frozen=True):
    """Removes the tiers and stacks of a deleted campaign for good: nothing asks for them again."""

    campaign_id: str
    #: No tier has a greater place (`Campaign.last_tier_place`).
    last_place: int


class ImportVouchers(Shape, tag="import_vouchers", frozen=True):
    """Creates a voucher of each staged row; in a campaign, where one is named."""

    campaign_id: str | None = None


class UpdateVouchers(Shape, tag="update_vouchers", frozen=True):
    """Sets what each staged row says of the voucher that it names."""


class ImportCustomers(Shape, tag="import_customers", frozen=True):
    """Creates or completes a customer of each staged row."""


class FollowSegment(Shape, tag="follow_segment", frozen=True):
    """Finds who of the customers that exist belongs to a new segment."""

    segment_id: str


class JoinCustomers(Shape, tag="join_customers", frozen=True):
    """Finds who of the customers that exist becomes a member of a program by itself."""

    campaign_id: str


class RecalculateTiers(Shape, tag="recalculate_tiers", frozen=True):
    """Finds who of a loyalty program's members is in another tier, after the tiers changed."""

    campaign_id: str
    #: A tier that is gone, and forgotten with the last card.
    deleted: str | None = None


class ImportOrders(Shape, tag="import_orders", frozen=True):
    """Creates or updates an order of each staged row."""


class ImportProducts(Shape, tag="import_products", frozen=True):
    """Creates or completes a product of each staged row."""


class ImportSkus(Shape, tag="import_skus", frozen=True):
    """Creates or completes a SKU of each staged row."""


class ChangeVouchers(Shape, tag="change_vouchers", frozen=True):
    """Does the same with the voucher of each staged row."""

    change: Literal["enable", "disable", "delete", "metadata"]
    #: As whom: of what is deleted the bin says who had it deleted.
    asked_by: Asker | None = None


class DeleteBinEntries(Shape, tag="delete_bin_entries", frozen=True):
    """Deletes for good what each staged row names in the bin."""


Work = (
    GenerateVouchers
    | DeleteCampaignVouchers
    | DeletePromotions
    | ImportVouchers
    | UpdateVouchers
    | ImportCustomers
    | ImportOrders
    | FollowSegment
    | JoinCustomers
    | RecalculateTiers
    | ImportProducts
    | ImportSkus
    | ChangeVouchers
    | DeleteBinEntries
)


class RowFailure(Shape, frozen=True):
    """A row that could not be done, counted from 1, and why."""

    row: int
    reason: str
    code: str = ""
    column: str = ""
    #: The error's key.
    key: str = "invalid_payload"


class AsyncAction(Shape, frozen=True):
    """Work in the background and how far it is."""

    id: str
    #: As the API names it, for example `CAMPAIGN.VOUCHERS_GENERATE`.
    type: str
    work: Work
    #: How many rows there are to do; None where only the end tells.
    total: int | None
    created_at: Millis
    updated_at: Millis | None = None
    status: Literal["ENQUEUED", "IN_PROGRESS", "DONE", "FAILED"] = "ENQUEUED"
    next_chunk: int = 0
    done: int = 0
    failed: int = 0
    failures: tuple[RowFailure, ...] = ()
    request_id: str = ""
    #: Where the next chunk goes on: the rows that were done, or what the kind of work counts.
    cursor: int = 0
    #: How many sets of rows were staged for it, and the one that is being done.
    sets: int = 0
    next_set: int = 0
    #: Why it failed as a whole.
    fault: str | None = None


class OpenAction(Shape, frozen=True):
    """An action that has something left to do, and whose."""

    project: str
    id: str


class StagedRows(Shape, frozen=True):
    """Rows that wait for their action.

    They may name people, so they are sealed with a key of the action's own: `rows` has them in
    its metadata as `rows`, beside what all of them say as `shared`; its owner is
    `project/action id`.
    """

    action_id: str
    number: int
    rows: Personal
    #: The number of the first row, counted from 1 over the whole input.
    first_row: int = 1
    staged_at: Millis = 0


class StageRows(Shape, tag="stage_rows", frozen=True):
    """Keeps rows for an action that will start when all of them are there."""

    action_id: str
    number: int
    rows: Rows
    first_row: int = 1
    #: What the `do` of each row says besides.
    shared: dict[str, Any] = field(default_factory=dict)


class StartAction(Shape, tag="start_action", frozen=True):
    """Starts an action; `sets` of rows have to be staged already, numbered from 0."""

    action_id: str
    action_type: str
    work: Work
    total: int | None = None
    sets: int = 0
    request_id: str = ""


class RunChunk(Shape, tag="run_chunk", frozen=True):
    """Does an action's next chunk; one of another number does nothing."""

    action_id: str
    number: int
    #: One of so many parts of what is done at once else; found by `decide`, where what follows of it
    #: would be too large for a record.
    share: int = 1


class GiveUpAction(Shape, tag="give_up_action", frozen=True):
    """Ends an action whose next chunk cannot be done, whatever is tried."""

    action_id: str
    number: int
    fault: str


class RowsStaged(Unanswered, tag="action.rows_staged", frozen=True):
    """Rows wait for their action."""

    staged: StagedRows


class ActionStarted(Shape, tag="action.started", frozen=True):
    """There is something to be done in the background."""

    action: AsyncAction


class ActionProgressed(Unanswered, tag="action.progressed", frozen=True):
    """A chunk was done, or the action given up; `action` is the whole after it."""

    action: AsyncAction
    #: The staged sets that are no longer needed.
    consumed: tuple[int, ...] = ()


class StagedRowsDropped(Unanswered, tag="action.rows_dropped", frozen=True):
    """Rows whose action never started were given up."""

    action_id: str
    numbers: tuple[int, ...] = field(default=())


ActionCommand = StageRows | StartAction | RunChunk | GiveUpAction
ActionEvent = RowsStaged | ActionStarted | ActionProgressed | StagedRowsDropped
#: How work in the background goes on; what it does is in other features' events.
ACTION_EVENTS: Final = frozenset({RowsStaged, ActionStarted, ActionProgressed, StagedRowsDropped})
