"""Giveaways in the state: entries by campaign, and the draw."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.giveaways import (
    EntryOrdersChanged,
    EntryWithdrawn,
    GiveawayDrawn,
    GiveawayEntered,
    PrizesHandedOut,
    WinnerRefused,
)


def entry_stored(
    state: State, event: GiveawayEntered | EntryWithdrawn | EntryOrdersChanged, _: Millis
) -> None:
    """The entry is as the event says."""
    entry = event.entry
    if state.get(tables.GIVEAWAY_ENTRIES, entry.campaign_id, entry.id) is None:
        count = state.get(tables.GIVEAWAY_ENTRY_COUNTS, entry.campaign_id) or 0
        state.put(tables.GIVEAWAY_ENTRY_COUNTS, count + 1, entry.campaign_id)
    state.put(tables.GIVEAWAY_ENTRIES, entry, entry.campaign_id, entry.id)


def draw_stored(
    state: State, event: GiveawayDrawn | WinnerRefused | PrizesHandedOut, _: Millis
) -> None:
    """The draw is as the event says."""
    state.put(tables.DRAWS, event.draw, event.draw.campaign_id)


FOLDS: Folds = MappingProxyType(
    {
        GiveawayEntered: entry_stored,
        EntryWithdrawn: entry_stored,
        EntryOrdersChanged: entry_stored,
        GiveawayDrawn: draw_stored,
        WinnerRefused: draw_stored,
        PrizesHandedOut: draw_stored,
    }
)
