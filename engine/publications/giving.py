"""Vouchers come into the hands of a customer, or were withheld: what is told of it."""

from typing import Final

from msgspec import structs

from engine.campaigns.free import GivenVouchers, Withheld, take_next_vouchers
from engine.customers.know import KnownCustomer
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.state import View
from schemas.api import CustomerInput
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.customers import Customer
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
