"""The sign-ins that failed, as the ledger knows them: every process does, and after a restart."""

from typing import NamedTuple

from engine.kernel import tables
from engine.kernel.state import View
from schemas.base import Millis
from schemas.users import FAILED_MS


class Failures(NamedTuple):
    """How many failed one after the other, and when the last one did."""

    times: int = 0
    at: Millis = 0

    def as_of(self, now: Millis) -> "Failures":
        """What of it still counts: all, or after so long without another nothing."""
        return self if self.times and self.at + FAILED_MS > now else NO_FAILURES

    def added(self, other: "Failures") -> "Failures":
        """Of two who count different ones, both."""
        return Failures(self.times + other.times, max(self.at, other.at))

    def joined(self, other: "Failures") -> "Failures":
        """Of two who count the same, what both know."""
        return Failures(max(self.times, other.times), max(self.at, other.at))


NO_FAILURES = Failures()


def failures_of_user(view: View, user_id: str, now: Millis) -> Failures:
    """Those of an account since somebody was let in, or since an hour had none."""
    known = view.get(tables.USER_ACTIVITIES, user_id)
    times: list[Millis] = []
    for act in reversed(() if known is None else known.acts):
        if act.type == "signed_in" or (times and times[-1] - act.at >= FAILED_MS):
            break
        if act.type == "sign_in_failed":
            times.append(act.at)
    return Failures(len(times), times[0]).as_of(now) if times else NO_FAILURES


def failures_of_address(view: View, address: str, now: Millis) -> Failures:
    """Those from an address, which is a keyed hash, within the hour."""
    known = view.get(tables.FAILED_SIGN_INS, tables.THE_ONE)
    times = [
        each.at
        for each in (() if known is None else known.failed)
        if each.address == address and each.at > now - FAILED_MS
    ]
    return Failures(len(times), times[-1]) if times else NO_FAILURES


def failures_at_nobody(view: View, name: str, now: Millis) -> Failures:
    """Those at accounts that nobody has, of one of them or from an address, by its keyed hash."""
    known = view.get(tables.GUESSES_AT_NOBODY, tables.THE_ONE)
    there = () if known is None else known.guessed
    found = next((each for each in there if each.name == name), None)
    return NO_FAILURES if found is None else Failures(found.times, found.at).as_of(now)
