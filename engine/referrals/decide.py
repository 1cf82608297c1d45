"""The holders of referral codes: referees added and removed by hand.

Whoever holds the code refers by it and stays; so does a referee who counts already. A customer who
is the referrer by another name is none of the referees.
"""

from types import MappingProxyType

from msgspec import structs

from engine.customers.fold import FOLDS as CUSTOMER_FOLDS
from engine.customers.know import know_customer
from engine.customers.sameness import self_referral
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import numbered_command
from engine.kernel.room import Decisions, unite_tables
from engine.kernel.state import View
from engine.referrals import tiers
from engine.referrals.find import find_code, find_referral, is_referee, referrer_holder_id
from engine.referrals.referring import new_referral
from schemas.base import Millis
from schemas.commands import Command
from schemas.customers import Customer
from schemas.errors import Refusal, not_found, refuse
from schemas.events import Event
from schemas.referrals import (
    HOLDERS_AT_ONCE_MAX,
    AddHolders,
    HolderRemoved,
    HoldersAdded,
    NamedHolder,
    Referral,
    RemoveHolder,
)
from schemas.vouchers import Voucher


def add_holders(view: View, command: Command, body: AddHolders, now: Millis) -> Decision | Refusal:
    """Makes all of the customers referees of the code, or none; who is unknown is created."""
    voucher = find_code(view, body.member, body.campaign)
    if isinstance(voucher, Refusal):
        return voucher
    if not 1 <= len(body.holders) <= HOLDERS_AT_ONCE_MAX:
        return refuse("invalid_payload", f"At most {HOLDERS_AT_ONCE_MAX} holders are added at once")
    if voucher.holder_id is None:
        return refuse("invalid_voucher", f"Nobody refers by {voucher.code} yet")
    state = view.trial()
    events: list[Event] = []
    added: dict[str, Referral] = {}
    for number, holder in enumerate(body.holders):
        known = _known_referee(state, command, voucher, holder, number, now)
        if isinstance(known, Refusal):
            return known
        customer, told, referral = known
        if customer.id in added:
            return _duplicated(voucher)
        added[customer.id] = structs.replace(referral, metadata=body.metadata)
        for event in told:
            # who is named twice is one customer
            CUSTOMER_FOLDS[type(event)](state, event, now)
        events += told
    return Decision((*events, HoldersAdded(tuple(added.values()))))


def remove_holder(view: View, _: Command, body: RemoveHolder, __: Millis) -> Decision | Refusal:
    """Takes the code from a referee who does not count yet."""
    voucher = find_code(view, body.member, body.campaign)
    if isinstance(voucher, Refusal):
        return voucher
    if body.holder_id == referrer_holder_id(voucher):
        return refuse("forbidden", "The referrer of a code cannot be removed")
    customer_id = view.get(tables.REFEREES, voucher.id, body.holder_id)
    referral = customer_id and find_referral(view, customer_id, voucher.campaign_id or "")
    if not referral:
        return not_found("redeemable_holder", body.holder_id)
    if referral.status == "CONVERTED":
        return refuse("forbidden", "A customer who was referred already cannot be removed")
    return Decision((HolderRemoved(structs.replace(referral, status="REVOKED")),))


def _known_referee(
    view: View,
    command: Command,
    voucher: Voucher,
    holder: NamedHolder,
    number: int,
    now: Millis,
) -> tuple[Customer, tuple[Event, ...], Referral] | Refusal:
    """The customer, what is told of it, and the referral that it gets."""
    own = structs.replace(numbered_command(command, "holder", number), email_key=holder.email_key)
    known = know_customer(view, own, holder.customer, now)
    if isinstance(known, Refusal):
        return known
    customer = known.customer
    if customer is None:
        return refuse("missing_customer", "A holder has to be named")
    refusal = self_referral(view, voucher, customer)
    if refusal is not None:
        return refusal
    if is_referee(find_referral(view, customer.id, voucher.campaign_id or "")):
        return _duplicated(voucher)
    referral = new_referral(view, voucher, customer.id, now)
    if referral is None:
        return refuse("invalid_voucher", f"{voucher.code} has too many holders")
    return customer, known.events, referral


def _duplicated(voucher: Voucher) -> Refusal:
    return refuse(
        "holder_assignement_duplication",
        f"The customer is a holder in the program of {voucher.code} already",
        resource_id=voucher.id,
        resource_type="voucher",
    )


DECISIONS: Decisions = unite_tables(
    MappingProxyType({AddHolders: add_holders, RemoveHolder: remove_holder}), tiers.DECISIONS
)
