"""Members of programs, followed through their tiers: by what happens to cards, by time, by new tiers.

What changes a card's balance, or what was collected, is reacted to; time is swept; and where the tiers
themselves become others, an action looks through the cards of the program.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from msgspec import structs

from engine.background.chunk import Chunk, share_of
from engine.background.decide import start_action_event
from engine.kernel import tables
from engine.kernel.lookup import campaign_of
from engine.kernel.state import View
from engine.loyalty_tiers.find import balance_of, program_of, stored_standing
from engine.loyalty_tiers.ladder import lowest_of
from engine.loyalty_tiers.standing import (
    Program,
    Step,
    change_balance,
    collect,
    recalculate,
    settle,
)
from schemas.actions import ACTION_EVENTS, ActionStarted, AsyncAction, RecalculateTiers, Rows
from schemas.balances import REWARD_SOURCE, BalanceAdjusted
from schemas.base import Millis
from schemas.bin import BIN_EVENTS
from schemas.campaigns import CAMPAIGN_EVENTS
from schemas.commands import Command
from schemas.custom_events import CUSTOM_EVENTS
from schemas.customers import CUSTOMER_EVENTS
from schemas.earning import (
    EarningRefused,
    OrderEarningsEnded,
    PointsEarned,
    PointsPending,
    PointsTakenBack,
)
from schemas.erasures import ERASURE_EVENTS
from schemas.events import QUIET_EVENTS, SETUP_EVENTS, events_of
from schemas.loyalty_tiers import (
    MEMBER_TIER_EVENTS,
    LoyaltyTier,
    MemberTierEvent,
    StandingChanged,
    TierDowngraded,
    TierExpirationChanged,
    TierJoined,
    TierLeft,
    TierProlonged,
    TierUpgraded,
)
from schemas.orders import ORDER_EVENTS
from schemas.pending import PendingPointsActivated, PendingPointsAdjusted, PendingPointsCanceled
from schemas.points import PointsExpired, PointsExpiring, PointsTransferred
from schemas.prizes import CustomerRewarded, RewardTakenBack, RewardWithheld
from schemas.programs import Reacting
from schemas.promotion_events import PROMOTION_EVENTS
from schemas.publications import PublicationFailed, PublicationRepeated, PublicationSucceeded
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionsRetired,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.referrals import REFERRAL_EVENTS
from schemas.segments import SEGMENT_EVENTS
from schemas.sessions import SESSION_EVENTS
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from schemas.vouchers import Voucher

#: As the action is called; it is in no list, since the contract does not know it.
RECALCULATE: Final = "LOYALTY.TIERS_RECALCULATE"
#: So many members move in one record at most, each of whom may earn something by it.
MOVES_MAX: Final = 100
#: So many cards a chunk looks at.
CARDS_MAX: Final = 500


class CardChange(NamedTuple):
    """What an event changes of a card: the card after it, its balance, and what counts as collected."""

    voucher: Voucher
    balance: int = 0
    collected: int = 0


def follow_cards(
    view: View, _: Command, reacting: Reacting, event: Any, now: Millis
) -> Iterator[MemberTierEvent]:
    """How the holders of the cards that the event changes move."""
    if not reacting.tiers:
        return
    for change in CHANGES[type(event)](event):
        voucher = change.voucher
        if voucher.loyalty_card is None or voucher.campaign_id not in reacting.tiers:
            continue
        campaign = campaign_of(view, voucher)
        program = None if campaign is None else program_of(view, campaign)
        if program is not None:
            yield from _follow(view, program, change, now)


def _follow(
    view: View, program: Program, change: CardChange, now: Millis
) -> Iterator[MemberTierEvent]:
    standing, card = stored_standing(view, change.voucher), change.voucher.loyalty_card
    if standing is None or card is None:
        return
    before = card.balance - change.balance
    steps = settle(program, standing, before, now)
    standing = steps[-1].after if steps else standing
    steps += change_balance(program, standing, before, card.balance, now)
    standing = steps[-1].after if steps else standing
    steps += collect(program, standing, change.collected, now)
    yield from _told(program, steps)


def expire_tiers(view: View, voucher_ids: Iterable[str], now: Millis) -> Iterator[MemberTierEvent]:
    """What time made of these members by now; what it does not is looked at another time."""
    for voucher_id in voucher_ids:
        stored = view.get(tables.STANDINGS, voucher_id)
        voucher = view.get(tables.VOUCHERS, voucher_id)
        if stored is None or voucher is None or stored.next_at is None:
            continue
        campaign = campaign_of(view, voucher)
        program = None if campaign is None else program_of(view, campaign)
        told: list[MemberTierEvent] = []
        if program is not None:
            told += _told(program, settle(program, stored, balance_of(view, voucher, now), now))
        # whatever was wrong about when it is to be looked at, it is not looked at for ever
        yield from told or [StandingChanged(structs.replace(stored, next_at=None))]


def recalculation_started_event(
    command: Command, campaign_id: str, now: Millis, deleted: str | None = None, n: int = 0
) -> ActionStarted:
    """That the members of a program are looked through; `deleted` is a tier that is gone."""
    work = RecalculateTiers(campaign_id, deleted)
    return start_action_event(command, RECALCULATE, work, None, now, n)


def recalculate_tiers(
    view: View,
    command: Command,
    action: AsyncAction,
    work: RecalculateTiers,
    _: Rows | None,
    now: Millis,
) -> Chunk:
    """Looks through the next cards of the program; the cursor counts their numbers."""
    campaign = view.get(tables.CAMPAIGNS, work.campaign_id)
    program = None if campaign is None else program_of(view, campaign)
    if campaign is None or program is None or campaign.deleted_at is not None:
        return Chunk((), 0)
    events: list[MemberTierEvent] = []
    end, most = min(action.cursor + CARDS_MAX, campaign.voucher_seq), share_of(command, MOVES_MAX)
    for number in range(action.cursor, end):
        if len(events) >= most:
            end = number
            break
        voucher_id = view.get(tables.CAMPAIGN_VOUCHERS, campaign.id, f"{number:010d}")
        voucher = None if voucher_id is None else view.get(tables.VOUCHERS, voucher_id)
        standing = None if voucher is None else stored_standing(view, voucher)
        if voucher is not None and standing is not None:
            balance = balance_of(view, voucher, now)
            events += _told(program, recalculate(program, standing, balance, now))
    done = end - action.cursor
    return Chunk(tuple(events), done, cursor=end, finished=end >= campaign.voucher_seq)


def _told(program: Program, steps: Iterable[Step]) -> Iterator[MemberTierEvent]:
    """The step that a member takes, as one event."""
    name = program.campaign
    for before, after, requalified in steps:
        was, became = program.ladder.find(before.tier_id), program.ladder.find(after.tier_id)
        stays = before.tier_id == after.tier_id
        if (stays and before.expires_at == after.expires_at) or was is became is None:
            yield StandingChanged(after)
        elif became is None:
            assert was is not None
            yield TierLeft(after, name, _plain(was))
        elif was is None:
            yield TierJoined(after, name, _plain(became))
        elif stays and requalified and _later(before.expires_at, after.expires_at):
            yield TierProlonged(after, name, _plain(became))
        elif stays:
            yield TierExpirationChanged(after, name, _plain(became))
        elif lowest_of(became.points) > lowest_of(was.points):
            yield TierUpgraded(after, name, _plain(became), _plain(was))
        else:
            yield TierDowngraded(after, name, _plain(became), _plain(was))


def _later(before: Millis | None, after: Millis | None) -> bool:
    return after is None or (before is not None and after > before)


def _plain(tier: LoyaltyTier) -> LoyaltyTier:
    return structs.replace(tier, earning_rules=None, rewards=None, metadata={})


# --- what each event changes of cards


def _balance_adjusted(event: BalanceAdjusted) -> Iterator[CardChange]:
    """What is taken off by hand was collected all the same; what a rollback takes back was not."""
    is_taken_back = event.source == REWARD_SOURCE
    collected = event.amount if is_taken_back else max(event.amount, 0)
    yield CardChange(event.voucher, event.amount, collected)


def _points_expired(event: PointsExpired) -> Iterator[CardChange]:
    """It expired by itself: when a tier ended since, it was not there."""
    yield CardChange(event.voucher)


def _points_transferred(event: PointsTransferred) -> Iterator[CardChange]:
    """Who gets points of another has not collected them."""
    for move in event.moves:
        yield CardChange(move.origin, -move.points)
        yield CardChange(move.destination, move.points)


def _rewarded(event: CustomerRewarded) -> Iterator[CardChange]:
    yield CardChange(event.voucher, event.amount, event.amount)


def _reward_taken_back(event: RewardTakenBack) -> Iterator[CardChange]:
    if event.voucher is not None:
        # of a code, `missing` says that it was used, and not how many points
        missing = event.given.missing if event.given.prize.amount is not None else 0
        yield CardChange(event.voucher, -event.amount, -event.amount - missing)


def _publication_succeeded(event: PublicationSucceeded) -> Iterator[CardChange]:
    for voucher in event.vouchers:
        yield CardChange(voucher)


def _redemption_succeeded(event: RedemptionSucceeded) -> Iterator[CardChange]:
    for outcome in event.evaluation.outcomes:
        if outcome.status == "APPLICABLE" and outcome.voucher is not None:
            points = 0 if outcome.taken is None else outcome.taken.points or 0
            yield CardChange(outcome.voucher, -points)


def _redemption_rolled_back(event: RedemptionRolledBack) -> Iterator[CardChange]:
    for each in event.rollbacks:
        if each.voucher is not None:
            yield CardChange(each.voucher, (each.points or 0) - each.expired)


def _points_earned(event: PointsEarned) -> Iterator[CardChange]:
    yield CardChange(event.voucher, event.points, event.points)


def _pending_activated(event: PendingPointsActivated) -> Iterator[CardChange]:
    """It counts as collected from when it is active on."""
    yield CardChange(event.voucher, event.points, event.points)


def _points_taken_back(event: PointsTakenBack) -> Iterator[CardChange]:
    """Nothing was collected by it, be it spent meanwhile."""
    yield CardChange(event.voucher, -event.points, -event.points - event.missing)


#: What changes cards of members, and what each event changes of them.
CHANGES: Final[Mapping[type[Any], Callable[[Any], Iterable[CardChange]]]] = MappingProxyType(
    {
        BalanceAdjusted: _balance_adjusted,
        PointsExpired: _points_expired,
        PointsTransferred: _points_transferred,
        CustomerRewarded: _rewarded,
        RewardTakenBack: _reward_taken_back,
        PointsEarned: _points_earned,
        PendingPointsActivated: _pending_activated,
        PointsTakenBack: _points_taken_back,
        PublicationSucceeded: _publication_succeeded,
        RedemptionSucceeded: _redemption_succeeded,
        RedemptionRolledBack: _redemption_rolled_back,
    }
)

#: What is reacted to.
REACTIONS: Final[Mapping[type[Any], Callable[..., Iterator[MemberTierEvent]]]] = MappingProxyType(
    dict.fromkeys(CHANGES, follow_cards)
)

#: What changes nothing by which a member is in a tier.
UNCHANGED: Final = events_of(
    # It is about no card, or none that a customer holds already.
    SETUP_EVENTS,
    ACTION_EVENTS,
    CAMPAIGN_EVENTS,
    CUSTOM_EVENTS,
    CUSTOMER_EVENTS,
    ERASURE_EVENTS,
    QUIET_EVENTS,
    REFERRAL_EVENTS,
    RewardWithheld,
    ORDER_EVENTS,
    PROMOTION_EVENTS,
    SEGMENT_EVENTS,
    VoucherCreated,
    # The balance stays as it is.
    PointsExpiring,
    EarningRefused,
    OrderEarningsEnded,
    PendingPointsAdjusted,
    PendingPointsCanceled,
    PointsPending,
    SESSION_EVENTS,
    PublicationFailed,
    PublicationRepeated,
    RedemptionFailed,
    RedemptionsRetired,
    RollbackFailed,
    VoucherUpdated,
    VoucherEnabled,
    VoucherDisabled,
    # Who has no card any more is no member.
    BIN_EVENTS,
    VoucherDeleted,
    # It is what reacting ends in.
    MEMBER_TIER_EVENTS,
)
