"""Observations: what was seen and changed nothing. They live in topics of their own, for a while."""

from schemas.base import Instant, Minor, Shape
from schemas.entities import KeyKind


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
