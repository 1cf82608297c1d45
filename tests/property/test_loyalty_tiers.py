"""Whatever happens to a member when: the tier is what a recount over the whole history says."""

from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import convert

from engine.kernel.zones import zone_named
from engine.loyalty_tiers.ends import invalid_tiers_expiration
from engine.loyalty_tiers.ladder import Ladder
from engine.loyalty_tiers.standing import Program, Step, change_balance, collect, settle
from schemas.loyalty_tiers import LoyaltyTier, PointsRange, Standing, TiersExpiration
from tests.property.tier_recount import Happening, Recount, Rung

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
POINTS_MAX = 60
#: With change of the clocks at midnight, by half an hour, of none, and over the line of dates.
ZONES = (
    "Etc/UTC", "Europe/Warsaw", "America/New_York", "Asia/Amman", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Apia", "America/Havana",
)  # fmt: skip
EXTENSIONS = {"P1M": (1, 0), "P10D": (0, 10), "P1Y": (12, 0), "P2M3D": (2, 3)}


class Play(NamedTuple):
    """A program, who joins it, and what happens then; and how long after each it is looked."""

    recount: Recount
    program: Program
    history: tuple[Happening, ...]
    probes: tuple[int, ...]


@st.composite
def ladders(draw: st.DrawFn) -> list[Rung]:
    """Tiers with gaps between some of them; the last may be without end."""
    ends = sorted(draw(st.sets(st.integers(0, POINTS_MAX), min_size=2, max_size=8)))
    rungs: list[Rung] = [
        (f"T{low}", low, high - draw(st.integers(0, 1)))
        for low, high in zip(ends[::2], ends[1::2], strict=False)
    ]
    if draw(st.booleans()):
        rungs.append((f"T{ends[-1] + 1}", ends[-1] + 1, None))
    return rungs


@st.composite
def plays(draw: st.DrawFn, kind: str, expiration: str, start: str) -> Play:
    """A history of at most a few years."""
    name, rungs = draw(st.sampled_from(ZONES)), draw(ladders())
    rules: dict[str, Any] = {
        "qualification_type": kind, "start": start, "expiration": expiration,
    }  # fmt: skip
    if kind == "POINTS_IN_PERIOD":
        rules["qualification_period"] = draw(
            st.sampled_from(("MONTH", "QUARTER", "HALF_YEAR", "YEAR"))
        )
    if expiration == "CUSTOM" or (kind == "POINTS_IN_PERIOD" and draw(st.booleans())):
        rules["extend"] = draw(st.sampled_from(sorted(EXTENSIONS)))
    if expiration == "CUSTOM" and draw(st.booleans()):
        rounding = draw(st.sampled_from(("MONTH", "QUARTER", "HALF_YEAR", "YEAR", "CUSTOM")))
        rules["rounding"] = {
            "type": rounding, "strategy": draw(st.sampled_from(("START", "END"))),
            "value": draw(st.integers(0, 11)) if rounding == "CUSTOM" else None,
        }  # fmt: skip
    at = joined = draw(st.integers(26_000_000, 29_000_000)) * MINUTE
    balance, history, probes = 0, [], []
    for _ in range(draw(st.integers(1, 12))):
        at += draw(st.one_of(st.integers(0, 3 * DAY), st.integers(0, 120 * DAY)))
        points = draw(st.integers(1, POINTS_MAX // 2))
        what = draw(st.sampled_from(("earn", "earn", "spend", "cancel", "transfer")))
        change = points if what in ("earn", "transfer") else -min(points, balance)
        counts = {"earn": points, "cancel": -points}.get(what, 0)
        balance += change
        history.append(Happening(at, change, counts))
        probes.append(draw(st.integers(0, 400 * DAY)))
    tiers = tuple(LoyaltyTier(each, each, "camp", 0, PointsRange(*ends)) for each, *ends in rungs)
    program = Program(
        "camp", "Club", Ladder(tiers, {}), convert(rules, TiersExpiration), zone_named(name)
    )
    assert invalid_tiers_expiration(program.rules) is None
    known = rules | {"extension": EXTENSIONS.get(rules.get("extend", ""), (0, 0))}
    recount = Recount(known, rungs, ZoneInfo(name), joined)
    return Play(recount, program, tuple(history), tuple(probes))


class Member:
    """A member as the room follows one: by what happens, and by sweeps when they are due, if any."""

    def __init__(self, play: Play, *, swept: bool) -> None:
        self.program, self.swept, self.balance = play.program, swept, 0
        self.standing = Standing("v", "c", "camp", play.recount.joined)
        self.take(settle(self.program, self.standing, 0, play.recount.joined))

    def take(self, steps: list[Step]) -> None:
        for before, after, _ in steps:
            assert before == self.standing
            assert before != after
            self.standing = after

    def go_to(self, at: int) -> None:
        while self.swept and self.standing.next_at is not None and self.standing.next_at <= at:
            due = self.standing.next_at
            steps = settle(self.program, self.standing, self.balance, due)
            self.take(steps)
            assert all(each.after.next_at is None or each.after.next_at > due for each in steps)

    def meet(self, happening: Happening) -> None:
        at, change, counts = happening
        self.go_to(at)
        self.take(settle(self.program, self.standing, self.balance, at))
        after = self.balance + change
        self.take(change_balance(self.program, self.standing, self.balance, after, at))
        self.take(collect(self.program, self.standing, counts, at))
        self.balance = after

    def seen(self, at: int) -> Standing:
        """How it stands then, for who asks and tells nobody."""
        steps = settle(self.program, self.standing, self.balance, at)
        return steps[-1].after if steps else self.standing


POLICIES = [
    ("BALANCE", "BALANCE_DROP", "IMMEDIATE"),
    ("BALANCE", "CUSTOM", "IMMEDIATE"),
    *(
        ("POINTS_IN_PERIOD", expiration, start)
        for expiration in ("END_OF_PERIOD", "END_OF_NEXT_PERIOD", "CUSTOM")
        for start in ("IMMEDIATE", "NEXT_PERIOD")
    ),
]


@pytest.mark.parametrize("policy", POLICIES, ids="-".join)
@settings(max_examples=60)
@given(data=st.data())
def test_the_tier_is_what_a_recount_says(policy: tuple[str, str, str], data: st.DataObject) -> None:
    play: Play = data.draw(plays(*policy))
    swept, asked = Member(play, swept=True), Member(play, swept=False)
    nexts = [*(each.at for each in play.history[1:]), None]
    for number, (happening, following) in enumerate(zip(play.history, nexts, strict=True)):
        swept.meet(happening)
        asked.meet(happening)
        probe = happening.at + play.probes[number]
        for at in sorted({happening.at, probe if following is None else min(probe, following - 1)}):
            if at < happening.at:
                continue
            name, last = play.recount.place(play.history[: number + 1], at)
            for standing in (asked.seen(at), swept.seen(at)):
                assert (standing.tier_id, standing.expires_at) == (name, last), at
            swept.go_to(at)
            # what was told is true without anybody looking again
            assert (swept.standing.tier_id, swept.standing.expires_at) == (name, last), at
            assert (standing.since is None) == (name is None)
