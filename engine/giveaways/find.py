"""Finding giveaways, their entries, and who takes part in a draw."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from engine.kernel import tables
from engine.kernel.lookup import find_campaign
from engine.kernel.state import View
from schemas.campaigns import Campaign
from schemas.errors import Refusal, not_found
from schemas.giveaways import Draw, GiveawayEntry

_PREFIX: Final = "gve_"
_DIGITS: Final = 24


def find_giveaway(view: View, campaign: str) -> Campaign | Refusal:
    """The giveaway with that id or name."""
    found = find_campaign(view, campaign)
    if found is None or found.giveaway is None:
        return not_found("campaign", campaign)
    return found


def entry_id_of(campaign_id: str, customer_id: str, source_id: str | None = None) -> str:
    """The id of an entry: the same for the same customer and, where events count, the same event."""
    named = f"{campaign_id}/{customer_id}/{source_id or ''}"
    return _PREFIX + sha256(named.encode()).hexdigest()[:_DIGITS]


def find_draw(view: View, campaign_id: str) -> Draw | None:
    """The draw of a giveaway, once there was one."""
    return view.get(tables.DRAWS, campaign_id)


def entries_of(
    view: View, campaign_id: str, *, after: str | None = None
) -> Iterator[GiveawayEntry]:
    """The entries by their ids, those withdrawn included."""
    return view.scan(tables.GIVEAWAY_ENTRIES, campaign_id, after=after)


def entries_count(view: View, campaign_id: str) -> int:
    """How many entries there are, those withdrawn included."""
    return view.get(tables.GIVEAWAY_ENTRY_COUNTS, campaign_id) or 0


def taking_part(view: View, campaign_id: str) -> dict[str, GiveawayEntry]:
    """The entries among which is drawn, by id."""
    entries = entries_of(view, campaign_id)
    return {each.id: each for each in entries if each.withdrawn_at is None}
