"""The balance of a gift card, or the points of a loyalty card, changed by hand.

What is added counts as loaded, what is taken off as subtracted: loaded less subtracted is the
total, and the balance is what redemptions left of it. What sessions hold may be taken off, too; a
redemption in such a session then finds too little. Points that are added expire as the program of
the card says, unless the request says otherwise; of those that are taken off, what expires first
goes first.
"""

from types import MappingProxyType

from msgspec import structs

from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.lookup import find_voucher
from engine.kernel.programs import find_member
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.points.buckets import Booked, add_points, add_points_by, settle_points, spend_points
from engine.points.decide import points_expired_events
from engine.points.expiration import end_of_day, expiration_rules_of
from schemas.balances import AdjustBalance, BalanceAdjusted
from schemas.base import AMOUNT_MAX, Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.vouchers import Gift, LoyaltyCard, Voucher


def adjust_balance(
    view: View, command: Command, body: AdjustBalance, now: Millis
) -> Decision | Refusal:
    """Adds credits or points, or takes off what is there."""
    voucher = _find_card(view, body)
    if isinstance(voucher, Refusal):
        return voucher
    booked = _change_balance(view, command, voucher, body, now)
    if isinstance(booked, Refusal):
        return booked
    adjusted = structs.replace(
        balance_adjusted_event(command, booked, body.amount, body.source),
        source_id=body.source_id,
        reason=body.reason,
        of_member=body.of_member,
    )
    return Decision((*points_expired_events(view, command, voucher, now), adjusted))


def change_balance(
    view: View, command: Command, voucher: Voucher, amount: int, now: Millis
) -> Booked | Refusal:
    """The card with so many credits or points more, or fewer, its points settled before.

    Other than by hand, nothing is added that takes the place of what is pending.
    """
    card = voucher.loyalty_card
    if card is not None and amount > 0:
        sums = (card.points + card.pending_points + amount,)
        wrong = _out_of_bounds(voucher, sums, card.balance, amount)
        if wrong is not None:
            return wrong
    return _change_balance(view, command, voucher, AdjustBalance(voucher.id, amount), now)


def balance_adjusted_event(
    command: Command, booked: Booked, amount: int, source: str | None
) -> BalanceAdjusted:
    """That so much was added to a card, or taken off it."""
    return BalanceAdjusted(
        voucher=booked.voucher,
        amount=amount,
        transaction_id=new_id(command.seed, "vtx_"),
        source=source,
        buckets=booked.buckets,
    )


def _find_card(view: View, body: AdjustBalance) -> Voucher | Refusal:
    if body.of_member:
        return find_member(view, body.voucher, body.campaign)
    voucher = find_voucher(view, body.voucher)
    return not_found("voucher", body.voucher) if voucher is None else voucher


def _change_balance(
    view: View, command: Command, voucher: Voucher, body: AdjustBalance, now: Millis
) -> Booked | Refusal:
    """The card after it, its points settled before."""
    gift, card = voucher.gift, voucher.loyalty_card
    wrong = _wrong_expiration(body, card)
    if wrong is not None:
        return wrong
    if card is not None:
        return _change_points(view, command, voucher, body, now)
    if gift is None:
        return refuse("invalid_voucher", f"{voucher.code} is neither a gift nor a loyalty card")
    return _change_credits(voucher, gift, body.amount, now)


def _change_credits(voucher: Voucher, gift: Gift, amount: int, now: Millis) -> Booked | Refusal:
    after = structs.replace(
        gift,
        amount=gift.amount + max(amount, 0),
        subtracted_amount=gift.subtracted_amount + max(-amount, 0),
        balance=gift.balance + amount,
    )
    changed = structs.replace(voucher, gift=after, updated_at=now)
    sums = (after.amount, after.subtracted_amount, after.balance)
    return _out_of_bounds(voucher, sums, gift.balance, amount) or Booked(changed)


def _change_points(
    view: View, command: Command, voucher: Voucher, body: AdjustBalance, now: Millis
) -> Booked | Refusal:
    settled = settle_points(view, voucher, now).voucher
    card, amount = settled.loyalty_card, body.amount
    assert card is not None
    sums = (
        card.points + max(amount, 0),
        card.subtracted_points + max(-amount, 0),
        card.balance + amount,
    )
    wrong = _out_of_bounds(voucher, sums, card.balance, amount)
    if wrong is not None:
        return wrong
    if amount > 0:
        return _add_points(view, command, settled, body, now)
    booked = spend_points(view, settled, -amount, now)
    assert booked.voucher.loyalty_card is not None
    after = structs.replace(booked.voucher.loyalty_card, subtracted_points=sums[1])
    return booked._replace(voucher=structs.replace(booked.voucher, loyalty_card=after))


def _add_points(
    view: View, command: Command, settled: Voucher, body: AdjustBalance, now: Millis
) -> Booked | Refusal:
    """With points that expire as the request says, or as the program does."""
    amount, bucket_id = body.amount, new_id(command.seed, "lopb_")
    if body.expiration_type == "NON_EXPIRING":
        return add_points(view, settled, amount, now)
    if body.expires_at is None:
        rules = expiration_rules_of(view, settled)
        return add_points_by(view, settled, amount, now, bucket_id=bucket_id, rules=rules)
    expires_at = end_of_day(body.expires_at, zone_of(view))
    if expires_at < now:
        return refuse("invalid_expiration_date", "Property `.expiration_date` is over")
    return add_points(view, settled, amount, now, bucket_id=bucket_id, expires_at=expires_at)


def _wrong_expiration(body: AdjustBalance, card: LoyaltyCard | None) -> Refusal | None:
    kind = body.expiration_type
    named = "expiration_type" if body.expires_at is None else "expiration_date"
    if (kind is not None or body.expires_at is not None) and (card is None or body.amount < 0):
        return refuse("invalid_payload", f"Property `.{named}` is for points that are added")
    if kind == "CUSTOM_DATE" and body.expires_at is None:
        reason = "Property `.expiration_date` is required for the expiration_type CUSTOM_DATE"
        return refuse("invalid_payload", reason)
    if kind != "CUSTOM_DATE" and body.expires_at is not None:
        reason = "Property `.expiration_date` is for the expiration_type CUSTOM_DATE"
        return refuse("invalid_payload", reason)
    return None


def _out_of_bounds(
    voucher: Voucher, sums: tuple[int, ...], balance: int, amount: int
) -> Refusal | None:
    if all(0 <= each <= AMOUNT_MAX for each in sums):
        return None
    return refuse(
        "invalid_balance",
        f"The balance has to stay between 0 and {AMOUNT_MAX}",
        resource_id=voucher.id,
        resource_type="voucher",
        explanation={"rule": "balance", "balance": balance, "amount": amount},
    )


DECISIONS: Decisions = MappingProxyType(
    {
        AdjustBalance: adjust_balance,
    }
)
