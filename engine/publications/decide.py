"""Publications: a customer is given a voucher by code, or the next free ones of a campaign.

A source id belongs to one publication: who repeats it is answered with that publication again.

A voucher has one holder: whoever was given it may be given it again, nobody else. A campaign's
next free ones are found by their numbers (engine/campaigns/free.py); one that the search passed over
can still be given by its code.

What cannot be given is recorded as a failed publication, once the customer and the voucher or the
campaign are known.
"""

from types import MappingProxyType

from engine.campaigns.free import (
    GivenVouchers,
    Withheld,
    campaign_closed,
    has_one,
    is_over,
    is_used_up,
    take_next_vouchers,
)
from engine.customers.know import know_customer
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.lookup import campaign_of, find_campaign, find_voucher
from engine.kernel.programs import find_member, find_program
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.publications.giving import decide_publication
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.publications import (
    COUNT_MAX,
    AddMember,
    Publication,
    PublicationRepeated,
    PublishVouchers,
)
from schemas.vouchers import Voucher


def publish_vouchers(
    view: View, command: Command, body: PublishVouchers, now: Millis
) -> Decision | Refusal:
    """Gives the vouchers, all that were asked for or none."""
    target = _target(view, body)
    if isinstance(target, Refusal):
        return target
    known = know_customer(view, command, body.customer, now)
    if isinstance(known, Refusal):
        return known
    if known.customer is None:
        return refuse("invalid_customer", "A customer is required to publish a voucher")
    repeated = _find_repeated(view, body, target, known.customer.id)
    if isinstance(repeated, Refusal):
        return repeated
    if repeated is not None:
        return Decision((*known.events, repeated), customer=known.snapshot)
    if isinstance(target, Campaign):
        given = take_next_vouchers(view, command, target, body.count, now)
    else:
        given = _take_voucher(view, target, known.customer.id, now)
    return decide_publication(command, body, target, known, given, now)


def add_member(view: View, command: Command, body: AddMember, now: Millis) -> Decision | Refusal:
    """Gives a card of a loyalty program, or answers with that of who may join once and has."""
    program = find_program(view, body.program)
    if isinstance(program, Refusal):
        return program
    card = None if body.voucher is None else find_member(view, body.voucher, program.id)
    if isinstance(card, Refusal):
        return card
    publication = PublishVouchers(
        body.customer,
        voucher=None if card is None else card.id,
        campaign=program.id if card is None else None,
        join_once=program.join_once,
        source_id=body.source_id,
        channel=body.channel,
        tracking_id=body.tracking_id,
        metadata=body.metadata,
    )
    return publish_vouchers(view, command, publication, now)


def _target(view: View, body: PublishVouchers) -> Voucher | Campaign | Refusal:
    """The voucher or the campaign that the request names."""
    if body.voucher and body.campaign:
        return refuse("invalid_payload", "Either `campaign` or `voucher` is wanted, not both")
    if body.voucher:
        return find_voucher(view, body.voucher) or not_found("voucher", body.voucher)
    if not body.campaign:
        return refuse("missing_vouchers")
    campaign = find_campaign(view, body.campaign)
    once = campaign and campaign.campaign_type == "LOYALTY_PROGRAM" and campaign.join_once
    most = 1 if body.source_id or once else COUNT_MAX
    if body.count > most:
        named = " with a source id" if body.source_id else " of a program that is joined once"
        details = f"A publication{named if most == 1 else ''} gives at most {most}"
        return refuse("too_many_vouchers_requested", f"{details}, {body.count} are wanted")
    return campaign or not_found("campaign", body.campaign)


def _find_repeated(
    view: View, body: PublishVouchers, target: Voucher | Campaign, customer_id: str
) -> PublicationRepeated | Refusal | None:
    """The publication of before: of the same source id, or of who may join once and has."""
    found = body.source_id and view.get(tables.PUBLICATION_SOURCES, body.source_id)
    if found:
        publication = view.get(tables.PUBLICATIONS, found)
        if publication is not None and _is_same(publication, target, customer_id):
            return _publication_repeated_event(view, publication)
        details = f"Another publication has the source id {body.source_id}"
        return refuse("duplicate_source_id", details)
    if isinstance(target, Campaign):
        once = body.join_once or target.join_once
        holding = next(view.scan(tables.HOLDINGS, customer_id, target.id), None) if once else None
    else:
        key = (customer_id, target.campaign_id or "", target.id)
        holding = view.get(tables.HOLDINGS, *key) if body.join_once else None
    publication = None
    if holding is not None:
        publication = view.get(tables.PUBLICATIONS, holding.publication_id)
    return None if publication is None else _publication_repeated_event(view, publication)


def _is_same(publication: Publication, target: Voucher | Campaign, customer_id: str) -> bool:
    if publication.customer_id != customer_id:
        return False
    if isinstance(target, Campaign):
        return publication.campaign_id == target.id
    return publication.voucher_ids == (target.id,)


def _publication_repeated_event(view: View, publication: Publication) -> PublicationRepeated:
    found = (view.get(tables.VOUCHERS, each) for each in publication.voucher_ids)
    return PublicationRepeated(publication, tuple(each for each in found if each is not None))


def _take_voucher(
    view: View, voucher: Voucher, customer_id: str, now: Millis
) -> GivenVouchers | Withheld:
    campaign = campaign_of(view, voucher)
    closed = None if campaign is None else campaign_closed(campaign, now)
    if closed is not None:
        return Withheld(closed)
    if voucher.holder_id not in (None, customer_id):
        return Withheld(refuse("voucher_already_published", voucher.code))
    if campaign is not None and campaign.join_once and voucher.holder_id is None:
        held = next(view.scan(tables.HOLDINGS, customer_id, campaign.id), None)
        if held is not None:
            return Withheld(has_one(campaign))
    if not voucher.active:
        return Withheld(refuse("voucher_disabled", voucher.code))
    if is_over(voucher, now):
        return Withheld(refuse("voucher_expired", voucher.code))
    if is_used_up(voucher):
        return Withheld(refuse("quantity_exceeded", voucher.code))
    return GivenVouchers((voucher,))


DECISIONS: Decisions = MappingProxyType(
    {
        PublishVouchers: publish_vouchers,
        AddMember: add_member,
    }
)
