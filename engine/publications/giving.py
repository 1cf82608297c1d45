"""Vouchers come into the hands of a customer, or were withheld: what is told of it."""

from typing import Final, NamedTuple

from msgspec import structs

from engine.balances.decide import change_balance
from engine.campaigns.free import (
    GivenVouchers,
    Withheld,
    campaign_closed,
    has_one,
    take_next_vouchers,
)
from engine.customers.know import KnownCustomer
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id, numbered_command
from engine.kernel.state import View
from engine.points.buckets import Booked
from engine.points.decide import points_expired_events
from engine.points.expiration import expiration_rules_of, fixed_expiration
from engine.vouchers.holdings import find_held, works
from schemas.api import CustomerInput
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.customers import Customer
from schemas.errors import Refusal
from schemas.events import Event
from schemas.publications import (
    Publication,
    PublicationFailed,
    PublicationSucceeded,
    PublishVouchers,
)
from schemas.vouchers import Voucher

#: What such a publication says it came by.
AUTO_JOIN: Final = "AUTO_JOIN"


def decide_publication(
    command: Command,
    body: PublishVouchers,
    target: Voucher | Campaign,
    known: KnownCustomer,
    given: GivenVouchers | Withheld,
    now: Millis,
) -> Decision:
    """The publication of what is given, or the failed one of what is withheld."""
    publication = Publication(
        id=new_id(command.seed, "pub_"),
        created_at=now,
        customer_id=known.id or "",
        campaign_id=target.id if isinstance(target, Campaign) else target.campaign_id,
        campaign=target.name if isinstance(target, Campaign) else target.campaign,
        source_id=body.source_id or None,
        tracking_id=body.tracking_id,
        channel=body.channel,
        metadata=body.metadata,
    )
    if isinstance(given, Withheld):
        tried = (target,) if isinstance(target, Voucher) else ()
        refusal = given.refusal
        failed = structs.replace(
            _with_vouchers(publication, tried),
            failure_code=refusal.key,
            failure_message=refusal.message,
        )
        if refusal.resource_id is None:
            refusal = structs.replace(
                refusal, resource_id=publication.id, resource_type="publication"
            )
        event = PublicationFailed(failed, refusal, given.campaign)
        return Decision((*known.events, event), refusal, known.snapshot)
    vouchers = tuple(_hand_over(voucher, known.id, now) for voucher in given.vouchers)
    published = PublicationSucceeded(
        _with_vouchers(publication, vouchers), vouchers, given.campaign
    )
    return Decision((*known.events, *given.made, published), customer=known.snapshot)


def give_vouchers_event(
    command: Command, campaign: Campaign, customer_id: str, given: GivenVouchers, now: Millis
) -> PublicationSucceeded:
    """The event that gives a customer vouchers of a campaign for something else that happened."""
    publication = Publication(
        id=new_id(command.seed, "pub_"),
        created_at=now,
        customer_id=customer_id,
        campaign_id=campaign.id,
        campaign=campaign.name,
    )
    vouchers = tuple(_hand_over(voucher, customer_id, now) for voucher in given.vouchers)
    return PublicationSucceeded(_with_vouchers(publication, vouchers), vouchers, given.campaign)


class HandedOut(NamedTuple):
    """A voucher of a campaign that a customer has now, and what brings that about, in this order."""

    booked: Booked
    events: tuple[Event, ...] = ()
    #: Whether the customer had it before.
    kept: bool = False
    #: When the points that were added expire, whatever the card does; None: never, or later.
    expires_at: Millis | None = None


def hand_out(
    view: View,
    command: Command,
    campaign: Campaign,
    customer_id: str,
    amount: int,
    now: Millis,
    *,
    to_held: bool,
) -> HandedOut | Refusal:
    """A voucher of a campaign, for something else that happened, with so many credits or points more.

    With `to_held` they are for a card that the customer has, if it works; else the next of the
    campaign is published, but none to whoever has one of a campaign that is joined once. What was
    added is in what is `booked`, and to be told by an event of its own.
    """
    refusal = campaign_closed(campaign, now)
    if refusal is not None:
        return refusal
    held = find_held(view, customer_id, campaign.id, now)
    if to_held and held is not None and works(held, now):
        return _loaded(view, command, HandedOut(Booked(held), kept=True), amount, now)
    if held is not None and campaign.join_once:
        return has_one(campaign)
    own = numbered_command(command, "prize", 0)
    found = take_next_vouchers(view, own, campaign, 1, now)
    if isinstance(found, Withheld):
        return found.refusal
    published = give_vouchers_event(own, campaign, customer_id, found, now)
    given = HandedOut(Booked(published.vouchers[0]), (*found.made, published))
    return _loaded(view, command, given, amount, now)


def _loaded(
    view: View, command: Command, given: HandedOut, amount: int, now: Millis
) -> HandedOut | Refusal:
    """With so many credits or points more; what of the card expired by now goes first."""
    if not amount:
        return given
    card = given.booked.voucher
    booked = change_balance(view, command, card, amount, now)
    if isinstance(booked, Refusal):
        return booked
    expired = points_expired_events(view, command, card, now, number=1)
    ends = None
    if card.loyalty_card is not None:
        ends = fixed_expiration(view, expiration_rules_of(view, card), now)
    return given._replace(booked=booked, events=(*given.events, *expired), expires_at=ends)


def _hand_over(voucher: Voucher, customer_id: str | None, now: Millis) -> Voucher:
    """The voucher in the hands of the customer; who has it already is given nothing more."""
    if voucher.holder_id == customer_id:
        return voucher
    at = now if voucher.published_at is None else voucher.published_at
    return structs.replace(
        voucher,
        holder_id=customer_id,
        published=voucher.published + 1,
        published_at=at,
        updated_at=now,
    )


def _with_vouchers(publication: Publication, vouchers: tuple[Voucher, ...]) -> Publication:
    """The publication of these vouchers."""
    only = vouchers[0] if len(vouchers) == 1 else None
    return structs.replace(
        publication,
        voucher_ids=tuple(each.id for each in vouchers),
        codes=tuple(each.code for each in vouchers),
        voucher_type=vouchers[0].type if vouchers else None,
        discount=only.discount if only else None,
        gift=only.gift if only else None,
        is_referral_code=any(each.is_referral_code for each in vouchers),
        loyalty_card=only.loyalty_card if only else None,
    )


def give_card(
    view: View, command: Command, program: Campaign, customer: Customer, now: Millis
) -> tuple[Event, ...]:
    """The next card of the program for a customer who has none.

    Where there is none to be given nothing happens; only what was searched in vain is noted, so that
    it is not searched again.
    """
    given = take_next_vouchers(view, command, program, 1, now)
    if isinstance(given, Withheld) and given.campaign is None:
        return ()
    body = PublishVouchers(customer=CustomerInput(), campaign=program.id, channel=AUTO_JOIN)
    known = KnownCustomer(customer)
    return decide_publication(command, body, program, known, given, now).events
