"""Exports: files of what a project has, made in the background for somebody to fetch.

The ledger knows what is asked for and how far it is; the file itself is made by the host of the
lists (services/audit/exports), which reports, and lies there until its time is over.
"""

from typing import Any, Final, Literal

from schemas.base import Millis, Shape, Unanswered
from schemas.personal import Personal

#: How many a project keeps, those that are open included: the oldest that ended makes room.
EXPORTS_MAX = 100
#: How many are open at once.
OPEN_EXPORTS_MAX = 10
#: How long one that ended stays, and its file.
KEPT_DAYS = 7

ExportedObject = Literal[
    "voucher",
    "redemption",
    "customer",
    "publication",
    "order",
    "points_expiration",
    "voucher_transactions",
    "product",
    "sku",
]
ExportStatus = Literal["SCHEDULED", "IN_PROGRESS", "DONE", "ERROR"]


class Export(Shape, frozen=True):
    """A file that is asked for, and how far it is."""

    id: str
    exported_object: ExportedObject
    created_at: Millis
    status: ExportStatus = "SCHEDULED"
    #: The columns, the order and the filters as they were given; None where they were not.
    fields: tuple[str, ...] | None = None
    order: str | None = None
    filters: dict[str, Any] | None = None
    #: The filters that may name a person, in the metadata as `filters`; its owner is
    #: `project/export id`.
    personal_filters: Personal | None = None
    #: Of vouchers: those of one campaign.
    campaign_id: str | None = None
    #: The time zone whose days the dates of its filters are.
    time_zone: str = "Etc/UTC"
    #: Whether the file may show a person, or the filters name one.
    personal: bool = False
    #: Counted up where the file has to be made again.
    attempt: int = 0
    #: How many rows are written, and how many there were to write when it began.
    rows: int = 0
    total: int | None = None
    #: Why there is no file.
    fault: str | None = None
    updated_at: Millis | None = None


class CreateExport(Shape, tag="create_export", frozen=True):
    """Asks for a file; `seals` says that the filters may name a person."""

    exported_object: ExportedObject
    fields: tuple[str, ...] | None = None
    order: str | None = None
    filters: dict[str, Any] | None = None
    campaign_id: str | None = None
    time_zone: str = "Etc/UTC"
    personal: bool = False
    seals: bool = False


class ReportExport(Shape, tag="report_export", frozen=True):
    """How far an attempt is; one of an attempt that counts no more does nothing."""

    export_id: str
    attempt: int
    status: ExportStatus
    written: int = 0
    total: int | None = None
    fault: str | None = None


class DeleteExport(Shape, tag="delete_export", frozen=True):
    """Removes an export and its file; one that is open ends."""

    export_id: str


class ExportCreated(Shape, tag="export.created", frozen=True):
    """A file is asked for."""

    export: Export


class ExportReported(Unanswered, tag="export.reported", frozen=True):
    """How far a file is; `export` is the whole after it."""

    export: Export


class ExportDeleted(Shape, tag="export.deleted", frozen=True):
    """An export is gone, and so is its file."""

    export_id: str


class ExportsDropped(Unanswered, tag="exports.dropped", frozen=True):
    """Exports are gone without anybody having deleted them, and so are their files."""

    export_ids: tuple[str, ...]
    #: Others took their place, their time was over, somebody was forgotten, or the project closed.
    reason: Literal["replaced", "expired", "forgotten", "closed"]


ExportCommand = CreateExport | ReportExport | DeleteExport
ExportEvent = ExportCreated | ExportReported | ExportDeleted | ExportsDropped
#: Files of what there is: nothing of it changes by them.
EXPORT_EVENTS: Final = frozenset({ExportCreated, ExportReported, ExportDeleted, ExportsDropped})
