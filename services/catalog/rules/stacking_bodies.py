"""What the endpoints of stacking rules take."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictStr

from fronts.fields import Body, Shown, read_whole
from schemas.base import ID_LENGTH_MAX
from schemas.stacking import CATEGORIES_NAMED_MAX, REDEEMABLES_LIMIT_MAX

Limit = Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=REDEEMABLES_LIMIT_MAX)]
CategoryId = Annotated[StrictStr, Field(min_length=1, max_length=ID_LENGTH_MAX)]
CategoryIds = Annotated[list[CategoryId], Field(max_length=CATEGORIES_NAMED_MAX)]


class StackingRulesBody(Body):
    """Rules of a project; what is not named has its default, or stays as it is."""

    redeemables_limit: Limit | None = None
    applicable_redeemables_limit: Limit | None = None
    applicable_redeemables_per_category_limit: Limit | None = None
    applicable_redeemables_category_limits: (
        Annotated[dict[CategoryId, Limit], Field(max_length=CATEGORIES_NAMED_MAX)] | None
    ) = None
    applicable_exclusive_redeemables_limit: Limit | None = None
    applicable_exclusive_redeemables_per_category_limit: Limit | None = None
    exclusive_categories: CategoryIds | None = None
    joint_categories: CategoryIds | None = None
    discount_calculation_mode: Literal["INITIAL_AMOUNT", "DISCOUNTED_AMOUNT"] | None = None
    initial_amount_mode_categories: CategoryIds | None = None
    discounted_amount_mode_categories: CategoryIds | None = None
    redeemables_application_mode: Literal["ALL", "PARTIAL"] | None = None
    redeemables_sorting_rule: Literal["CATEGORY_HIERARCHY", "REQUESTED_ORDER"] | None = None
    redeemables_products_application_mode: Literal["STACK", "ONCE"] | None = None
    redeemables_no_effect_rule: Literal["REDEEM_ANYWAY", "SKIP"] | None = None
    no_effect_skip_categories: CategoryIds | None = None
    no_effect_redeem_anyway_categories: CategoryIds | None = None
    redeemables_rollback_order_mode: Literal["WITH_ORDER", "WITHOUT_ORDER"] | None = None

    def said(self) -> dict[str, Any]:
        """The members that say something; an official client says null for what it leaves out."""
        return self.model_dump(exclude_none=True, include=_TERMS)


class UpdateStackingRulesBody(StackingRulesBody):
    """Changes of the rules, which may be sent back as they are shown."""

    id: Shown = None
    created_at: Shown = None
    updated_at: Shown = None


_TERMS = set(StackingRulesBody.model_fields)
