"""Finding entities the way callers name them: by id, code or source id."""

from typing import NamedTuple

from engine import tables
from engine.state import View
from schemas.api import CustomerInput, OrderInput
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.entities import Customer, Order, Voucher
from schemas.errors import Refusal, not_found, refuse


class Held(NamedTuple):
    """What sessions hold of a voucher: redemptions and credits."""

    quantity: int
    credits: int


NOTHING_HELD = Held(0, 0)


def find_voucher(view: View, code_or_id: str) -> Voucher | None:
    """The voucher with that code, else with that id; none of a deleted campaign."""
    voucher_id = view.get(tables.VOUCHER_CODES, code_or_id)
    return living_voucher(view, voucher_id or code_or_id)


def living_voucher(view: View, voucher_id: str) -> Voucher | None:
    """The voucher with that id; none of a deleted campaign, whose own deletion follows."""
    voucher = view.get(tables.VOUCHERS, voucher_id)
    if voucher is None or voucher.campaign_id is None:
        return voucher
    return None if campaign_of(view, voucher) is None else voucher


def find_campaign(view: View, id_or_name: str) -> Campaign | None:
    """The campaign with that id, else with that name; none in the bin."""
    campaign = view.get(tables.CAMPAIGNS, id_or_name)
    if campaign is None:
        campaign_id = view.get(tables.CAMPAIGN_NAMES, id_or_name)
        campaign = None if campaign_id is None else view.get(tables.CAMPAIGNS, campaign_id)
    return None if campaign is None or campaign.deleted_at is not None else campaign


def campaign_of(view: View, voucher: Voucher) -> Campaign | None:
    """The campaign that binds a voucher, if it is not deleted; None also for one of no campaign."""
    if voucher.campaign_id is None:
        return None
    campaign = view.get(tables.CAMPAIGNS, voucher.campaign_id)
    return None if campaign is None or campaign.deleted_at is not None else campaign


def find_customer(view: View, customer_id: str) -> Customer | None:
    """The customer with that id, else with that source id; none in the bin."""
    found = stored_customer(view, customer_id)
    return None if found is None or found.deleted_at is not None else found


def stored_customer(view: View, customer_id: str) -> Customer | None:
    """The customer with that id, else with that source id, be it in the bin."""
    return view.get(tables.CUSTOMERS, customer_id) or _customer_from(view, customer_id)


def find_order(view: View, order_id: str) -> Order | None:
    """The order with that id, else with that source id."""
    return view.get(tables.ORDERS, order_id) or _order_from(view, order_id)


def named_customer(view: View, named: CustomerInput) -> Customer | Refusal | None:
    """The customer that a request names; None: not known yet.

    The id decides (a known source id may stand there, too), then the source id. An unknown id with
    no source id beside it is a refusal: this system gives the ids, so it could create none from it.
    So is a customer in the bin.
    """
    found = None
    if named.id:
        found = stored_customer(view, named.id)
        if found is None and not named.source_id:
            return unknown_customer(named.id)
    if found is None and named.source_id:
        found = _customer_from(view, named.source_id)
    if found is not None and found.deleted_at is not None:
        return unknown_customer(named.id)
    return found


def unknown_customer(named: str | None) -> Refusal:
    """The refusal of a customer that does not exist.

    It is recorded, so it repeats only an id of this system's own form; a source id may be an
    e-mail address, and personal data never enters a record in the clear.
    """
    if named is not None and named.startswith("cust_"):
        return not_found("customer", named)
    return refuse("not_found", "Cannot find customer with the given id", resource_type="customer")


def named_order(view: View, named: OrderInput) -> Order | Refusal | None:
    """The stored order that a request names; None: a new one. As `named_customer`."""
    if named.id:
        found = find_order(view, named.id)
        if found is not None:
            return found
        if not named.source_id:
            return not_found("order", named.id)
    return _order_from(view, named.source_id) if named.source_id else None


def taken_code(view: View, code: str) -> Refusal | None:
    """The refusal of a code that exists, be it in the bin."""
    if view.get(tables.VOUCHER_CODES, code) is None:
        return None
    return refuse(
        "duplicate_found",
        f"Duplicated voucher exists with id {code}",
        resource_id=code,
        resource_type="voucher",
    )


def held_by_others(view: View, voucher: Voucher, own_session: str | None, now: Millis) -> Held:
    """What sessions other than one's own hold of a voucher, where that can matter.

    Thousands of sessions may hold one that is used without limit, or far from it: they are counted
    at the voucher, and looked at one by one only where all of them together would be too many.
    """
    if not voucher.holds or (voucher.gift is None and _has_room(voucher)):
        return NOTHING_HELD
    quantity = credits = 0
    for hold in view.scan(tables.HOLDS, voucher.id):
        if hold.session_key != own_session and hold.expires_at > now:
            quantity += hold.quantity
            credits += hold.credits
    return Held(quantity, credits)


def _has_room(voucher: Voucher) -> bool:
    quantity = voucher.quantity
    return quantity is None or voucher.redeemed_quantity + voucher.holds < quantity


def _customer_from(view: View, source_id: str) -> Customer | None:
    customer_id = view.get(tables.CUSTOMER_SOURCES, tables.source_key(source_id))
    return None if customer_id is None else view.get(tables.CUSTOMERS, customer_id)


def _order_from(view: View, source_id: str) -> Order | None:
    order_id = view.get(tables.ORDER_SOURCES, source_id)
    return None if order_id is None else view.get(tables.ORDERS, order_id)
