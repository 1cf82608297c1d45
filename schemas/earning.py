"""Earning rules of loyalty programs: for what members are given points, how many, and why not."""

from typing import Any, Final, Literal

import msgspec
from msgspec import field

from schemas.base import Metadata, Millis, Shape, Unanswered
from schemas.pending import PendingPoints, TierNamed
from schemas.points import PointsBucket, PointsExpirationRules
from schemas.validity import ValidityHours, ValidityTimeframe
from schemas.vouchers import Voucher

#: How many earning rules a program has at most.
EARNING_RULES_MAX: Final = 100
#: How long the name of an event is.
EVENT_NAME_LENGTH_MAX: Final = 300
#: How many days points may be pending.
PENDING_DAYS_MAX: Final = 3660
#: How many reasons one event says.
REASONS_TOLD_MAX: Final = 100

ORDER_PAID: Final = "order.paid"
SEGMENT_ENTERED: Final = "customer.segment.entered"
#: What becomes of a member's tier. Source: the API contract.
TIER_CHANGES: Final = (
    "customer.loyalty.tier.joined",
    "customer.loyalty.tier.left",
    "customer.loyalty.tier.upgraded",
    "customer.loyalty.tier.downgraded",
    "customer.loyalty.tier.prolonged",
)

LimitPeriod = Literal["DAY", "WEEK", "MONTH", "YEAR"]


class PendingTerms(Shape, frozen=True):
    """After how many days points become active: with the beginning of the day."""

    period_value: int


class EarningLimits(Shape, frozen=True):
    """How often a rule gives points to a customer, and how many, in a period or at all."""

    count: int | None = None
    points: int | None = None
    period: LimitPeriod | None = None


class EarningRule(Shape, frozen=True):
    """For what members of a program are given points."""

    id: str
    campaign_id: str
    #: `order.paid`, `customer.segment.entered`, a change of a tier, or the name of a custom event.
    event: str
    #: The points, as the request said it (engine/earning/terms.py).
    loyalty: dict[str, Any]
    created_at: Millis
    banner: str | None = None
    active: bool = True
    start_date: Millis | None = None
    expiration_date: Millis | None = None
    validity_timeframe: ValidityTimeframe | None = None
    validity_day_of_week: tuple[int, ...] | None = None
    validity_hours: ValidityHours | None = None
    pending_points: PendingTerms | None = None
    #: None: when points of the program expire.
    expiration_rules: PointsExpirationRules | None = None
    #: Of entering a segment; None: of any.
    segment_id: str | None = None
    #: Of a change of a tier; None: of any.
    loyalty_tier_id: str | None = None
    #: The schema of the custom event, where the request named the event by it.
    schema_id: str | None = None
    limits: EarningLimits | None = None
    metadata: Metadata = field(default_factory=dict)
    #: The sets of validation rules that bind it; kept by the fold of their assignments.
    rule_ids: tuple[str, ...] = ()
    updated_at: Millis | None = None


class NewEarningRule(Shape, frozen=True):
    """A rule that is to be created, and the set of validation rules that is to bind it."""

    rule: EarningRule
    validation_rule_id: str | None = None


class EarnedTally(Shape, frozen=True):
    """What a rule with limits gave a customer, in the period that began then or ever."""

    count: int = 0
    points: int = 0
    began: Millis = 0


class Earnings(Shape, frozen=True):
    """What the rules of a program that have limits gave a customer, by their ids."""

    customer_id: str
    campaign_id: str
    tallies: dict[str, EarnedTally] = field(default_factory=dict)


class OrderEarned(Shape, frozen=True):
    """What a card was given for an order by one rule, as far as it may be taken back."""

    rule_id: str
    campaign_id: str
    voucher_id: str
    points: int
    #: The transaction that gave them; empty while they are pending.
    transaction_id: str = ""
    pending_id: str | None = None
    #: When the period began that it counts in, of a rule with limits.
    began: Millis | None = None
    #: When what was given expires, whatever the card does; None: never, or as long as it does.
    expires_at: Millis | None = None
    #: What limits counted of it, whatever became of the points while they were pending.
    counted: int = 0


class OrderEarnings(Shape, frozen=True):
    """What an order that was paid earned."""

    order_id: str
    customer_id: str
    earned: tuple[OrderEarned, ...] = ()


class Trigger(Shape, frozen=True):
    """What points were given for, or not: which event, and of what."""

    #: The event as rules name it.
    event: str
    #: Of the order, the custom event, the segment or the tier.
    id: str
    #: The source id of the order, or the name of the segment or the tier.
    name: str | None = None
    schema_id: str | None = None


class RefusedRule(Shape, frozen=True):
    """A rule that gave nothing, and why."""

    rule_id: str
    #: `active`, `start_date`, `validation_rules`, `limit_count`, ...: engine/earning/assess.py.
    reason: str


class RefusedCard(Shape, frozen=True):
    """A card that rules of its program gave nothing, and why each of them did not."""

    voucher_id: str
    campaign_id: str
    rules: tuple[RefusedRule, ...]


class CreateEarningRules(Shape, tag="create_earning_rules", frozen=True):
    """Adds rules to a program, all or none; ids and times are filled in by `decide`."""

    campaign: str
    rules: tuple[NewEarningRule, ...]


class UpdateEarningRule(Shape, tag="update_earning_rule", frozen=True):
    """Sets the named fields, null included, in the encoding of the state."""

    campaign: str
    rule_id: str
    changes: msgspec.Raw
    #: The sets of validation rules that bind it from then on; None: as they are.
    validation_rules: tuple[str, ...] | None = None


class DeleteEarningRule(Shape, tag="delete_earning_rule", frozen=True):
    """Removes a rule; what it gave stays."""

    campaign: str
    rule_id: str


class EnableEarningRule(Shape, tag="enable_earning_rule", frozen=True):
    """The rule gives points again."""

    campaign: str
    rule_id: str


class DisableEarningRule(Shape, tag="disable_earning_rule", frozen=True):
    """The rule gives nothing until it is enabled."""

    campaign: str
    rule_id: str


class EarningRuleCreated(Shape, tag="earning_rule.created", frozen=True):
    """An earning rule exists."""

    rule: EarningRule


class EarningRuleUpdated(Shape, tag="earning_rule.updated", frozen=True):
    """An earning rule changed; `rule` is the whole after it."""

    rule: EarningRule


class EarningRuleEnabled(Shape, tag="earning_rule.enabled", frozen=True):
    """An earning rule gives points again."""

    rule: EarningRule


class EarningRuleDisabled(Shape, tag="earning_rule.disabled", frozen=True):
    """An earning rule gives nothing until it is enabled."""

    rule: EarningRule


class EarningRuleDeleted(Shape, tag="earning_rule.deleted", frozen=True):
    """An earning rule is gone."""

    rule: EarningRule


class PointsEarned(Unanswered, tag="voucher.points_earned", frozen=True):
    """A rule gave a card points; the card and its buckets are as they are after it."""

    voucher: Voucher
    points: int
    rule_id: str
    customer_id: str
    transaction_id: str
    trigger: Trigger
    #: The order that they are taken back with.
    order_id: str | None = None
    banner: str | None = None
    #: The tier whose mapping changed them.
    tier: TierNamed | None = None
    buckets: tuple[PointsBucket, ...] = ()
    #: What the limits of the rule count after it, where it has some, and from when on.
    earnings: Earnings | None = None
    began: Millis | None = None
    #: None: never, or when the card does nothing for long enough.
    expires_at: Millis | None = None


class PointsPending(Unanswered, tag="voucher.points_pending", frozen=True):
    """A rule gave a card points that become active later; the card is as it is after it."""

    voucher: Voucher
    pending: PendingPoints
    trigger: Trigger
    earnings: Earnings | None = None
    began: Millis | None = None


class EarningRefused(Unanswered, tag="customer.earning_refused", frozen=True):
    """Rules that something could have earned by gave nothing: which, and why."""

    customer_id: str
    trigger: Trigger
    #: Of as many rules as a record has room for.
    cards: tuple[RefusedCard, ...]


class PointsTakenBack(Unanswered, tag="voucher.points_taken_back", frozen=True):
    """An order was canceled: what a rule gave for it is taken, as far as the balance goes."""

    voucher: Voucher
    #: What was taken.
    points: int
    #: What was spent or expired already.
    missing: int
    rule_id: str
    order_id: str
    customer_id: str
    transaction_id: str
    #: The transaction that gave them.
    related_transaction_id: str
    order_source_id: str | None = None
    buckets: tuple[PointsBucket, ...] = ()


class OrderEarningsEnded(Unanswered, tag="order.earnings_ended", frozen=True):
    """What an order earned was taken back: paid again, it earns again."""

    order_id: str
    #: What else limits count after it than before, of each program with rules that have some.
    earnings: tuple[Earnings, ...] = ()


EarningCommand = (
    CreateEarningRules
    | UpdateEarningRule
    | DeleteEarningRule
    | EnableEarningRule
    | DisableEarningRule
)
EarningEvent = (
    EarningRuleCreated
    | EarningRuleUpdated
    | EarningRuleEnabled
    | EarningRuleDisabled
    | EarningRuleDeleted
    | PointsEarned
    | PointsPending
    | EarningRefused
    | PointsTakenBack
    | OrderEarningsEnded
)
#: The rules by themselves: nobody is given anything by them yet.
EARNING_RULE_EVENTS: Final = frozenset(
    {
        EarningRuleCreated,
        EarningRuleUpdated,
        EarningRuleEnabled,
        EarningRuleDisabled,
        EarningRuleDeleted,
    }
)
#: What becomes of cards by the rules.
EARNED_EVENTS: Final = frozenset(
    {PointsEarned, PointsPending, EarningRefused, PointsTakenBack, OrderEarningsEnded}
)
