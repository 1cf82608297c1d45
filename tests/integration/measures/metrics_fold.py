"""What metrics are, by a fold of the ledger and of what was observed that knows nothing of tables."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from schemas.balances import BalanceAdjusted
from schemas.campaigns import VouchersGenerated
from schemas.observations import ApiCall, ValidationObserved
from schemas.orders import Order, OrderCreated, OrderUpdated
from schemas.publications import PublicationFailed, PublicationSucceeded
from schemas.records import Decided, Record
from schemas.redemptions import RedemptionFailed, RedemptionRolledBack, RedemptionSucceeded
from schemas.sessions import SessionLocked, SessionRefused
from schemas.voucher_events import VoucherCreated, VoucherDeleted


class Fold:
    """The counts so far."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._redeemed: dict[str, tuple[int, bool]] = {}
        #: Of the first redemption of a request, what its order came to.
        self._requests: dict[str, tuple[int, int]] = {}
        self._orders: dict[str, Order] = {}
        self._order_of: dict[str, str] = {}
        self._visits: defaultdict[str, int] = defaultdict(int)
        self._codes: set[str] = set()

    def take(self, event: Any) -> None:
        """What an event adds."""
        match event:
            case RedemptionSucceeded():
                self._redemption(event)
            case RedemptionFailed():
                self.counts["redemptions_failed"] += len(event.redemption_ids)
            case RedemptionRolledBack():
                for each in event.rollbacks:
                    self._taken_back(each.redemption_id)
            case SessionLocked() | SessionRefused():
                self._validation(valid=isinstance(event, SessionLocked))
            case VoucherCreated():
                self.counts["codes_created"] += 1
            case VouchersGenerated():
                self.counts["codes_created"] += len(event.codes)
                assert event.template.gift is not None
                self.counts["gift_credits_issued"] += len(event.codes) * event.template.gift.balance
            case VoucherDeleted():
                self.counts["codes_deleted"] += 1
            case BalanceAdjusted():
                name = "issued" if event.amount > 0 else "removed"
                self.counts[f"gift_credits_{name}"] += abs(event.amount)
            case PublicationSucceeded():
                self.counts["publications_succeeded"] += 1
                self.counts["codes_published"] += len(event.publication.voucher_ids)
            case PublicationFailed():
                self.counts["publications_failed"] += 1
            case OrderCreated() | OrderUpdated():
                self._orders[event.order.id] = event.order

    def _redemption(self, event: RedemptionSucceeded) -> None:
        order = event.evaluation.order
        self.counts["redemptions_succeeded"] += len(event.redemption_ids)
        for outcome, name in zip(event.evaluation.outcomes, event.redemption_ids, strict=True):
            assert outcome.taken is not None
            assert outcome.voucher is not None
            is_gift = outcome.voucher.type == "GIFT_VOUCHER"
            self._redeemed[name] = (outcome.taken.total, is_gift)
            self._codes.add(outcome.voucher.id)
            self._money(outcome.taken.total, is_gift)
            if order is not None:
                self._order_of[name] = order.id
        if order is not None:
            assert order.amount is not None
            self._orders[order.id] = order
            self._requests[event.redemption_ids[0]] = (order.amount, order.discount_amount)
            self._order(order.amount, order.discount_amount, 1)
        if event.customer_id is not None:
            self._visits[event.customer_id] += 1

    def _taken_back(self, name: str) -> None:
        self.counts["redemptions_rolled_back"] += 1
        taken, is_gift = self._redeemed[name]
        self._money(-taken, is_gift)
        if name in self._requests:
            self._order(*self._requests[name], -1)

    def _money(self, taken: int, is_gift: bool) -> None:
        self.counts["discount_amount"] += taken
        self.counts["gift_credits_redeemed"] += taken * is_gift

    def _order(self, amount: int, discount: int, sign: int) -> None:
        self.counts["order_amount"] += sign * amount
        self.counts["order_total_amount"] += sign * (amount - discount)

    def _validation(self, *, valid: bool) -> None:
        self.counts["validations"] += 1
        self.counts["validations_valid" if valid else "validations_invalid"] += 1

    def end(self, observed: Iterable[ValidationObserved], calls: list[ApiCall]) -> dict[str, Any]:
        """All counts, with what was observed."""
        for seen in {one.id: one for one in observed}.values():
            self._validation(valid=seen.valid)
        with_amount = [each for each in self._orders.values() if each.amount is not None]
        for each in with_amount:
            kind = "discounted" if each.discount_amount else "plain"
            self.counts["orders"] += 1
            self.counts[f"orders_{kind}"] += 1
            self.counts[f"orders_{kind}_amount"] += each.amount or 0
        paid = {name for name, each in self._orders.items() if each.status == "PAID"}
        self.counts["redemptions_paid"] = sum(each in paid for each in self._order_of.values())
        self.counts["unique_customers"] = self.counts["new_customers"] = len(self._visits)
        self.counts["returning_customers"] = sum(each > 1 for each in self._visits.values())
        self.counts["codes_redeemed"] = len(self._codes)
        self.counts["api_calls"] = len(calls)
        self.counts["api_errors"] = sum(each.status >= 400 for each in calls)
        self.counts["api_faults"] = sum(each.status >= 500 for each in calls)
        found: dict[str, Any] = dict(self.counts)
        slow = sorted(each.duration_us for each in calls)
        for percent in (50, 95, 99):
            found[f"api_latency_p{percent}"] = slow[int(percent / 100 * (len(slow) - 1))] / 1000
        return found


def fold_metrics(
    records: Iterable[Record], observed: Iterable[ValidationObserved], calls: list[ApiCall]
) -> dict[str, Any]:
    """By name each metric that is no quotient and is one number for each moment; 0 may be left out."""
    fold = Fold()
    for record in records:
        assert isinstance(record, Decided)
        for event in record.events:
            fold.take(event)
    return fold.end(observed, calls)
