"""What the endpoints of promotions take; which members are ignored is as in `bodies.py`."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictStr

from fronts.fields import Body, Day, Long, Short, Shown, read_whole
from schemas.assignments import ASSIGNMENTS_MAX
from schemas.base import ID_LENGTH_MAX
from schemas.promotions import STACK_TIERS_MAX, TIERS_AT_ONCE_MAX, TIERS_MAX, TIERS_MOVED_MAX
from services.catalog.dates import End, Start
from services.catalog.terms.bodies import DiscountBody, HoursBody, TimeframeBody

Name = Annotated[StrictStr, Field(min_length=1, max_length=ID_LENGTH_MAX)]
TierPlace = Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=TIERS_MAX)]


class ActionBody(Body):
    """What a tier does; without a discount it takes nothing."""

    discount: DiscountBody | None = None


class AssignedBody(BaseModel):
    """An assignment as answers show it; what it says besides its set of rules follows from that."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    rule_id: Short


class AssignedListBody(BaseModel):
    """The assignments of a tier as answers show them."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    data: Annotated[list[AssignedBody], Field(max_length=ASSIGNMENTS_MAX)]


class TierTerms(Body):
    """What creating and updating a tier have in common."""

    banner: Long | None = None
    metadata: dict[str, Any] | None = None
    hierarchy: TierPlace | None = None
    start_date: Start | None = None
    expiration_date: End | None = None
    validity_timeframe: TimeframeBody | None = None
    validity_day_of_week: Annotated[list[Day], Field(max_length=7)] | None = None
    validity_hours: HoursBody | None = None
    category: Short | None = None
    category_id: Short | None = None
    validation_rules: Annotated[list[Short], Field(max_length=ASSIGNMENTS_MAX)] | None = None
    validation_rule_assignments: AssignedListBody | None = None

    @property
    def rule_ids(self) -> tuple[str, ...] | None:
        """The sets of rules that are to bind the tier; None: it says nothing of them."""
        if self.validation_rules is not None:
            return tuple(self.validation_rules)
        if self.validation_rule_assignments is not None:
            return tuple(each.rule_id for each in self.validation_rule_assignments.data)
        return None


class CreateTierBody(TierTerms):
    """A new tier."""

    name: Name
    action: ActionBody | None = None
    active: StrictBool | None = None


class UpdateTierBody(TierTerms):
    """Changes of a tier; only what is named changes, null clears.

    Everything that a tier shows may be named: what cannot be changed as it is.
    """

    name: Name | None = None
    action: ActionBody | None = None
    id: Short | None = None
    active: StrictBool | None = None
    campaign_id: Short | None = None
    promotion_id: Shown = None
    campaign: Shown = None
    summary: Shown = None
    categories: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
    object: Literal["promotion_tier"] | None = None


class PromotionBody(Body):
    """The tiers that a campaign is created with."""

    tiers: Annotated[list[CreateTierBody], Field(max_length=TIERS_AT_ONCE_MAX)] | None = None


class OrderTiersBody(Body):
    """All tiers of a promotion, the first that applies first."""

    ids: Annotated[list[Short], Field(max_length=TIERS_MOVED_MAX)]


class StackTiersBody(Body):
    """The tiers of a stack, in the order of their application."""

    ids: Annotated[list[Short], Field(min_length=1, max_length=STACK_TIERS_MAX)]
    hierarchy_mode: Literal["MANUAL"] | None = None


class CreateStackBody(Body):
    """A new stack."""

    name: Name
    tiers: StackTiersBody
    category_id: Short | None = None


class UpdateStackBody(Body):
    """Changes of a stack; only what is named changes, null takes the category off."""

    name: Name | None = None
    tiers: StackTiersBody | None = None
    category_id: Short | None = None
    id: Shown = None
    campaign_id: Shown = None
    categories: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
    object: Literal["promotion_stack"] | None = None
