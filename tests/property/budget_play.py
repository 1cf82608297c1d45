"""Plays steps in the project of `budget_world.py`, and notes what comes of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple, TypeVar

from msgspec import structs

from engine.admission import admit
from engine.customers.know import know_customer
from engine.evaluation.evaluate import Asker, evaluate_for
from fronts.attempt import guest_key_of
from schemas.api import CustomerInput, Redeemable
from schemas.balances import AdjustBalance
from schemas.commands import Command, CommandBody
from schemas.customers import CustomerCreated, CustomerUnchanged, CustomerUpdated, UpsertCustomer
from schemas.erasures import ForgetCustomer
from schemas.errors import Refusal
from schemas.evaluations import Evaluation, Outcome
from schemas.expiry import ExpireDue
from schemas.publications import (
    PublicationFailed,
    PublicationRepeated,
    PublicationSucceeded,
    PublishVouchers,
)
from schemas.records import Decided
from schemas.redemptions import (
    RedeemStack,
    RedemptionFailed,
    RedemptionSucceeded,
    RollBackRedemption,
    RollBackStack,
)
from schemas.sessions import LockSession, ReleaseSession, SessionLocked, SessionRefused
from schemas.vouchers import DisableVoucher, EnableVoucher
from tests.property.budget_notes import Notes
from tests.property.budget_world import BALANCES, QUANTITIES, TIERS, Step
from tests.unit.engine.world import DAY, PROJECT, SECOND, World

T = TypeVar("T")

#: What is asked before that which is left.
_BEFORE: Final = ("invalid_order", "voucher_disabled")
#: What a card fails with that has too little.
_EXHAUSTED: Final = ("gift_amount_exceeded", "loyalty_card_points_exceeded")
#: For how many days a command of a client that chose its id is the same one.
_REMEMBERED: Final = 7


class Sent(NamedTuple):
    """A command, and the step that it is."""

    command: Command
    step: Step
    at: int


class Play:
    """A world, what is noted of it, and what was sent in it."""

    def __init__(self, world: World, limits: tuple[int, ...]) -> None:
        self.world = world
        self.limits = limits
        self.notes = Notes()
        self.sent: list[Sent] = []
        self._locks: list[Step] = []
        #: Singles and stacks; and the children of stacks.
        self.requests: list[str] = []
        self._children: list[str] = []

    def step(self, step: Step) -> None:
        """Lets a step happen."""
        self.world.now += step.after
        if step.kind == "repeat":
            self._repeat(step)
            return
        if step.kind == "retry":
            self._retry(step)
            return
        if step.kind == "follow" and self._locks:
            locked = _nth(self._locks, step)
            step = locked._replace(kind="redeem", nth=step.nth)
        self._decide(self._command(self._body(step), step), step)

    def roll_back(self, request: str) -> Decided:
        """Takes a redemption or a stack back."""
        return self.world.when(RollBackStack(request))

    # --- commands

    def _body(self, step: Step) -> CommandBody:
        asked = (step.redeemables, step.order, step.customer, step.session)
        guest = f"guest {step.nth % 2 + 1}"
        match step.kind:
            case "redeem" | "follow":
                return RedeemStack(*asked)
            case "lock":
                return LockSession(*asked)
            case "release" if self._locks:
                return _released(_nth(self._locks, step), step)
            case "roll back":
                return RollBackStack(_nth(self.requests or ["r_none"], step))
            case "roll back one":
                known = [*self.requests, *self._children, "r_none"]
                return RollBackRedemption(_nth(known, step))
            case "join" if (found := self.notes.id_of(guest)) is not None:
                return UpsertCustomer(CustomerInput(id=found, source_id=_joined(step)))
            case "forget" if (found := self.notes.id_of(step.who)) is not None:
                return ForgetCustomer(found)
            case "publish" if step.customer is not None and step.name not in TIERS:
                return PublishVouchers(step.customer, voucher=step.name)
            case "adjust":
                name = (*BALANCES, "POINTS")[step.nth % 3]
                return AdjustBalance(name, step.amount - 400)
            case "switch" if step.name not in TIERS:
                return EnableVoucher(step.name) if step.nth % 3 else DisableVoucher(step.name)
            case _:
                return ExpireDue()

    def _command(self, body: CommandBody, step: Step) -> Command:
        named = getattr(body, "customer", None)
        key = None
        if isinstance(named, CustomerInput):
            key = guest_key_of(b"k" * 32, PROJECT, named)
        command = self.world.command(body, email_key=key)
        return structs.replace(command, id=f"idem_{command.id}") if step.nth % 2 else command

    def _repeat(self, step: Step) -> None:
        """The same command comes twice, at once or much later: nothing happens."""
        if self.sent:
            command, *_ = _nth(self.sent, step)
            assert self._refused(command)

    def _retry(self, step: Step) -> None:
        """A client tries again: nothing happens as long as the id is remembered."""
        if not self.sent:
            return
        first, whose, at = _nth(self.sent, step)
        now, number = self.world.now, self.world.offset + 1
        again = structs.replace(
            first, sent_at=now, deadline=now + 5 * SECOND, seed=f"{number:032x}"
        )
        remembered = _REMEMBERED if first.id.startswith("idem_") else 1
        if self._refused(again):
            assert now - at < (remembered + 1) * DAY
        else:
            assert now - at >= remembered * DAY
            self._decide(again, whose)

    def _refused(self, command: Command) -> bool:
        now = self.world.now
        return admit(self.world.view, command, now, now, self.world.offset + 1) is not None

    # --- what comes of them

    def _decide(self, command: Command, step: Step) -> None:
        tried = self._tried(command, step)
        assert not self._refused(command)
        record = self.world.decided(command)
        self.sent = [each for each in self.sent if each.command.id != command.id]
        self.sent.append(Sent(command, step, self.world.now))
        for event in record.events:
            match event:
                case RedemptionSucceeded():
                    self._redeemed(event, step)
                case RedemptionFailed():
                    self.notes.seen(step.who, event.customer_id)
                case SessionLocked() | SessionRefused():
                    self.notes.seen(step.who, event.customer_id)
                    if isinstance(event, SessionLocked):
                        self._locked(event, step)
                case PublicationSucceeded() | PublicationRepeated() | PublicationFailed():
                    self.notes.seen(step.who, event.publication.customer_id)
                case _:
                    pass
        for event in record.events:
            if isinstance(event, RedemptionSucceeded | RedemptionFailed):
                _is_as_tried(event.evaluation, tried)
        self._note(command.body, step, record)

    def _redeemed(self, event: RedemptionSucceeded, step: Step) -> None:
        self.notes.seen(step.who, event.customer_id)
        self.notes.redeemed(event, step, self.world.now)
        self.requests.append(event.parent_id or event.redemption_ids[0])
        self._children += event.redemption_ids if event.parent_id else ()

    def _locked(self, event: SessionLocked, step: Step) -> None:
        assert step.session is not None
        hours = step.session.ttl
        length = timedelta(days=7) if hours is None else timedelta(hours=hours)
        until = self.world.now + int(length.total_seconds()) * 1000
        self.notes.locked(event, until)
        self._locks.append(step)

    def _note(self, body: CommandBody, step: Step, record: Decided) -> None:
        if record.refusal is not None:
            return
        match body:
            case RollBackStack() | RollBackRedemption():
                self.notes.taken_back(body.redemption_id, self.world.now)
            case ReleaseSession():
                self.notes.released(body.session_key, body.voucher)
            case UpsertCustomer():
                [customer] = [
                    each.customer
                    for each in record.events
                    if isinstance(each, CustomerCreated | CustomerUpdated | CustomerUnchanged)
                ]
                self.notes.joined(_joined(step), customer.id)
            case ForgetCustomer():
                self.notes.forgotten(step.who)
            case AdjustBalance():
                self.notes.adjusted(body.voucher, body.amount)
            case _:
                pass

    def _tried(self, command: Command, step: Step) -> Evaluation | None:
        """What a validation of the same says, just before."""
        body, now, view = command.body, self.world.now, self.world.view
        if not isinstance(body, RedeemStack):
            return None
        known = know_customer(view, command, body.customer, now)
        assert not isinstance(known, Refusal)
        tried = evaluate_for(view, body, Asker.of(command, known.customer), now)
        key = None if body.session is None else body.session.key
        for outcome, asked in zip(tried.outcomes, body.redeemables, strict=True):
            if asked.object == "voucher" and outcome.status != "SKIPPED":
                self._is_justified(outcome, asked, key)
        refusal = tried.outcomes[0].refusal
        if len(tried.outcomes) == 1 and refusal and refusal.key == "redemption_rules_violated":
            assert self.notes.would_exceed(self.limits, body.redeemables[0].id, step, now)
        return tried

    def _is_justified(self, outcome: Outcome, asked: Redeemable, key: str | None) -> None:
        """It fails for want of something exactly when others have, or hold, what it wants.

        So a session gets what it was promised.
        """
        name, notes = asked.id, self.notes
        made = notes.of(name)
        others = [held for each, held in notes.holds(name, self.world.now).items() if each != key]
        found = None if outcome.refusal is None else outcome.refusal.key
        if found in _BEFORE:
            return
        if name in QUANTITIES:
            over = len(made) + len(others) >= QUANTITIES[name]
            assert over == (found == "quantity_exceeded")
        if name in notes.loaded:
            spent = sum(each.credits + each.points for each in made) + sum(map(sum, others))
            left = notes.loaded[name] - spent
            wanted = (
                None if asked.gift is None else asked.gift.credits,
                None if asked.reward is None else asked.reward.points,
            )
            over = left <= 0 or any(each is not None and each > left for each in wanted)
            assert over == (found in _EXHAUSTED)
            if outcome.taken is not None:
                assert (outcome.taken.credits or 0) + (outcome.taken.points or 0) <= left


def _nth(known: Sequence[T], step: Step) -> T:
    return known[step.nth % len(known)]


def _joined(step: Step) -> str:
    """The source id of a guest who has one from now on."""
    return f"joined {step.nth % 2 + 1}"


def _released(locked: Step, step: Step) -> ReleaseSession:
    """Frees something that a session was locked for."""
    assert locked.session is not None
    return ReleaseSession(_nth(locked.redeemables, step).id, locked.session.key or "")


def _is_as_tried(redeemed: Evaluation, tried: Evaluation | None) -> None:
    """Validated and then redeemed, it is the same."""
    assert tried is not None
    assert [(each.id, each.taken) for each in redeemed.outcomes] == [
        (each.id, each.taken) for each in tried.outcomes
    ]
