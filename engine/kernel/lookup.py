"""Finding entities the way callers name them: by id, code or source id."""

from typing import Any, NamedTuple, TypeVar

from msgspec import structs

from engine.kernel import tables
from engine.kernel.folding import fold_code
from engine.kernel.state import View
from schemas.api import CustomerInput, OrderInput
from schemas.base import Millis
from schemas.blank import name_in, without_blanks
from schemas.campaigns import Campaign
from schemas.categories import Category
from schemas.customers import Customer
from schemas.errors import Refusal, not_found, refuse
from schemas.orders import Order
from schemas.vouchers import Voucher

#: What is in at most one category of its own.
InCategory = TypeVar("InCategory", Voucher, Campaign)


class SessionHolds(NamedTuple):
    """What sessions hold of a voucher: redemptions, credits and points."""

    quantity: int
    credits: int
    points: int = 0


NOTHING_HELD = SessionHolds(0, 0)


def tells_case(view: View) -> bool:
    """Whether the project's codes distinguish case."""
    opened = view.get(tables.OPENED, view.project)
    return opened is None or opened.case_sensitive_codes


def code_key(view: View, code: str) -> str:
    """What a code is found by."""
    return code if tells_case(view) else fold_code(code)


def find_voucher(view: View, code_or_id: str) -> Voucher | None:
    """The voucher with that code, else with that id; none of a deleted campaign."""
    voucher_id = view.get(tables.VOUCHER_CODES, code_or_id)
    if voucher_id is None and not tells_case(view):
        voucher_id = view.get(tables.VOUCHER_CODES, fold_code(code_or_id))
    return find_living_voucher(view, voucher_id or code_or_id)


def spell_code(view: View, code: str) -> str:
    """The code as its voucher has it, however it is written here; what is nobody's code stays."""
    voucher = find_voucher(view, code)
    if voucher is None or fold_code(voucher.code) != fold_code(code):
        return code
    return voucher.code


def find_living_voucher(view: View, voucher_id: str) -> Voucher | None:
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


def category_id_of(view: View, id_or_name: str | None) -> str | Refusal | None:
    """The id of the category with that id, else with that name; refuses one that is not there."""
    if id_or_name is None:
        return None
    if view.get(tables.CATEGORIES, id_or_name) is not None:
        return id_or_name
    return view.get(tables.CATEGORY_NAMES, id_or_name) or not_found("category", id_or_name)


def with_named_category(view: View, bound: InCategory) -> InCategory | Refusal:
    """A voucher or campaign in the category that it names, by id or name, if it names one."""
    named = bound.category_id or bound.category
    found = category_id_of(view, named or None)
    if isinstance(found, Refusal):
        return found
    category = None if found is None else view.get(tables.CATEGORIES, found)
    name = None if category is None else category.name
    return structs.replace(bound, category_id=found, category=name)


def unify_category(changes: dict[str, Any]) -> bool:
    """Makes of what an update says of a category one name; whether it says anything of it."""
    if not changes.keys() & {"category", "category_id"}:
        return False
    by_name = changes.pop("category", None)
    changes |= {"category": None, "category_id": changes.pop("category_id", None) or by_name}
    return True


def categories_of(view: View, *ids: str | None) -> tuple[Category, ...]:
    """Those of the categories that exist, each once, by hierarchy."""
    found = {
        each: category
        for each in ids
        if each is not None and (category := view.get(tables.CATEGORIES, each)) is not None
    }
    if len(found) < 2:
        return tuple(found.values())
    return tuple(sorted(found.values(), key=lambda each: (each.hierarchy, each.id)))


def find_customer(view: View, customer_id: str) -> Customer | None:
    """The customer with that id, else with that source id; none in the bin."""
    found = find_stored_customer(view, customer_id)
    return None if found is None or found.deleted_at is not None else found


def find_stored_customer(view: View, customer_id: str) -> Customer | None:
    """The customer with that id, else with that source id, be it in the bin."""
    return view.get(tables.CUSTOMERS, customer_id) or _customer_from(view, customer_id)


def find_order(view: View, order_id: str) -> Order | None:
    """The order with that id, else with that source id."""
    return view.get(tables.ORDERS, order_id) or _order_from(view, order_id)


def find_named_customer(
    view: View, named: CustomerInput, guest_key: str | None = None
) -> Customer | Refusal | None:
    """The customer that a request names; None: not known yet.

    The id decides (a known source id may stand there, too), then the source id; where there is
    neither, the e-mail address, whose hash is `guest_key`, finds the guest. An unknown id with
    no source id beside it is a refusal: this system gives the ids, so it could create none from it.
    So is a customer in the bin.
    """
    named = without_blanks(named)
    found = None
    if named.id:
        found = find_stored_customer(view, named.id)
        if found is None and not named.source_id:
            return unknown_customer(named.id)
    if found is None and named.source_id:
        found = _customer_from(view, named.source_id)
    if is_guest(named) and guest_key is not None:
        guest_id = view.get(tables.GUESTS, guest_key)
        found = None if guest_id is None else view.get(tables.CUSTOMERS, guest_id)
    if found is not None and found.deleted_at is not None:
        return unknown_customer(named.id)
    return found


def is_guest(named: CustomerInput) -> bool:
    """Whether the request says neither id nor source id."""
    return not named.id and not named.source_id


def unknown_customer(named: str | None) -> Refusal:
    """The refusal of a customer that does not exist.

    It is recorded, so it repeats only an id of this system's own form; a source id may be an
    e-mail address, and personal data never enters a record in the clear.
    """
    exists = {"rule": "exists", "object": "customer"}
    if named is not None and named.startswith("cust_"):
        return structs.replace(not_found("customer", named), explanation=exists | {"id": named})
    return refuse(
        "not_found",
        "Cannot find customer with the given id",
        resource_type="customer",
        explanation=exists,
    )


def find_named_order(view: View, named: OrderInput) -> Order | Refusal | None:
    """The stored order that a request names; None: a new one. As `find_named_customer`."""
    order_id, source_id = name_in(named.id), name_in(named.source_id)
    if order_id:
        found = find_order(view, order_id)
        if found is not None:
            return found
        if not source_id:
            compared = {"rule": "exists", "object": "order", "id": order_id}
            return structs.replace(not_found("order", order_id), explanation=compared)
    return _order_from(view, source_id) if source_id else None


def taken_code(view: View, code: str) -> Refusal | None:
    """The refusal of a code that exists, be it in the bin."""
    if view.get(tables.VOUCHER_CODES, code_key(view, code)) is None:
        return None
    return refuse(
        "duplicate_found",
        f"Duplicated voucher exists with id {code}",
        resource_id=code,
        resource_type="voucher",
    )


def holds_of_others(
    view: View, voucher: Voucher, own_session: str | None, now: Millis
) -> SessionHolds:
    """What sessions other than one's own hold of a voucher, where that can matter.

    Thousands of sessions may hold one that is used without limit, or far from it: they are counted
    at the voucher, and looked at one by one only where all of them together would be too many.
    """
    pays = voucher.gift is not None or voucher.loyalty_card is not None
    if not voucher.holds or (not pays and _has_room(voucher)):
        return NOTHING_HELD
    quantity = credits = points = 0
    for hold in view.scan(tables.HOLDS, voucher.id):
        if hold.session_key != own_session and hold.expires_at > now:
            quantity += hold.quantity
            credits += hold.credits
            points += hold.points
    return SessionHolds(quantity, credits, points)


def _has_room(voucher: Voucher) -> bool:
    quantity = voucher.quantity
    return quantity is None or voucher.redeemed_quantity + voucher.holds < quantity


def _customer_from(view: View, source_id: str) -> Customer | None:
    customer_id = view.get(tables.CUSTOMER_SOURCES, tables.source_key(source_id))
    return None if customer_id is None else view.get(tables.CUSTOMERS, customer_id)


def _order_from(view: View, source_id: str) -> Order | None:
    order_id = view.get(tables.ORDER_SOURCES, source_id)
    return None if order_id is None else view.get(tables.ORDERS, order_id)
