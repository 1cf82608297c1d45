"""The balance of a gift card, or the points of a loyalty card, changed by hand.

What is added counts as loaded, what is taken off as subtracted: loaded less subtracted is the
total, and the balance is what redemptions left of it. What sessions hold may be taken off, too; a
redemption in such a session then finds too little. Points that are added expire as the program of
the card says, unless the request says otherwise; of those that are taken off, what expires first
goes first.
"""

from types import MappingProxyType

from msgspec import structs

from engine.balances.change import balance_adjusted_event, change_as_asked
from engine.kernel.decision import Decision
from engine.kernel.lookup import find_voucher
from engine.kernel.programs import find_member
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.points.decide import points_expired_events
from schemas.balances import AdjustBalance
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found
from schemas.vouchers import Voucher


def adjust_balance(
    view: View, command: Command, body: AdjustBalance, now: Millis
) -> Decision | Refusal:
    """Adds credits or points, or takes off what is there."""
    voucher = _find_card(view, body)
    if isinstance(voucher, Refusal):
        return voucher
    booked = change_as_asked(view, command, voucher, body, now)
    if isinstance(booked, Refusal):
        return booked
    adjusted = structs.replace(
        balance_adjusted_event(command, booked, body.amount, body.source),
        source_id=body.source_id,
        reason=body.reason,
        of_member=body.of_member,
    )
    return Decision((*points_expired_events(view, command, voucher, now), adjusted))


def _find_card(view: View, body: AdjustBalance) -> Voucher | Refusal:
    if body.of_member:
        return find_member(view, body.voucher, body.campaign)
    voucher = find_voucher(view, body.voucher)
    return not_found("voucher", body.voucher) if voucher is None else voucher


DECISIONS: Decisions = MappingProxyType(
    {
        AdjustBalance: adjust_balance,
    }
)
