"""Giveaways: entries, the draw by the committed seed, and winners who are refused."""

from types import MappingProxyType

from msgspec import structs

from engine.customers.know import know_customer
from engine.giveaways.drawing import commitment_of, draw_entries, entries_digest
from engine.giveaways.entering import closed_refusal, make_entry
from engine.giveaways.find import find_draw, find_giveaway, taking_part
from engine.giveaways.winning import with_winners
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.giveaway_terms import GiveawayTerms
from schemas.giveaways import (
    DRAWN_MAX,
    Draw,
    DrawGiveaway,
    Drawn,
    EnterGiveaway,
    EntryRepeated,
    GiveawayDrawn,
    GiveawayEntered,
    GiveawayEntry,
    HandOutPrizes,
    PrizesAsked,
    RefuseWinner,
    WinnerRefused,
)


def enter_giveaway(
    view: View, command: Command, body: EnterGiveaway, now: Millis
) -> Decision | Refusal:
    """Makes an entry; a customer who has it already is answered with that."""
    campaign = find_giveaway(view, body.campaign)
    if isinstance(campaign, Refusal):
        return campaign
    refusal = closed_refusal(view, campaign, now) or _wrong_source(campaign, body.source_id)
    if refusal is not None:
        return refusal
    known = know_customer(view, command, body.customer, now)
    if isinstance(known, Refusal):
        return known
    if known.customer is None:
        return refuse("missing_customer", "An entry has to name its customer")
    entry = make_entry(
        view,
        campaign,
        known.customer.id,
        now,
        source_id=body.source_id,
        metadata=body.metadata,
    )
    if isinstance(entry, Refusal):
        return entry
    stored = view.get(tables.GIVEAWAY_ENTRIES, campaign.id, entry.id)
    if stored is not None and stored.withdrawn_at is None:
        return Decision((*known.events, EntryRepeated(stored)), customer=known.snapshot)
    return Decision((*known.events, GiveawayEntered(entry)), customer=known.snapshot)


def draw_giveaway(view: View, _: Command, body: DrawGiveaway, now: Millis) -> Decision | Refusal:
    """Draws winners and alternates among the entries, once, after the giveaway has closed."""
    campaign = find_giveaway(view, body.campaign)
    if isinstance(campaign, Refusal):
        return campaign
    terms = campaign.giveaway
    assert terms is not None
    refusal = undrawable(view, campaign, now)
    if refusal is not None:
        return refusal
    if commitment_of(body.seed) != terms.commitment:
        return refuse("invalid_payload", "The seed is not the one that was committed to")
    entries = taking_part(view, campaign.id)
    if not entries:
        return refuse("invalid_campaign", f"Giveaway {campaign.name} has no entries")
    draw = Draw(
        campaign_id=campaign.id,
        at=now,
        seed=body.seed,
        commitment=terms.commitment,
        entries=len(entries),
        entries_digest=entries_digest(list(entries)),
        drawn=_drawn(view, body.seed, entries, (), terms),
    )
    return Decision((GiveawayDrawn(draw),))


def undrawable(view: View, campaign: Campaign, now: Millis) -> Refusal | None:
    """Why a giveaway cannot be drawn now; its seed is told to nobody before that."""
    terms = campaign.giveaway
    assert terms is not None
    if find_draw(view, campaign.id) is not None:
        return refuse(
            "giveaway_drawn",
            f"Giveaway {campaign.name} was drawn already",
            resource_id=campaign.id,
            resource_type="campaign",
        )
    if now <= terms.closes_at:
        return refuse("giveaway_not_closed", f"Giveaway {campaign.name} takes entries still")
    return None


def refuse_winner(view: View, _: Command, body: RefuseWinner, __: Millis) -> Decision | Refusal:
    """Refuses a winner; the next who was drawn steps in, or one more is drawn by the same seed."""
    found = _drawn_giveaway(view, body.campaign)
    if isinstance(found, Refusal):
        return found
    campaign, draw = found
    terms = campaign.giveaway
    assert terms is not None
    refused = next((each for each in draw.drawn if each.entry_id == body.entry_id), None)
    if refused is None or refused.status != "WINNER":
        return not_found("winner", body.entry_id)
    if len(draw.drawn) >= DRAWN_MAX:
        return refuse("invalid_campaign", f"At most {DRAWN_MAX} entries are drawn")
    gone = structs.replace(refused, status="REFUSED", reason=body.reason)
    before = tuple(gone if each is refused else each for each in draw.drawn)
    entries = taking_part(view, campaign.id)
    after = structs.replace(draw, drawn=_drawn(view, draw.seed, entries, before, terms))
    return Decision((WinnerRefused(after, body.entry_id),))


def ask_for_prizes(view: View, _: Command, body: HandOutPrizes, __: Millis) -> Decision | Refusal:
    """Has those winners given their prizes who could not be given them."""
    found = _drawn_giveaway(view, body.campaign)
    return found if isinstance(found, Refusal) else Decision((PrizesAsked(found[1]),))


def _drawn_giveaway(view: View, named: str) -> tuple[Campaign, Draw] | Refusal:
    campaign = find_giveaway(view, named)
    if isinstance(campaign, Refusal):
        return campaign
    draw = find_draw(view, campaign.id)
    if draw is None:
        return refuse("giveaway_not_drawn", f"Giveaway {campaign.name} was not drawn yet")
    return campaign, draw


def _wrong_source(campaign: Campaign, source_id: str | None) -> Refusal | None:
    """Where each event counts, a request has to tell them apart; where not, it cannot."""
    each_event = campaign.giveaway is not None and campaign.giveaway.each_event
    if each_event and not source_id:
        return refuse("invalid_payload", "Property `.source_id` is required: each event counts")
    if source_id and not each_event:
        return refuse("invalid_payload", "Property `.source_id` is for giveaways of each event")
    return None


def _drawn(
    view: View,
    seed: str,
    entries: dict[str, GiveawayEntry],
    before: tuple[Drawn, ...],
    terms: GiveawayTerms,
) -> tuple[Drawn, ...]:
    """As many as it takes to have all winners and alternates, whoever is gone of those who were drawn."""
    known = {each.entry_id: each for each in before}
    drawn = [
        known.get(each) or Drawn(place, each, entries[each].customer_id, "ALTERNATE")
        for place, each in enumerate(draw_entries(seed, list(entries), DRAWN_MAX), 1)
    ]
    places, wanted = 0, terms.winners + terms.alternates
    found = with_winners(view, drawn, terms.winners)
    for each in found:
        if places >= len(before) and wanted <= 0:
            break
        places += 1
        wanted -= each.status in ("WINNER", "ALTERNATE")
    return tuple(found[:places])


DECISIONS: Decisions = MappingProxyType(
    {
        EnterGiveaway: enter_giveaway,
        DrawGiveaway: draw_giveaway,
        RefuseWinner: refuse_winner,
        HandOutPrizes: ask_for_prizes,
    }
)
