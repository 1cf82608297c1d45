"""Observations: what was seen and changed nothing. They live in topics of their own, for a while."""

from typing import Any, Final

from msgspec import Raw

from schemas.base import Instant, Minor, Quantity, Shape
from schemas.evaluations import Evaluation
from schemas.projects import KeyKind
from schemas.sessions import Session

NOTHING: Final = Raw()


class ValidationDetails(Shape, frozen=True):
    """What a validation was asked and what it came to: its answer is rendered of it when read."""

    evaluation: Evaluation
    #: `Asked`; a plain map when it is read.
    asked: Any = None
    tracking_id: str | None = None
    #: The session that was locked.
    session: Session | None = None


class ValidationObserved(Shape, tag="validation.observed", frozen=True):
    """A validation without a session; one with a session is in the ledger.

    It may be in its topic twice; `id` tells.
    """

    id: str
    project: str
    at: Instant
    valid: bool
    key_kind: KeyKind
    #: What was asked for, in the order of the request.
    redeemables: tuple[str, ...] = ()
    #: The campaigns of those that were found, each once.
    campaign_ids: tuple[str, ...] = ()
    campaign_names: tuple[str, ...] = ()
    failure_codes: tuple[str, ...] = ()
    customer_id: str | None = None
    #: In minor units; None: no order, or one without an amount.
    order_amount: Minor | None = None
    #: `ValidationDetails`; nothing where they are large (services/validation/front.py).
    details: Raw = NOTHING


class ApiCall(Shape, frozen=True):
    """A request to the API and its answer: who and what, and of what was said only what is of nobody."""

    request_id: str
    #: When it came.
    at: Instant
    method: str
    #: The path as it was sent, without its query; what may name a person is a `*`.
    path: str
    #: The path with `{id}` in place of what names one thing.
    route: str
    status: int
    duration_us: Quantity
    key_id: str
    key_kind: KeyKind
    #: The site that a browser was on, else the channel; `other`: something that is no site.
    origin: str
    #: What the client says it is; `other`: something that is no name.
    channel: str
    #: The paths of the members of its body that nobody read, as the answer told them.
    ignored: tuple[str, ...] = ()
    #: What it asked in its query; what may be of a person is a `*`.
    query: str = ""
    #: The offset of the record that answered it, in the ledger's partition of its project; -1: it
    #: was answered without one.
    record: int = -1
    #: Its body as JSON, where such a body is of no person; secrets are a `*`.
    body: str = ""
    #: Why it has none though there was one: `large`, `not_json`, `busy`.
    unkept: str = ""
    #: The id of the validation that was observed of it.
    validation: str = ""
    #: Of what was decided for another project: that project, a stroke, the record's offset.
    other: str = ""


class ApiCallsObserved(Shape, tag="api_calls.observed", frozen=True):
    """Some calls of one project, in the order in which they were answered."""

    project: str
    calls: tuple[ApiCall, ...]
