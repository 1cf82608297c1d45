"""What the endpoints of earning rules take. What the points of a rule say is checked by the core."""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, Self

import msgspec
from pydantic import BeforeValidator, Field, StrictBool, model_validator

from engine.earning.terms import FORMS, POINTS
from fronts.fields import Amount, Body, Count, Day, Short, Shown, read_whole
from runtime.http.ignored import Path
from schemas.earning import (
    PENDING_DAYS_MAX,
    EarningLimits,
    EarningRule,
    LimitPeriod,
    NewEarningRule,
    PendingTerms,
    UpdateEarningRule,
)
from services.catalog.campaigns.program_bodies import ExpirationRulesBody, expiration_rules_of
from services.catalog.dates import End, Start
from services.catalog.terms.bodies import HoursBody, TimeframeBody
from services.catalog.terms.values import days_of, hours_of, make_if_given, timeframe_of

_FIXED: Final = frozenset({"type", "points", "points_formula"})


class SourceBody(Body):
    """What a rule is called; whose it is follows from the path."""

    banner: Short | None = None
    object_id: Shown = None
    object_type: Shown = None


class PendingBody(Body):
    """After how many days points become active; 0, or nothing said: at once."""

    period_type: Literal["DAY"] | None = None
    period_value: (
        Annotated[int, BeforeValidator(read_whole), Field(ge=0, le=PENDING_DAYS_MAX)] | None
    ) = None

    @model_validator(mode="after")
    def _says_how_many(self) -> Self:
        if self.period_type is not None and self.period_value is None:
            raise ValueError("a period_value is wanted")
        return self


class LimitsBody(Body):
    """How often a rule gives points to a customer, and how many, in a period or at all."""

    count: Annotated[Count, Field(ge=1)] | None = None
    points: Annotated[Amount, Field(ge=1)] | None = None
    period: LimitPeriod | None = None


class NamedBody(Body):
    """A segment or a tier."""

    id: Short | None = None


class SchemaBody(Body):
    """The schema of a custom event."""

    schema_id: Short | None = None


class RuleTerms(Body):
    """What creating and updating a rule have in common."""

    loyalty: dict[str, Any] | None = None
    validation_rule_id: Short | None = None
    source: SourceBody | None = None
    active: StrictBool | None = None
    start_date: Start | None = None
    expiration_date: End | None = None
    validity_timeframe: TimeframeBody | None = None
    validity_day_of_week: Annotated[list[Day], Field(max_length=7)] | None = None
    validity_hours: HoursBody | None = None
    pending_points: PendingBody | None = None
    expiration_rules: ExpirationRulesBody | None = None
    #: Own.
    limits: LimitsBody | None = None
    metadata: dict[str, Any] | None = None


class CreateRuleBody(RuleTerms):
    """A new rule; the event may be named by its schema alone."""

    event: Short | None = None
    loyalty: dict[str, Any]
    custom_event: SchemaBody | None = None
    segment: NamedBody | None = None
    loyalty_tier: NamedBody | None = None


class UpdateRuleBody(RuleTerms):
    """Changes of a rule; only what is named changes, null clears. What it shows may be sent back.

    What it is for may be named as it is.
    """

    event: Short | None = None
    custom_event: SchemaBody | None = None
    segment: NamedBody | None = None
    loyalty_tier: NamedBody | None = None
    id: Shown = None
    automation_id: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
    object: Literal["earning_rule"] | None = None


def take_strange_terms(loyalty: dict[str, Any], at: Path) -> Iterator[Path]:
    """Takes the members out of the points of a rule that no such points have; their paths."""
    calculation = loyalty.get("calculation_type")
    form = FORMS.get(calculation) if isinstance(calculation, str) else None
    if loyalty.get("type") == "FIXED":
        yield from _take(loyalty, _FIXED, at)
    elif form is not None:
        of, what = form.path
        yield from _take(loyalty, frozenset({"type", "calculation_type", of}), at)
        holder = loyalty.get(of)
        if isinstance(holder, dict):
            yield from _take(holder, frozenset({what}), (*at, of))
            terms = holder.get(what)
            if isinstance(terms, dict):
                yield from _take(terms, POINTS | form.more, (*at, of, what))


def _take(given: dict[str, Any], known: frozenset[str], at: Path) -> Iterator[Path]:
    for name in [each for each in given if each not in known]:
        if given.pop(name) is not None:
            yield (*at, name)


def new_rule_of(body: CreateRuleBody) -> NewEarningRule:
    """The rule that a body describes."""
    rule = EarningRule(
        id="",
        campaign_id="",
        event=body.event or "",
        loyalty=body.loyalty,
        created_at=0,
        banner=None if body.source is None else body.source.banner,
        active=body.active is not False,
        start_date=body.start_date,
        expiration_date=body.expiration_date,
        validity_timeframe=make_if_given(timeframe_of, body.validity_timeframe),
        validity_day_of_week=days_of(body.validity_day_of_week),
        validity_hours=make_if_given(hours_of, body.validity_hours),
        pending_points=make_if_given(_pending_of, body.pending_points),
        expiration_rules=make_if_given(expiration_rules_of, body.expiration_rules),
        segment_id=None if body.segment is None else body.segment.id or None,
        loyalty_tier_id=None if body.loyalty_tier is None else body.loyalty_tier.id or None,
        schema_id=None if body.custom_event is None else body.custom_event.schema_id or None,
        limits=make_if_given(_limits_of, body.limits),
        metadata=body.metadata or {},
    )
    return NewEarningRule(rule, body.validation_rule_id or None)


def update_command(body: UpdateRuleBody, campaign: str, rule_id: str) -> UpdateEarningRule:
    """The command that sets what the body names; points and a switch cannot be none."""
    named = body.model_fields_set
    changes: dict[str, Any] = {
        name: getattr(body, name)
        for name in ("start_date", "expiration_date", "validity_day_of_week", "metadata")
        if name in named
    }
    for name in ("loyalty", "active", "event"):
        if getattr(body, name) is not None:
            changes[name] = getattr(body, name)
    if body.source is not None and "banner" in body.source.model_fields_set:
        changes["banner"] = body.source.banner
    about = {
        "segment_id": body.segment and body.segment.id,
        "loyalty_tier_id": body.loyalty_tier and body.loyalty_tier.id,
        "schema_id": body.custom_event and body.custom_event.schema_id,
    }
    changes |= {name: value for name, value in about.items() if value}
    made: dict[str, Any] = {
        "validity_timeframe": make_if_given(timeframe_of, body.validity_timeframe),
        "validity_hours": make_if_given(hours_of, body.validity_hours),
        "pending_points": make_if_given(_pending_of, body.pending_points),
        "expiration_rules": make_if_given(expiration_rules_of, body.expiration_rules),
        "limits": make_if_given(_limits_of, body.limits),
    }
    changes |= {name: value for name, value in made.items() if name in named}
    bound = None
    if "validation_rule_id" in named:
        bound = (body.validation_rule_id,) if body.validation_rule_id else ()
    return UpdateEarningRule(campaign, rule_id, msgspec.Raw(msgspec.json.encode(changes)), bound)


def _pending_of(body: PendingBody) -> PendingTerms | None:
    return PendingTerms(body.period_value) if body.period_value else None


def _limits_of(body: LimitsBody) -> EarningLimits:
    return EarningLimits(body.count, body.points, body.period)
