"""What should happen, said again in the plainest way: dictionaries, no events, no indexes.

It shares no code with the engine. Times are milliseconds, money minor units.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from msgspec.structs import replace

from schemas.vouchers import Voucher

LIMIT = 5
MONTHS_BACK = 3

Wanted = list[tuple[str, int | None]]


@dataclass
class Model:
    """Counters, sessions and redemptions of one project."""

    vouchers: dict[str, dict[str, Any]] = field(default_factory=dict)
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    redemptions: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, made: Voucher) -> None:
        """Another voucher."""
        self.vouchers[made.code] = {
            "made": made,
            "active": True,
            #: The most that was ever allowed; what is allowed later takes nothing back.
            "most": made.quantity,
            "redeemed": 0,
            "balance": made.gift.balance if made.gift else None,
        }

    def held(self, code: str, own: str | None, now: int) -> tuple[int, int]:
        """Redemptions and credits that live sessions of others hold."""
        holds = [
            session["holds"][code]
            for key, session in self.sessions.items()
            if key != own and session["until"] > now and code in session["holds"]
        ]
        return len(holds), sum(holds)

    def try_out(
        self, wanted: Wanted, amount: int | None, own: str | None, now: int
    ) -> tuple[list[tuple[str, int]], str | None]:
        """What each applied voucher takes, and the key of the refusal, if any."""
        taken: list[tuple[str, int]] = []
        left = amount
        for code, credits in wanted:
            if len(taken) == LIMIT:
                break
            key, takes = self._one(code, credits, left, own, now)
            if key is not None:
                return taken, key
            taken.append((code, takes))
            left = None if left is None else left - takes
        return taken, None

    def _one(
        self, code: str, credits: int | None, left: int | None, own: str | None, now: int
    ) -> tuple[str | None, int]:
        if code not in self.vouchers:
            return "not_found", 0
        entry = self.vouchers[code]
        made: Voucher = entry["made"]
        count, held_credits = self.held(code, own, now)
        if not entry["active"]:
            return "voucher_disabled", 0
        if made.quantity is not None and entry["redeemed"] + count >= made.quantity:
            return "quantity_exceeded", 0
        if entry["balance"] is None:
            return None, _discount(made, left or 0)
        available = entry["balance"] - held_credits
        if available <= 0 or (credits or 0) > available:
            return "gift_amount_exceeded", 0
        if left is None:
            return "missing_amount", 0
        return None, min(available if credits is None else credits, left)

    def redeem(
        self, wanted: Wanted, amount: int | None, own: str | None, now: int
    ) -> tuple[list[tuple[str, int]], str | None]:
        """As `try_out`, and counts it when nothing was refused."""
        taken, key = self.try_out(wanted, amount, own, now)
        if key is None:
            for code, takes in taken:
                self._count(code, 1, takes)
                if own in self.sessions:
                    self.sessions[own]["holds"].pop(code, None)
        return taken, key

    def lock(
        self, wanted: Wanted, amount: int | None, own: str, until: int, now: int
    ) -> tuple[list[tuple[str, int]], str | None]:
        """As `try_out`, and holds it when nothing was refused."""
        taken, key = self.try_out(wanted, amount, own, now)
        if key is None:
            self.sessions[own] = {"until": until, "holds": dict(taken)}
        return taken, key

    def release(self, code: str, own: str, now: int) -> bool:
        """Whether there was something to free."""
        session = self.sessions.get(own)
        if code not in self.vouchers or session is None or session["until"] <= now:
            return False
        return session["holds"].pop(code, None) is not None

    def keep(self, ids: tuple[str, ...], parent: str | None, taken: Any, now: int) -> None:
        """Notes a success under the ids that the system gave it."""
        for redemption_id, one in zip(ids, taken, strict=True):
            self.redemptions[redemption_id] = {
                "taken": [one],
                "parent": parent,
                "at": now,
                "back": False,
            }
        if parent is not None:
            self.redemptions[parent] = {
                "taken": taken,
                "parent": None,
                "stack": True,
                "at": now,
                "back": False,
            }

    def roll_back(self, redemption_id: str, *, stack: bool, now: int) -> str | None:
        """Takes a redemption back; the key of the refusal, if any."""
        entry = self.redemptions[redemption_id]
        if entry["parent"] is not None:
            return "invalid_redemption_parent"
        if entry.get("stack") and not stack:
            return "invalid_redemption"
        if entry["back"]:
            return "already_rolled_back"
        if not recent(entry["at"], now):
            return "invalid_redemption"
        for code, takes in entry["taken"]:
            self._count(code, -1, -takes)
        entry["back"] = True
        return None

    def delete(self, code: str) -> bool:
        """Whether there was such a voucher; what sessions hold of it is gone with it."""
        for session in self.sessions.values():
            session["holds"].pop(code, None)
        return self.vouchers.pop(code, None) is not None

    def limit(self, code: str, quantity: int) -> bool:
        """Whether there was such a voucher to allow so many redemptions of."""
        if code not in self.vouchers:
            return False
        entry = self.vouchers[code]
        entry["made"] = replace(entry["made"], quantity=quantity)
        if entry["most"] is not None:
            entry["most"] = max(entry["most"], quantity)
        return True

    def _count(self, code: str, redemptions: int, takes: int) -> None:
        entry = self.vouchers.get(code)
        if entry is None:
            return
        entry["redeemed"] += redemptions
        if entry["balance"] is not None:
            entry["balance"] -= takes


def recent(redeemed: int, now: int) -> bool:
    """Whether the same day of the month, three months on, has not come yet."""
    start, today = (datetime.fromtimestamp(at // 1000, UTC) for at in (redeemed, now))
    months = (today.year - start.year) * 12 + today.month - start.month
    if months != MONTHS_BACK:
        return months < MONTHS_BACK
    last = (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    midnight = 24 * 3_600_000
    return (today.day, now % midnight) < (min(start.day, last.day), redeemed % midnight)


def _discount(made: Voucher, left: int) -> int:
    discount = made.discount
    assert discount is not None
    if discount.type == "AMOUNT":
        assert discount.amount_off is not None
        return min(discount.amount_off, left)
    assert discount.percent_off is not None
    exact = Decimal(left) * discount.percent_off / 100
    takes = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    return min(takes, left, 10**15 if discount.amount_limit is None else discount.amount_limit)
