"""Giveaways: what a campaign of a draw says of entries, the draw and the prize."""

from typing import Literal

from schemas.base import Millis, Shape
from schemas.prize_terms import Prize

#: What makes an entry: a paid order, a custom event, or the shop's own request alone.
EntryType = Literal["order.paid", "custom_event", "api"]
WINNERS_MAX = 100
ALTERNATES_MAX = 100


class GiveawayTerms(Shape, frozen=True):
    """How a giveaway takes entries until when, and what it draws.

    The seed of the draw is made of `nonce` with a key of the installation, and stored nowhere; what
    is published of it beforehand is its SHA-256.
    """

    closes_at: Millis
    nonce: str
    commitment: str
    entry_type: EntryType = "api"
    custom_event: str | None = None
    #: Whether each event makes an entry; else a customer has one.
    each_event: bool = False
    winners: int = 1
    alternates: int = 0
    #: None: a code of the giveaway itself.
    prize: Prize | None = None
