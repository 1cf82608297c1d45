"""The body of a qualification, and what it asks for. Other members are read past."""

from typing import Any, Literal

from engine.qualification.cursor import Cursor, parse_cursor
from engine.qualification.filters import FilterError, Filters, parse_filters
from engine.qualification.page import PageQuery
from runtime.http.errors import invalid_payload
from runtime.http.lenient import Reader
from runtime.http.payload import decode_body
from schemas.api import CustomerInput, OrderInput, RewardChoice, SessionInput, Text
from schemas.base import Metadata, Shape
from schemas.qualifications import LIMIT_DEFAULT, LIMIT_MAX, Scenario, SortingRule


class QualificationsOptions(Shape, frozen=True):
    """How much is shown of what, in which order."""

    limit: int | None = None
    starting_after: Text | None = None
    filters: dict[str, Any] | None = None
    expand: tuple[Literal["redeemable", "category", "validation_rules"], ...] | None = None
    sorting_rule: SortingRule | None = None


class QualificationsBody(Shape, frozen=True):
    """Whom and what offers should suit."""

    customer: CustomerInput | None = None
    order: OrderInput | None = None
    tracking_id: Text | None = None
    metadata: Metadata | None = None
    #: What its key holds does not count against whoever asks; nothing is held anew.
    session: SessionInput | None = None
    scenario: Scenario | None = None
    options: QualificationsOptions | None = None
    #: What loyalty cards would pay for; of the older endpoint for vouchers.
    reward: RewardChoice | None = None

    @property
    def expand(self) -> frozenset[str]:
        """What is shown in full."""
        return frozenset((self.options and self.options.expand) or ())

    def query(self) -> PageQuery:
        """What it asks for. Raises ApiError. A limit above the greatest is the greatest."""
        options = self.options or QualificationsOptions()
        limit = LIMIT_DEFAULT if options.limit is None else options.limit
        if limit < 1:
            raise invalid_payload("Property `.options.limit` should be at least 1")
        return PageQuery(
            self.scenario or "ALL",
            min(limit, LIMIT_MAX),
            _cursor(options.starting_after),
            _filters(options.filters),
            options.sorting_rule or "DEFAULT",
        )


_body: Reader[QualificationsBody] = Reader(QualificationsBody)


def read_qualification(content: bytes) -> QualificationsBody:
    """The body; an empty one asks for everything. Raises ApiError."""
    return decode_body(content, _body) if content.strip() else QualificationsBody()


def _cursor(text: str | None) -> Cursor | None:
    if text is None:
        return None
    found = parse_cursor(text)
    if found is None:
        raise invalid_payload("Property `.options.starting_after` should be an ISO 8601 date-time")
    return found


def _filters(given: dict[str, Any] | None) -> Filters:
    try:
        return parse_filters(given)
    except FilterError as error:
        raise invalid_payload(f"Property `.options.filters{error.path}` {error.reason}") from None
