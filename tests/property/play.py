"""Plays steps in a world of the engine."""

import msgspec

from schemas.api import GiftSpend, OrderInput, OrderItemInput, Redeemable, SessionInput
from schemas.commands import CommandBody
from schemas.expiry import ExpireDue
from schemas.records import Decided
from schemas.redemptions import RedeemStack, RedemptionSucceeded, RollBackRedemption, RollBackStack
from schemas.sessions import LockSession, ReleaseSession
from schemas.vouchers import DeleteVoucher, DisableVoucher, EnableVoucher, UpdateVoucher
from tests.property.worlds import VOUCHERS, Step
from tests.unit.engine.world import World


class Play:
    """A world with the vouchers of `worlds.py`, and what was redeemed in it."""

    def __init__(self) -> None:
        self.world = World().given(*VOUCHERS.values())
        self.records: list[Decided] = []
        #: Every id that a success was given, parents included.
        self.redeemed: list[str] = []

    def step(self, step: Step) -> Decided:
        """Lets a step happen."""
        record = self.world.when(self.body(step), after=step.after)
        self.records.append(record)
        for event in record.events:
            if isinstance(event, RedemptionSucceeded):
                self.redeemed.extend(event.redemption_ids)
                self.redeemed.extend([event.parent_id] if event.parent_id else [])
        return record

    def target(self, step: Step) -> str:
        """The redemption that a rollback means."""
        return self.redeemed[step.nth % len(self.redeemed)] if self.redeemed else "r_none"

    def body(self, step: Step) -> CommandBody:
        """The command of a step."""
        code = step.items[0].code if step.items else ""
        match step.kind:
            case "redeem":
                session = None if step.key is None else SessionInput(key=step.key)
                return RedeemStack(_redeemables(step), _order(step), session=session)
            case "lock":
                session = SessionInput(
                    key=step.key, ttl=float(step.ttl_minutes), ttl_unit="MINUTES"
                )
                return LockSession(_redeemables(step), _order(step), session=session)
            case "release":
                return ReleaseSession(code, step.key or "")
            case "roll_back":
                return RollBackRedemption(self.target(step))
            case "roll_back_stack":
                return RollBackStack(self.target(step))
            case "enable":
                return EnableVoucher(code)
            case "disable":
                return DisableVoucher(code)
            case "delete":
                return DeleteVoucher(code)
            case "limit":
                return UpdateVoucher(code, msgspec.Raw(b'{"quantity":%d}' % step.nth))
            case _:
                return ExpireDue()


def _redeemables(step: Step) -> tuple[Redeemable, ...]:
    return tuple(
        Redeemable("voucher", code, None if credits is None else GiftSpend(credits))
        for code, credits in step.items
    )


def _order(step: Step) -> OrderInput | None:
    if step.amount is None and step.order is None and step.prices is None:
        return None
    lines = None
    if step.prices is not None:
        lines = tuple(OrderItemInput(price=price) for price in step.prices)
    return OrderInput(source_id=step.order, amount=step.amount, items=lines)
