"""Giveaways: entries, the draw, and what became of those who were drawn."""

from typing import Final, Literal

from msgspec import field

from schemas.api import CustomerInput
from schemas.base import Metadata, Millis, Shape, Unanswered
from schemas.prizes import GivenPrize

#: How many entries a giveaway has at most: one decision draws among all of them.
ENTRIES_MAX = 50_000
#: How many orders beside the first keep a customer's only entry; of more it is not noted.
OTHER_ORDERS_MAX = 20
#: How many are drawn at most, those who stepped in for others included.
DRAWN_MAX = 500


class GiveawayEntry(Shape, frozen=True):
    """A lot in a giveaway. Its id is made of what it is for, so nothing makes two."""

    id: str
    campaign_id: str
    customer_id: str
    created_at: Millis
    source: Literal["api", "order", "event"] = "api"
    #: The order or the custom event.
    source_id: str | None = None
    metadata: Metadata = field(default_factory=dict)
    #: When it was withdrawn: its order was canceled.
    withdrawn_at: Millis | None = None
    #: Of a customer's only entry: the orders that were paid after `source_id`, any of which keeps it.
    other_orders: tuple[str, ...] = ()


class Drawn(Shape, frozen=True):
    """An entry that was drawn, by its place."""

    place: int
    entry_id: str
    customer_id: str
    #: An alternate steps in where a winner is refused; one whose customer is gone is passed over.
    status: Literal["WINNER", "ALTERNATE", "REFUSED", "GONE"]
    given: GivenPrize | None = None
    #: Why a winner has no prize, as the key of a refusal.
    withheld: str | None = None
    reason: str | None = None


class Draw(Shape, frozen=True):
    """A draw with what anybody needs to check it, beside the ids of the entries."""

    campaign_id: str
    at: Millis
    seed: str
    commitment: str
    entries: int
    #: SHA-256 over the ids of the entries in order, each with a line feed.
    entries_digest: str
    drawn: tuple[Drawn, ...]


class EnterGiveaway(Shape, tag="enter_giveaway", frozen=True):
    """Makes an entry of a customer."""

    campaign: str
    customer: CustomerInput
    #: What tells entries of a customer apart, where each event makes one.
    source_id: str | None = None
    metadata: Metadata = field(default_factory=dict)


class DrawGiveaway(Shape, tag="draw_giveaway", frozen=True):
    """Draws with the seed, which has to be the one that was committed to."""

    campaign: str
    seed: str


class RefuseWinner(Shape, tag="refuse_winner", frozen=True):
    """A winner is refused, and the next one steps in."""

    campaign: str
    entry_id: str
    reason: str | None = None


class HandOutPrizes(Shape, tag="hand_out_prizes", frozen=True):
    """Gives the winners their prizes whom they could not be given yet."""

    campaign: str


class GiveawayEntered(Shape, tag="giveaway.entered", frozen=True):
    """A giveaway has another entry."""

    entry: GiveawayEntry


class EntryRepeated(Shape, tag="giveaway.entry_repeated", frozen=True):
    """Somebody who has an entry asked for it again."""

    entry: GiveawayEntry


class EntryWithdrawn(Unanswered, tag="giveaway.entry_withdrawn", frozen=True):
    """An entry does not take part any more."""

    entry: GiveawayEntry


class EntryOrdersChanged(Unanswered, tag="giveaway.entry_orders_changed", frozen=True):
    """Another order keeps a customer's only entry, or one of several was canceled; the entry stays."""

    entry: GiveawayEntry


class GiveawayDrawn(Shape, tag="giveaway.drawn", frozen=True):
    """The winners are drawn, and the seed is revealed."""

    draw: Draw


class WinnerRefused(Shape, tag="giveaway.winner_refused", frozen=True):
    """A winner was refused; the draw is as it is after it."""

    draw: Draw
    entry_id: str


class PrizesAsked(Shape, tag="giveaway.prizes_asked", frozen=True):
    """Winners without a prize are to be given theirs."""

    draw: Draw


class PrizesHandedOut(Unanswered, tag="giveaway.prizes_handed_out", frozen=True):
    """What the winners were given, or why not; the draw is as it is after it."""

    draw: Draw


GiveawayCommand = EnterGiveaway | DrawGiveaway | RefuseWinner | HandOutPrizes
GiveawayEvent = (
    GiveawayEntered
    | EntryRepeated
    | EntryWithdrawn
    | EntryOrdersChanged
    | GiveawayDrawn
    | WinnerRefused
    | PrizesAsked
    | PrizesHandedOut
)
#: Entries and draws; what winners are given is in other events.
GIVEAWAY_EVENTS: Final = frozenset(
    {
        GiveawayEntered,
        EntryRepeated,
        EntryWithdrawn,
        EntryOrdersChanged,
        GiveawayDrawn,
        WinnerRefused,
        PrizesAsked,
        PrizesHandedOut,
    }
)
