"""How a member stands: what time, a balance and what is collected make of it. See the room's policy.

Each step is a standing and the one after it; who decides tells the difference. Of several times that
a tier was prolonged while nobody looked, the last is told.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from msgspec import structs

from engine.kernel.calendar import Zone
from engine.loyalty_tiers.ends import end_of_custom, extended
from engine.loyalty_tiers.ladder import Ladder
from engine.loyalty_tiers.periods import MONTHS, begin_of_month, month_at, period_of
from schemas.base import Millis
from schemas.loyalty_tiers import LoyaltyTier, Standing, TiersExpiration

#: What was collected in so many months is kept at least, so that another period finds it.
KEPT_MONTHS: Final = 24
#: Over how many periods, that in which it begins included, a tier lasts.
_LASTING: Final = {"END_OF_PERIOD": 1, "END_OF_NEXT_PERIOD": 2, "BALANCE_DROP": 1}


class Program(NamedTuple):
    """What decides where members stand."""

    campaign_id: str
    campaign: str
    ladder: Ladder
    rules: TiersExpiration
    zone: Zone


class Step(NamedTuple):
    """A standing, the one after it, and whether that follows from having qualified again."""

    before: Standing
    after: Standing
    requalified: bool = True


class _Place(NamedTuple):
    tier: LoyaltyTier | None
    expires_at: Millis | None


def settle(program: Program, standing: Standing, balance: int, now: Millis) -> list[Step]:
    """What time made of it by now; `balance` is what the card had all the while."""
    if program.rules.qualification_type == "POINTS_IN_PERIOD":
        return _settle_collected(program, standing, now)
    if program.rules.expiration == "CUSTOM":
        return _settle_custom(program, standing, balance, now)
    tier = program.ladder.tier_for(balance)
    steps = _steps(standing, _moved(standing, _Place(tier, None), None, now))
    return [each._replace(requalified=False) for each in steps]


def change_balance(
    program: Program, standing: Standing, before: int, after: int, now: Millis
) -> list[Step]:
    """The settled standing after the balance changed; nothing of it where a period counts."""
    rules, ladder = program.rules, program.ladder
    if rules.qualification_type == "POINTS_IN_PERIOD":
        return []
    if rules.expiration != "CUSTOM":
        return settle(program, standing, after, now)
    current, tier = ladder.find(standing.tier_id), ladder.tier_for(after)
    if tier is None or ladder.rank_of(tier) < ladder.rank_of(current):
        return []
    if tier is current and ladder.tier_for(before) is current:
        return []
    steps = _steps(standing, _held(program, standing, tier, now))
    return [each._replace(requalified=False) for each in steps]


def collect(program: Program, standing: Standing, points: int, now: Millis) -> list[Step]:
    """The settled standing after so many points were collected, or, below zero, taken back."""
    if program.rules.qualification_type != "POINTS_IN_PERIOD":
        return []
    collected = dict(standing.collected)
    if points:
        month = month_at(now, program.zone)
        collected[month] = collected.get(month, 0) + points
        first = min(month - KEPT_MONTHS, _first_counted(program, now))
        collected = {key: value for key, value in sorted(collected.items()) if key >= first}
    after = structs.replace(standing, collected=collected)
    return _steps(standing, _placed(program, after, now))


def recalculate(program: Program, standing: Standing, balance: int, now: Millis) -> list[Step]:
    """The standing as the program is now: also a tier that lasts ends by what it says now."""
    steps: list[Step] = []
    rules, counted_from = program.rules, standing.updated_at
    lasts = rules.qualification_type == "BALANCE" and rules.expiration == "CUSTOM"
    if lasts and standing.tier_id is not None and counted_from is not None:
        ends = end_of_custom(rules, counted_from, program.zone)
        after = structs.replace(standing, expires_at=ends, next_at=ends + 1)
        steps += _steps(standing, after)
        standing = after
    steps += settle(program, standing, balance, now)
    return [each._replace(requalified=False) for each in steps]


def _steps(before: Standing, after: Standing) -> list[Step]:
    return [] if before == after else [Step(before, after)]


def _moved(standing: Standing, place: _Place, next_at: Millis | None, at: Millis) -> Standing:
    """The standing at that place, which it came to then."""
    tier_id = None if place.tier is None else place.tier.id
    expires_at = place.expires_at
    told = (standing.tier_id, standing.expires_at)
    if (tier_id, expires_at) == told and standing.next_at == next_at:
        return standing
    since = standing.since if tier_id == standing.tier_id else at
    return structs.replace(
        standing,
        tier_id=tier_id,
        since=since if tier_id is not None else None,
        expires_at=expires_at,
        next_at=next_at,
        updated_at=standing.updated_at if (tier_id, expires_at) == told else at,
    )


# --- a tier that lasts


def _settle_custom(program: Program, standing: Standing, balance: int, now: Millis) -> list[Step]:
    steps: list[Step] = []
    ladder = program.ladder
    tier = ladder.tier_for(balance)
    while standing.expires_at is not None and standing.expires_at < now:
        after = _held(program, standing, tier, standing.expires_at + 1)
        if steps and after.tier_id == standing.tier_id:
            steps[-1] = Step(steps[-1].before, after)
        else:
            steps.append(Step(standing, after))
        standing = after
    current = ladder.find(standing.tier_id)
    is_lost = current is None or current.deleted_at is not None
    if is_lost or ladder.rank_of(tier) > ladder.rank_of(current) or standing.expires_at is None:
        held = tier if is_lost or ladder.rank_of(tier) > ladder.rank_of(current) else current
        steps += _steps(standing, _held(program, standing, held, now))
    return steps


def _held(program: Program, standing: Standing, tier: LoyaltyTier | None, at: Millis) -> Standing:
    """The standing of who comes to a tier, or is counted anew in it."""
    if tier is None:
        return _moved(standing, _Place(None, None), None, at)
    expires_at = end_of_custom(program.rules, at, program.zone)
    return _moved(standing, _Place(tier, expires_at), expires_at + 1, at)


# --- points that are collected in periods


def _settle_collected(program: Program, standing: Standing, now: Millis) -> list[Step]:
    steps: list[Step] = []
    while standing.next_at is not None and standing.next_at <= now:
        after = _placed(program, standing, standing.next_at)
        if after.next_at == standing.next_at:  # never: a place is later than where it is looked for
            break
        steps.append(Step(standing, after))
        standing = after
    return steps + _steps(standing, _placed(program, standing, now))


def _placed(program: Program, standing: Standing, at: Millis) -> Standing:
    """The standing as the periods make it that are valid then."""
    place = _place_at(program, standing, at)
    next_at = next(
        (each for each in _ahead(program, at) if _place_at(program, standing, each) != place), None
    )
    return _moved(standing, place, next_at, at)


def _place_at(program: Program, standing: Standing, at: Millis) -> _Place:
    """The highest tier of all valid periods, and the latest end of these."""
    ladder = program.ladder
    best: _Place = _Place(None, None)
    for begin, end in _valid_periods(program, at):
        if begin_of_month(begin + _size(program), program.zone) <= standing.joined_at:
            break
        tier = ladder.tier_for(_collected_in(program, standing, begin))
        if tier is not None and ladder.rank_of(tier) > ladder.rank_of(best.tier):
            best = _Place(tier, end - 1)
    # who collects nothing comes to it all the same
    return best._replace(expires_at=None) if best.tier is ladder.tier_for(0) else best


def _valid_periods(program: Program, at: Millis) -> Iterator[tuple[int, Millis]]:
    """The periods that qualify then, the last first, and the instants at which they do no more."""
    size = _size(program)
    later = program.rules.start == "NEXT_PERIOD"
    begin = period_of(month_at(at, program.zone), size) - (size if later else 0)
    while (end := _end_of(program, begin)) > at:
        yield begin, end
        begin -= size


def _end_of(program: Program, begin: int) -> Millis:
    """When a period qualifies for nothing any more."""
    rules, size, zone = program.rules, _size(program), program.zone
    if rules.expiration == "CUSTOM":
        return end_of_custom(rules, begin_of_month(begin + size, zone), zone) + 1
    lasting = _LASTING[rules.expiration] + (rules.start == "NEXT_PERIOD")
    return extended(rules, begin_of_month(begin + lasting * size, zone), zone)


def _ahead(program: Program, at: Millis) -> list[Millis]:
    """The instants to come at which time alone may change the place, in their order."""
    size, zone = _size(program), program.zone
    running = period_of(month_at(at, zone), size)
    ends = {end for _, end in _valid_periods(program, at)} | {_end_of(program, running)}
    begins = {begin_of_month(running + n * size, zone) for n in (1, 2)}
    return sorted(each for each in ends | begins if each > at)


def _first_counted(program: Program, at: Millis) -> int:
    return min(
        (begin for begin, _ in _valid_periods(program, at)), default=month_at(at, program.zone)
    )


def _collected_in(program: Program, standing: Standing, begin: int) -> int:
    return sum(standing.collected.get(begin + n, 0) for n in range(_size(program)))


def counted_points(program: Program, standing: Standing, balance: int, now: Millis) -> int:
    """The points that say the tier now: the balance, or what the running period collected."""
    if program.rules.qualification_type != "POINTS_IN_PERIOD":
        return balance
    return _collected_in(program, standing, period_of(month_at(now, program.zone), _size(program)))


def _size(program: Program) -> int:
    return MONTHS[program.rules.qualification_period or "MONTH"]
