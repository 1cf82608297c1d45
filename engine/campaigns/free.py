"""Which of a campaign's vouchers are nobody's yet, and the next of them to be given away.

A campaign's vouchers are given in the order of their numbers; the campaign remembers below which
number none is free (`next_free`), so that a search never goes twice over what was given, deleted
or, when its turn came, could not be used.
"""

from typing import Final, NamedTuple

from msgspec import structs

from engine.campaigns.generation import generate_on_demand, too_many_vouchers
from engine.codes.generated import generated_vouchers
from engine.kernel import tables
from engine.kernel.state import View
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.errors import Refusal, refuse
from schemas.events import Event
from schemas.vouchers import Voucher

#: How many numbers one command looks up at most; the next one goes on from there.
SEARCH_MAX: Final = 10_000


class GivenVouchers(NamedTuple):
    """What a customer gets, the campaign after it, and the codes that were made for it."""

    vouchers: tuple[Voucher, ...]
    campaign: Campaign | None = None
    made: tuple[Event, ...] = ()


class Withheld(NamedTuple):
    """Why a customer gets nothing, and the campaign, if the search moved it on."""

    refusal: Refusal
    campaign: Campaign | None = None


class FreeVouchers(NamedTuple):
    """Vouchers that are free, and how far the search for them went."""

    vouchers: tuple[Voucher, ...]
    #: The number that comes next,
    number: int
    #: and that of the first free one.
    first: int | None


def take_next_vouchers(
    view: View, command: Command, campaign: Campaign, count: int, now: Millis
) -> GivenVouchers | Withheld:
    """The campaign's next free vouchers; one that updates itself makes what is missing."""
    refusal = campaign_closed(campaign, now)
    if refusal is not None:
        return Withheld(refusal)
    found = _search_free(view, campaign, count, now)
    missing = count - len(found.vouchers)
    if not missing:
        return GivenVouchers(found.vouchers, structs.replace(campaign, next_free=found.number))
    if _makes_more(campaign, found):
        made = generate_on_demand(view, command, campaign, missing, now)
        if isinstance(made, Refusal):
            return Withheld(made)
        after = structs.replace(made.campaign, next_free=made.campaign.voucher_seq)
        return GivenVouchers((*found.vouchers, *generated_vouchers(made)), after, (made,))
    next_free = found.number if found.first is None else found.first
    moved = next_free != campaign.next_free
    return Withheld(
        _too_few(campaign, found, count),
        structs.replace(campaign, next_free=next_free) if moved else None,
    )


def none_to_give(view: View, campaign: Campaign, count: int, now: Millis) -> Refusal | None:
    """The refusal of so many vouchers of a campaign, as far as it is known without making codes."""
    refusal = campaign_closed(campaign, now)
    if refusal is not None:
        return refusal
    found = _search_free(view, campaign, count, now)
    missing = count - len(found.vouchers)
    if not missing:
        return None
    if _makes_more(campaign, found):
        return too_many_vouchers(campaign, missing)
    return _too_few(campaign, found, count)


def campaign_closed(campaign: Campaign, now: Millis) -> Refusal | None:
    """The refusal of a campaign that is switched off or over; one that begins later may publish."""
    if not campaign.active:
        return refuse("campaign_not_active", f"Campaign {campaign.name} is disabled")
    if campaign.expiration_date is not None and now > campaign.expiration_date:
        return refuse("campaign_not_active", f"Campaign {campaign.name} is over")
    return None


def has_one(campaign: Campaign) -> Refusal:
    """The refusal of a second voucher of a campaign that a customer joins once."""
    return refuse(
        "voucher_cannot_be_published",
        f"The customer has a voucher of {campaign.name} already",
        explanation={"rule": "join_once", "campaign_id": campaign.id},
    )


def is_over(voucher: Voucher, now: Millis) -> bool:
    """Whether it expired."""
    return voucher.expiration_date is not None and now > voucher.expiration_date


def is_used_up(voucher: Voucher) -> bool:
    """Whether it was redeemed as often as it may be."""
    return voucher.quantity is not None and voucher.redeemed_quantity >= voucher.quantity


def _search_free(view: View, campaign: Campaign, count: int, now: Millis) -> FreeVouchers:
    free: list[Voucher] = []
    number = campaign.next_free
    end = min(campaign.voucher_seq, number + SEARCH_MAX)
    first = None
    while number < end and len(free) < count:
        voucher = _find_numbered(view, campaign, number)
        if voucher is not None and _is_free(voucher, now):
            first = number if first is None else first
            free.append(voucher)
        number += 1
    return FreeVouchers(tuple(free), number, first)


def _makes_more(campaign: Campaign, found: FreeVouchers) -> bool:
    return campaign.type == "AUTO_UPDATE" and found.number == campaign.voucher_seq


def _too_few(campaign: Campaign, found: FreeVouchers, count: int) -> Refusal:
    details = (
        f"Campaign {campaign.name} has {len(found.vouchers)} free vouchers, {count} are wanted"
    )
    return refuse("no_voucher_suitable_for_publication", details)


def _find_numbered(view: View, campaign: Campaign, number: int) -> Voucher | None:
    voucher_id = view.get(tables.CAMPAIGN_VOUCHERS, campaign.id, f"{number:010d}")
    return None if voucher_id is None else view.get(tables.VOUCHERS, voucher_id)


def _is_free(voucher: Voucher, now: Millis) -> bool:
    given = voucher.holder_id is not None or voucher.published > 0
    return voucher.active and not (given or is_over(voucher, now) or is_used_up(voucher))
