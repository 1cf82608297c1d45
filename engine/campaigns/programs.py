"""What a referral program or a giveaway says of itself, before its campaign is stored.

Prizes, segments and events that it names have to be there then; whether a prize can still be given
is asked whenever it is to be.
"""

from msgspec import structs

from engine.kernel import tables
from engine.kernel.calendar import INSTANT_MIN
from engine.kernel.lookup import find_campaign
from engine.kernel.reacting import too_many_reacting
from engine.kernel.state import View
from schemas.base import AMOUNT_MAX, INSTANT_MAX
from schemas.campaigns import Campaign
from schemas.errors import Refusal, not_found, refuse
from schemas.giveaway_terms import ALTERNATES_MAX, WINNERS_MAX, GiveawayTerms
from schemas.prize_terms import Prize
from schemas.referral_programs import ReferralProgram

#: The campaigns whose cards a prize is added to.
_CARDS = {"LOYALTY_CARD": "LOYALTY_PROGRAM", "GIFT_VOUCHER": "GIFT_VOUCHERS"}


def with_program(view: View, campaign: Campaign) -> Campaign | Refusal:
    """The campaign with what it refers to by id, or why it cannot be one."""
    is_code = campaign.voucher is not None and campaign.voucher.is_referral_code
    if campaign.campaign_type == "REFERRAL_PROGRAM":
        if not is_code:
            return _invalid("voucher.is_referral_code", "must be true in a REFERRAL_PROGRAM")
        program = known_program(view, campaign.referral_program or ReferralProgram())
        if isinstance(program, Refusal):
            return program
        refusal = too_many_reacting(view, "referring", campaign.id)
        return refusal or structs.replace(campaign, referral_program=program)
    if is_code or campaign.referral_program is not None:
        return _invalid("referral_program", "belongs to a REFERRAL_PROGRAM")
    if campaign.campaign_type == "GIVEAWAY":
        return _with_giveaway(view, campaign)
    if campaign.giveaway is not None:
        return _invalid("giveaway", "belongs to a GIVEAWAY")
    return campaign


def known_program(view: View, program: ReferralProgram) -> ReferralProgram | Refusal:
    """The program with its event, segment and rewards as they are known, or what is wrong."""
    kind = program.conversion_event_type
    for name, wanted in (("custom_event", "custom_event"), ("segment_id", "segment")):
        if getattr(program, name) is not None and kind != wanted:
            return _invalid(f"referral_program.{wanted}", f"does not belong to a {kind}")
    if kind == "custom_event":
        named = _with_event(view, program)
        if isinstance(named, Refusal):
            return named
        program = named
    if kind == "segment":
        refusal = _wrong_segment(view, program.segment_id)
        if refusal is not None:
            return refusal
    for side in ("referee_reward", "referrer_reward"):
        prize = getattr(program, side)
        if prize is not None:
            known = known_prize(view, prize, f"referral_program.{side}")
            if isinstance(known, Refusal):
                return known
            program = structs.replace(program, **{side: known})
    return program


def known_prize(view: View, prize: Prize, path: str) -> Prize | Refusal:
    """The prize with the id and the name of its campaign, or what is wrong with it."""
    campaign = find_campaign(view, prize.campaign_id)
    if campaign is None:
        return not_found("campaign", prize.campaign_id)
    wanted = _CARDS.get(prize.type, campaign.campaign_type)
    if campaign.campaign_type != wanted:
        return _invalid(f"{path}.related_object_parent", f"must be a {wanted}")
    if campaign.voucher is None:
        return _invalid(f"{path}.related_object_parent", "must be a campaign with codes")
    if prize.type == "CAMPAIGN":
        if prize.amount is not None:
            return _invalid(f"{path}.amount", "does not belong to a code of a campaign")
    elif prize.amount is None or not 1 <= prize.amount <= AMOUNT_MAX:
        return _invalid(f"{path}.amount", f"must be 1 to {AMOUNT_MAX}")
    return structs.replace(prize, campaign_id=campaign.id, campaign=campaign.name)


def _with_event(view: View, program: ReferralProgram) -> ReferralProgram | Refusal:
    schema_id, name = program.custom_event_id, program.custom_event
    known = None if schema_id is None else view.get(tables.EVENT_SCHEMA_IDS, schema_id)
    if schema_id is not None and known is None:
        return not_found("custom-event-schema", schema_id)
    if known is not None and name not in (None, known):
        return _invalid("referral_program.custom_event.name", f"is not that of {schema_id}")
    name = known or name
    if not name:
        return _invalid("referral_program.custom_event", "is required")
    schema = view.get(tables.EVENT_SCHEMAS, name)
    return structs.replace(
        program, custom_event=name, custom_event_id=None if schema is None else schema.id
    )


def _wrong_segment(view: View, segment_id: str | None) -> Refusal | None:
    if segment_id is None:
        return _invalid("referral_program.segment", "is required")
    segment = view.get(tables.SEGMENTS, segment_id)
    if segment is None:
        return not_found("segment", segment_id)
    if segment.type != "auto-update":
        return _invalid("referral_program.segment", "must be of the type auto-update")
    return None


def _with_giveaway(view: View, campaign: Campaign) -> Campaign | Refusal:
    terms = campaign.giveaway
    if terms is None:
        return _invalid("giveaway", "is required")
    wrong = _wrong_terms(terms)
    if wrong is not None:
        return wrong
    if terms.prize is None and campaign.voucher is None:
        return _invalid("giveaway.prize", "is required where the giveaway has no codes")
    if terms.prize is not None:
        prize = known_prize(view, terms.prize, "giveaway.prize")
        if isinstance(prize, Refusal):
            return prize
        terms = structs.replace(terms, prize=prize)
    refusal = too_many_reacting(view, "giving", campaign.id)
    return refusal or structs.replace(campaign, giveaway=terms)


def _wrong_terms(terms: GiveawayTerms) -> Refusal | None:
    if not INSTANT_MIN <= terms.closes_at <= INSTANT_MAX:
        return _invalid("giveaway.closes_at", "must be in the years 1 to 9999")
    if not 1 <= terms.winners <= WINNERS_MAX:
        return _invalid("giveaway.winners", f"must be 1 to {WINNERS_MAX}")
    if not 0 <= terms.alternates <= ALTERNATES_MAX:
        return _invalid("giveaway.alternates", f"must be 0 to {ALTERNATES_MAX}")
    if (terms.entry_type == "custom_event") != bool(terms.custom_event):
        return _invalid("giveaway.custom_event", "belongs to entries by a custom_event")
    if not terms.commitment or not terms.nonce:
        return _invalid("giveaway", "has no commitment to its seed")
    return None


def _invalid(path: str, reason: str) -> Refusal:
    return refuse("invalid_payload", f"Property `.{path}` {reason}")
