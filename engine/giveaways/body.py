"""Entries, winners and proofs of giveaways; the contract knows none of them."""

from types import MappingProxyType
from typing import Final

from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import Body
from engine.kernel.room import Answers, Rendered, shows
from engine.prizes.body import given_body
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.giveaways import (
    Draw,
    Drawn,
    EntryRepeated,
    GiveawayDrawn,
    GiveawayEntered,
    GiveawayEntry,
    PrizesAsked,
    PrizesHandedOut,
    WinnerRefused,
)
from schemas.projects import KeyKind
from schemas.records import Decided

#: The name of the way in which is drawn (engine/giveaways/drawing.py).
ALGORITHM: Final = "sorted-ids/sha256-counter/rejection/fisher-yates/1"


def entry_body(entry: GiveawayEntry) -> Body:
    """An entry."""
    return {
        "id": entry.id,
        "campaign_id": entry.campaign_id,
        "customer_id": entry.customer_id,
        "source": entry.source,
        "source_id": entry.source_id,
        "metadata": entry.metadata,
        "created_at": iso(entry.created_at),
        "withdrawn_at": iso_or_none(entry.withdrawn_at),
        "object": "giveaway_entry",
    }


def drawn_body(drawn: Drawn) -> Body:
    """An entry that was drawn, and what became of it."""
    return {
        "place": drawn.place,
        "entry_id": drawn.entry_id,
        "customer_id": drawn.customer_id,
        "status": drawn.status,
        "prize": None if drawn.given is None else given_body(drawn.given),
        "withheld": drawn.withheld,
        "reason": drawn.reason,
        "object": "giveaway_winner",
    }


def draw_body(draw: Draw) -> Body:
    """The draw with those who were drawn, by their places."""
    return {
        "campaign_id": draw.campaign_id,
        "date": iso(draw.at),
        "seed": draw.seed,
        "commitment": draw.commitment,
        "entries": draw.entries,
        "entries_digest": draw.entries_digest,
        "algorithm": ALGORITHM,
        "drawn": list(map(drawn_body, draw.drawn)),
        "object": "giveaway_draw",
    }


def proof_body(campaign: Campaign, draw: Draw | None, entries: int, now: Millis) -> Body:
    """What a draw can be checked with: the commitment at any time, the seed once it is drawn."""
    terms = campaign.giveaway
    assert terms is not None
    return {
        "campaign_id": campaign.id,
        "algorithm": ALGORITHM,
        "commitment": terms.commitment,
        "closes_at": iso(terms.closes_at),
        "closed": now > terms.closes_at,
        "seed": None if draw is None else draw.seed,
        "date": None if draw is None else iso(draw.at),
        "entries": entries if draw is None else draw.entries,
        "entries_digest": None if draw is None else draw.entries_digest,
        "places": [] if draw is None else [each.entry_id for each in draw.drawn],
        "object": "giveaway_proof",
    }


def _draw(
    event: GiveawayDrawn | WinnerRefused | PrizesAsked, record: Decided, _: KeyKind
) -> Rendered:
    """The draw as it is once the prizes are handed out, which follows in the same record."""
    draw = event.draw
    for told in record.events:
        if isinstance(told, PrizesHandedOut):
            draw = told.draw
    return Rendered(200, draw_body(draw))


ANSWERS: Answers = MappingProxyType(
    {
        GiveawayEntered: shows(entry_body, "entry"),
        EntryRepeated: shows(entry_body, "entry"),
        GiveawayDrawn: _draw,
        WinnerRefused: _draw,
        PrizesAsked: _draw,
    }
)
