"""Alerts: what goes on right now and somebody should look at, and from where on that is.

The live rates of analytics notice it and say so; whether it is a new alert, or one that goes on, is
decided here, so that what is said twice is one alert.
"""

from typing import Final, Literal

from schemas.base import Millis, Shape, Unanswered

#: How many a project keeps, and for how long at least: the next one that comes takes their place.
ALERTS_MAX = 200
KEPT_DAYS = 90
#: For how many campaigns a project may say what is planned.
PLANS_MAX = 100
#: What each of the numbers of the thresholds may be at most.
PER_MINUTE_MAX = 1_000_000
TIMES_MAX = 1_000
PERCENT_MAX = 100_000
PLANNED_MAX = 10**15
QUIET_MINUTES_MAX = 60

AlertKind = Literal["budget.burning", "code.rate", "failures.rising", "codes.guessed"]


class BudgetPlan(Shape, frozen=True):
    """What a campaign is planned to give in discounts within an hour, in minor units."""

    campaign_id: str
    planned_per_hour: int


class AlertThresholds(Shape, frozen=True):
    """From where on a project is alerted; 0: never."""

    #: A project has one, so all have the same; empty while none were set.
    id: str = ""
    #: A campaign that gave more than so much of what is planned for an hour, in the last one.
    budget_percent: int = 150
    budgets: tuple[BudgetPlan, ...] = ()
    #: A code that is redeemed so often within a minute, and more than so many times as often as in
    #: a usual minute of the hour before.
    code_redemptions_per_minute: int = 300
    code_times_usual: int = 5
    #: The same of a campaign's failures for one reason.
    failures_per_minute: int = 50
    failures_times_usual: int = 5
    #: A client that tries so many codes within a minute that nobody knows.
    guesses_per_minute: int = 20
    #: How long it has to be quiet before the same is a new alert.
    quiet_minutes: int = 30
    updated_at: Millis | None = None


class Alert(Shape, frozen=True):
    """Something that went beyond its threshold, for as long as it did without a quiet time."""

    id: str
    kind: AlertKind
    #: What it is about: a campaign's id, a voucher's, `campaign/reason`, or who guessed.
    subject: str
    #: When the minute began in which it did so first, and last as far as is known.
    window: Millis
    last_window: Millis
    #: What was counted when it was noticed, and from where on that is an alert.
    value: int
    threshold: int
    created_at: Millis
    campaign_id: str | None = None


class SetAlertThresholds(Shape, tag="set_alert_thresholds", frozen=True):
    """Replaces a project's thresholds; `id` and `updated_at` are the ledger's to say."""

    thresholds: AlertThresholds


class RaiseAlert(Shape, tag="raise_alert", frozen=True):
    """Something is beyond its threshold in the minute that begins at `window`."""

    kind: AlertKind
    subject: str
    window: Millis
    value: int
    threshold: int
    campaign_id: str | None = None
    #: The minute before in which it was so, as far as whoever says it knows.
    previous: Millis | None = None


class AlertThresholdsUpdated(Shape, tag="alert_thresholds.updated", frozen=True):
    """A project's alerts begin elsewhere from now on."""

    thresholds: AlertThresholds


class AlertRaised(Unanswered, tag="alert.raised", frozen=True):
    """Something went beyond its threshold."""

    alert: Alert
    #: The alerts that made room for it: too many, or too old.
    dropped: tuple[str, ...] = ()


class AlertContinued(Unanswered, tag="alert.continued", frozen=True):
    """It goes on: no quiet time has passed since it was raised; `alert` is the whole after it."""

    alert: Alert


AlertCommand = SetAlertThresholds | RaiseAlert
AlertEvent = AlertThresholdsUpdated | AlertRaised | AlertContinued
#: What is watched of a project, and what was noticed: nothing of a shop changes by it.
ALERT_EVENTS: Final = frozenset({AlertThresholdsUpdated, AlertRaised, AlertContinued})
