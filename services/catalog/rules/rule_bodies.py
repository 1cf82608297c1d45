"""What the endpoints of validation rules take. What rules themselves say is checked by the core."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, StrictBool, StrictStr, model_validator

from fronts.fields import Amount, Body, Count, Long, Short, Shown
from schemas.assignments import AssignedType
from schemas.rules import CONTEXT_TYPES, ItemEffect, RuleType


def _context(value: Any) -> Any:
    if value is not None and value not in CONTEXT_TYPES:
        raise ValueError("is not a context of validation rules")
    return value


def _formula(value: Any) -> Any:
    """The contract describes a number where its service takes a formula."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value


def _loose(strict: bool) -> bool:
    """The contract shows false and gives nothing else a meaning."""
    if strict:
        raise ValueError("can only be false")
    return strict


class ProductLimitsBody(Body):
    """How many units a discount is for over all redemptions."""

    product_campaign_quantity_limit: Count | None = None
    product_campaign_quantity_limit_formula: Long | None = None
    product_customer_campaign_quantity_limit: Count | None = None
    product_customer_campaign_quantity_limit_formula: Long | None = None
    product_in_collection_campaign_quantity_limit: Count | None = None
    product_in_collection_campaign_quantity_limit_formula: Long | None = None
    product_in_collection_customer_campaign_quantity_limit: Count | None = None
    product_in_collection_customer_campaign_quantity_limit_formula: Long | None = None
    product_promotion_tier_quantity_limit: Count | None = None
    product_promotion_tier_quantity_limit_formula: Long | None = None
    product_customer_promotion_tier_quantity_limit: Count | None = None
    product_customer_promotion_tier_quantity_limit_formula: Long | None = None
    product_in_collection_promotion_tier_quantity_limit: Count | None = None
    product_in_collection_promotion_tier_quantity_limit_formula: Long | None = None
    product_in_collection_customer_promotion_tier_quantity_limit: Count | None = None
    product_in_collection_customer_promotion_tier_quantity_limit_formula: Long | None = None


class ItemBody(ProductLimitsBody):
    """Items that a discount is for, or not for; what answers add about an order is passed over."""

    object: Literal["product", "sku", "products_collection"]
    id: Short | None = None
    source_id: Short | None = None
    product_id: Short | None = None
    product_source_id: Short | None = None
    price: Amount | None = None
    price_formula: Annotated[Long, BeforeValidator(_formula)] | None = None
    effect: ItemEffect | None = None
    strict: Annotated[StrictBool, AfterValidator(_loose)] | None = None
    quantity_limit: Count | None = None
    aggregated_quantity_limit: Count | None = None
    amount_limit: Amount | None = None
    aggregated_amount_limit: Amount | None = None
    repeat: Count | None = None
    skip_initially: Count | None = None
    target: Literal["ITEM", "UNIT"] | None = None
    order_item_indices: list[Any] | None = None
    order_item_units: list[Any] | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.id or (self.source_id and self.object != "products_collection")):
            either = "id" if self.object == "products_collection" else "id or source_id"
            raise ValueError(f"{either} is required")
        return self


class ItemsBody(Body):
    """The items that a discount is for: included ones, or all, without the excluded ones."""

    included: list[ItemBody] | None = None
    excluded: list[ItemBody] | None = None
    included_all: StrictBool | None = None


class MessageBody(Body):
    """What is told to whoever is refused."""

    message: Long | None = None


class RuleTerms(Body):
    """What creating and updating a set of rules have in common."""

    rules: dict[str, Any] | None = None
    bundle_rules: dict[str, Any] | None = None
    error: MessageBody | None = None
    applicable_to: ItemsBody | None = None
    type: RuleType | None = None
    context_type: Annotated[StrictStr, BeforeValidator(_context)] | None = None


class CreateRuleBody(RuleTerms):
    """A new set of rules."""

    name: Short


class UpdateRuleBody(RuleTerms):
    """Changes of a set; what is named is replaced as a whole, null is nothing."""

    name: Short | None = None
    id: Shown = None
    assignments_count: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
    object: Literal["validation_rules"] | None = None


class AssignmentBody(Body):
    """What a set is to bind; a voucher unless another kind is named."""

    related_object_id: Short
    related_object_type: AssignedType | None = None
