"""What a customer holds, as something that could be redeemed; read page by page."""

from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple

from engine.assignments.decide import shown_assignments
from engine.kernel import tables
from engine.kernel.ids import holding_id
from engine.kernel.lookup import campaign_of, categories_of
from engine.kernel.state import View
from schemas.assignments import RuleAssignment
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.categories import Category
from schemas.vouchers import Voucher

#: How many holdings a page looks at, at most: whatever a filter leaves out costs as much as what it
#: lets through.
LOOKED_AT_MAX: Final = 500

Status = Literal["ACTIVE", "USED", "DISABLED", "NOT_ACTIVE_YET", "EXPIRED", "NO_BALANCE"]


class HeldVoucher(NamedTuple):
    """A voucher that a customer holds; `id` is that of the holding, always the same."""

    id: str
    created_at: Millis
    customer_id: str
    voucher: Voucher
    campaign: Campaign | None
    status: Status
    #: The validation rules that bind the voucher, those of its campaign included.
    assignments: tuple[RuleAssignment, ...] = ()
    categories: tuple[Category, ...] = ()


class HeldPage(NamedTuple):
    """A part of what a customer holds, in the order of the holdings' ids."""

    found: list[HeldVoucher]
    #: The id after which the list goes on; None at its end.
    after: str | None


def held_page(
    view: View,
    customer_id: str,
    now: Millis,
    wanted: Callable[[HeldVoucher], bool],
    limit: int,
    *,
    after: str | None = None,
    descending: bool = False,
) -> HeldPage:
    """The next `limit` of those that are `wanted` and not deleted.

    Fewer, and no end, where the LOOKED_AT_MAX that come next do not hold as many.
    """
    found: list[HeldVoucher] = []
    last = after
    ids = view.scan(tables.HELD, customer_id, after=after, backwards=descending)
    for looked_at, voucher_id in enumerate(ids):
        if looked_at == LOOKED_AT_MAX:
            return HeldPage(found, last)
        last = holding_id(customer_id, voucher_id)
        held = _held_voucher(view, customer_id, voucher_id, now)
        if held is None or not wanted(held):
            continue
        if len(found) == limit:
            return HeldPage(found, found[-1].id)
        found.append(held)
    return HeldPage(found, None)


def held_count(view: View, customer_id: str) -> int:
    """How many vouchers the customer holds; those of a deleted campaign until they are deleted."""
    return view.get(tables.HELD_COUNTS, customer_id) or 0


def active_vouchers_of(view: View, customer_id: str, now: Millis) -> Iterator[Voucher | None]:
    """What the customer holds, by the holdings' ids; None for each that could not be redeemed."""
    for voucher_id in view.scan(tables.HELD, customer_id):
        held = _find_bound(view, voucher_id)
        yield held[0] if held is not None and status_of(*held, now) == "ACTIVE" else None


def _held_voucher(view: View, customer_id: str, voucher_id: str, now: Millis) -> HeldVoucher | None:
    bound = _find_bound(view, voucher_id)
    if bound is None:
        return None
    voucher, campaign = bound
    holding = view.get(tables.HOLDINGS, customer_id, voucher.campaign_id or "", voucher_id)
    publication = holding and view.get(tables.PUBLICATIONS, holding.publication_id)
    return HeldVoucher(
        id=holding_id(customer_id, voucher_id),
        created_at=publication.created_at if publication else voucher.created_at,
        customer_id=customer_id,
        voucher=voucher,
        campaign=campaign,
        status=status_of(voucher, campaign, now),
        assignments=shown_assignments(view, voucher),
        categories=categories_of(view, voucher.category_id),
    )


def _find_bound(view: View, voucher_id: str) -> tuple[Voucher, Campaign | None] | None:
    """The voucher and the campaign that binds it; None when either is deleted."""
    voucher = view.get(tables.VOUCHERS, voucher_id)
    if voucher is None:
        return None
    campaign = campaign_of(view, voucher)
    return None if campaign is None and voucher.campaign_id is not None else (voucher, campaign)


def status_of(voucher: Voucher, campaign: Campaign | None, now: Millis) -> Status:
    """What keeps a voucher from being redeemed, as far as only its own terms tell."""
    bound = (voucher,) if campaign is None else (voucher, campaign)
    status: Status = "ACTIVE"
    if not all(each.active for each in bound):
        status = "DISABLED"
    elif any(each.expiration_date is not None and now > each.expiration_date for each in bound):
        status = "EXPIRED"
    elif any(each.start_date is not None and now < each.start_date for each in bound):
        status = "NOT_ACTIVE_YET"
    elif voucher.quantity is not None and voucher.redeemed_quantity >= voucher.quantity:
        status = "USED"
    elif (voucher.gift is not None and voucher.gift.balance <= 0) or (
        voucher.loyalty_card is not None and voucher.loyalty_card.balance <= 0
    ):
        status = "NO_BALANCE"
    return status
