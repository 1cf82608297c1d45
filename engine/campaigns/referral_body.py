"""What referral programs and giveaways show of themselves. Source: the contract's ReferralProgram; the rest is our own."""

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from schemas.giveaway_terms import GiveawayTerms
from schemas.prize_terms import Prize
from schemas.referral_programs import ReferralProgram


def prize_body(prize: Prize) -> Body:
    """What is given, and of which campaign."""
    parent = {"id": prize.campaign_id, "name": prize.campaign, "object": "CAMPAIGN"}
    body: Body = {"related_object_parent": parent, "type": prize.type}
    if prize.amount is not None:
        body["amount"] = prize.amount
    return body


def referral_program_body(program: ReferralProgram) -> Body:
    """When somebody counts as referred, and what is given for it; what is not set is left out."""
    body: Body = {"conversion_event_type": program.conversion_event_type}
    if program.custom_event is not None:
        body["custom_event"] = {"name": program.custom_event}
        if program.custom_event_id is not None:
            body["custom_event"]["id"] = program.custom_event_id
    if program.segment_id is not None:
        body["segment"] = {"id": program.segment_id}
    if program.referee_reward is not None:
        body["referee_reward"] = prize_body(program.referee_reward)
    if program.referrer_reward is not None:
        body["referrer_reward"] = prize_body(program.referrer_reward)
    return body


def giveaway_terms_body(terms: GiveawayTerms) -> Body:
    """How a giveaway takes entries and draws, with the commitment to its seed."""
    body: Body = {
        "entry_type": terms.entry_type,
        "each_event": terms.each_event,
        "closes_at": iso(terms.closes_at),
        "winners": terms.winners,
        "alternates": terms.alternates,
        "commitment": terms.commitment,
    }
    if terms.custom_event is not None:
        body["custom_event"] = {"name": terms.custom_event}
    if terms.prize is not None:
        body["prize"] = prize_body(terms.prize)
    return body
