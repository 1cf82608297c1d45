"""Async actions: work on many entities, done in the background, chunk by chunk.

What is to be done is one of `Work`; the rows that it needs are staged first, so that an action
starts with all of them or not at all. A chunk is one command and one record: it is done once, or
not at all, and the action's next chunk is known from the log.
"""

from typing import Any, Literal

from msgspec import field

from schemas.base import Millis, Shape

#: How many rows a chunk has at most, and how many bytes the rows that are staged at once.
CHUNK_ROWS_MAX = 500
CHUNK_BYTES_MAX = 256 * 1024
#: How many failures an action keeps; the rest is only counted.
FAILURES_KEPT_MAX = 100


class GenerateVouchers(Shape, tag="generate_vouchers", frozen=True):
    """Adds vouchers with random codes to a campaign."""

    campaign_id: str
    count: int


class DeleteCampaignVouchers(Shape, tag="delete_campaign_vouchers", frozen=True):
    """Moves a deleted campaign's vouchers to the bin, or, with `force`, removes them for good."""

    campaign_id: str
    force: bool = False


class ImportVouchers(Shape, tag="import_vouchers", frozen=True):
    """Creates a voucher of each staged row; in a campaign, where one is named."""

    campaign_id: str | None = None


class UpdateVouchers(Shape, tag="update_vouchers", frozen=True):
    """Sets what each staged row says of the voucher that it names."""


class UpdateVouchersMetadata(Shape, tag="update_vouchers_metadata", frozen=True):
    """Merges one metadata into the vouchers that the staged rows name."""

    metadata: dict[str, Any]


class ImportCustomers(Shape, tag="import_customers", frozen=True):
    """Creates or completes a customer of each staged row."""


class UpdateCustomersMetadata(Shape, tag="update_customers_metadata", frozen=True):
    """Merges one metadata into the customers that the staged rows name."""

    metadata: dict[str, Any]


class ImportOrders(Shape, tag="import_orders", frozen=True):
    """Creates or updates an order of each staged row."""


Work = (
    GenerateVouchers
    | DeleteCampaignVouchers
    | ImportVouchers
    | UpdateVouchers
    | UpdateVouchersMetadata
    | ImportCustomers
    | UpdateCustomersMetadata
    | ImportOrders
)


class RowFailure(Shape, frozen=True):
    """A row that could not be done, counted from 1, and why."""

    row: int
    reason: str
    code: str = ""
    column: str = ""


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
    #: Where a chunk goes on, for work that has no staged rows.
    cursor: int = 0


class StagedRows(Shape, frozen=True):
    """Rows that wait for their action; each is a JSON object as the kind of work wants it."""

    action_id: str
    number: int
    rows: tuple[dict[str, Any], ...]
    #: The number of the first row, counted from 1 over the whole input.
    first_row: int = 1
    staged_at: Millis = 0


# --- commands


class StageRows(Shape, tag="stage_rows", frozen=True):
    """Keeps rows for an action that will start when all of them are there."""

    action_id: str
    number: int
    rows: tuple[dict[str, Any], ...]
    first_row: int = 1


class StartAction(Shape, tag="start_action", frozen=True):
    """Starts an action; `chunks` have to be staged already."""

    action_id: str
    type: str
    work: Work
    total: int | None = None
    chunks: int = 0
    request_id: str = ""


class RunChunk(Shape, tag="run_chunk", frozen=True):
    """Does an action's next chunk; one of another number does nothing."""

    action_id: str
    number: int


# --- events


class RowsStaged(Shape, tag="action.rows_staged", frozen=True):
    """Rows wait for their action."""

    staged: StagedRows


class ActionStarted(Shape, tag="action.started", frozen=True):
    """There is something to be done in the background."""

    action: AsyncAction


class ActionProgressed(Shape, tag="action.progressed", frozen=True):
    """A chunk was done; `action` is the whole after it."""

    action: AsyncAction
    #: The staged rows that are no longer needed.
    consumed: int | None = None


class StagedRowsDropped(Shape, tag="action.rows_dropped", frozen=True):
    """Rows whose action never started were given up."""

    action_id: str
    numbers: tuple[int, ...] = field(default=())
