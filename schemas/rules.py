"""Validation rules: conditions of use, which items a discount is for, and what they are given to."""

from decimal import Decimal
from typing import Any, Final, Literal, get_args

import msgspec

from schemas.base import Millis, Shape

#: How deep rules lie in one another, how many there are in one set, and how long it is as text.
DEPTH_MAX = 10
RULES_MAX = 200
DEFINITION_LENGTH_MAX = 100_000
#: How many entries of items a set has, and how many sets one object.
ENTRIES_MAX = 500
ItemEffect = Literal[
    "APPLY_TO_EVERY",
    "APPLY_TO_CHEAPEST",
    "APPLY_FROM_CHEAPEST",
    "APPLY_TO_MOST_EXPENSIVE",
    "APPLY_FROM_MOST_EXPENSIVE",
]
RuleType = Literal["expression", "basic", "advanced", "complex"]
ItemTarget = Literal["ITEM", "UNIT"]
#: What a set can be meant for. Source: the schemas of the API.
CONTEXT_TYPES = frozenset(
    {
        "global",
        "campaign.discount_coupons",
        "campaign.gift_vouchers",
        "campaign.gift_vouchers.gift.apply_to_items",
        "campaign.gift_vouchers.gift.apply_to_order",
        "campaign.loyalty_program",
        "campaign.promotion",
        "campaign.referral_program",
        "distribution.custom_event",
        "distribution.order.canceled",
        "distribution.order.created",
        "distribution.order.paid",
        "distribution.order.updated",
        "earning_rule.custom_event",
        "earning_rule.customer.segment.entered",
        "earning_rule.customer.tier.downgraded",
        "earning_rule.customer.tier.joined",
        "earning_rule.customer.tier.left",
        "earning_rule.customer.tier.prolonged",
        "earning_rule.customer.tier.upgraded",
        "earning_rule.order.paid",
        "reward_assignment.pay_with_points",
        "voucher.discount_voucher",
        "voucher.gift_voucher",
        "voucher.gift_voucher.gift.apply_to_items",
        "voucher.gift_voucher.gift.apply_to_order",
        "voucher.loyalty_card",
        *(
            f"{kind}.discount.{effect}"
            for kind in (
                "campaign.discount_coupons",
                "campaign.promotion",
                "campaign.referral_program",
                "voucher.discount_voucher",
            )
            for effect in (
                "apply_to_items",
                "apply_to_items_by_quantity",
                "apply_to_items_proportionally",
                "apply_to_items_proportionally_by_quantity",
                "apply_to_order",
                "fixed.apply_to_items",
                "percent.apply_to_items",
            )
        ),
    }
)
#: The limits of products over all redemptions, by their names in the API; of several that are
#: reached the first is told.
ProductLimitName = Literal[
    "product_campaign_quantity_limit",
    "product_customer_campaign_quantity_limit",
    "product_in_collection_campaign_quantity_limit",
    "product_in_collection_customer_campaign_quantity_limit",
    "product_promotion_tier_quantity_limit",
    "product_customer_promotion_tier_quantity_limit",
    "product_in_collection_promotion_tier_quantity_limit",
    "product_in_collection_customer_promotion_tier_quantity_limit",
]
PRODUCT_LIMITS: tuple[ProductLimitName, ...] = get_args(ProductLimitName)
Number = int | Decimal


class ProductLimit(Shape, frozen=True):
    """How many units a discount is for at most, over all redemptions; a formula before the number.

    What is counted follows from the name: engine/rules/units.py.
    """

    name: ProductLimitName
    quantity: int | None = None
    formula: str | None = None


class ItemEntry(Shape, frozen=True):
    """Items that a discount is for (or not for), by product, SKU or collection, and its limits.

    Of the matching items in the order that `effect` says, `skip_initially` are passed over, then
    every `repeat`-th one counts; an ITEM is a line of the order, a UNIT one piece of it. Limits are
    per line, or, aggregated, over all lines that the entry matches; those of products are over all
    redemptions.
    """

    object: Literal["product", "sku", "products_collection"]
    id: str
    source_id: str | None = None
    product_id: str | None = None
    product_source_id: str | None = None
    #: What a unit counts as, in minor units, in place of its price; with a discount of fixed
    #: amounts, what it is to cost.
    price: int | None = None
    price_formula: str | None = None
    effect: ItemEffect = "APPLY_TO_EVERY"
    quantity_limit: int | None = None
    aggregated_quantity_limit: int | None = None
    amount_limit: int | None = None
    aggregated_amount_limit: int | None = None
    repeat: int = 1
    skip_initially: int = 0
    target: ItemTarget = "ITEM"
    product_limits: tuple[ProductLimit, ...] = ()


class ApplicableItems(Shape, frozen=True):
    """The items that a discount is for: included ones, or all, without the excluded ones."""

    included: tuple[ItemEntry, ...] = ()
    excluded: tuple[ItemEntry, ...] = ()
    included_all: bool = False


class ValidationRule(Shape, frozen=True):
    """A named set of rules.

    `definition` is the JSON text of its rules as the API shows them (`{"1": {...}, "logic": "1"}`),
    kept as text because whatever is compiled from it is found by it.
    """

    id: str
    name: str
    created_at: Millis
    definition: str = "{}"
    applicable_to: ApplicableItems = ApplicableItems()
    #: JSON text as well, where there are bundle rules.
    bundle: str | None = None
    error_message: str | None = None
    type: RuleType = "expression"
    context_type: str = "global"
    #: How many objects it is assigned to.
    assignments_count: int = 0
    updated_at: Millis | None = None


class Violation(Shape, frozen=True):
    """Which rule of which set failed, and the value that it compared."""

    rule_id: str
    #: `order.amount`, and the number of the rule within its set (`2`, `1.3`).
    name: str
    number: str
    #: What was asked for, for example {"$more_than": [10000]}, and what was found.
    conditions: dict[str, Any] = msgspec.field(default_factory=dict)
    value: Any = None
    #: What the rule, or else its set, says to whoever is refused.
    message: str | None = None


class UnitsShown(Shape, frozen=True):
    """Single units of a line that an entry means: `count` of them, from the place `first` on.

    Places count from 0; between two units lie as many as the entry's `repeat` says.
    """

    index: int
    first: int
    count: int


class BundleItem(Shape, frozen=True):
    """Units of a line that are in a bundle."""

    id: str
    object: Literal["product", "sku"]
    index: int
    quantity: int


class BundleLack(Shape, frozen=True):
    """What one more bundle, or the first, lacks."""

    id: str
    object: Literal["product", "products_collection", "sku"]
    quantity: int


class BundleShown(Shape, frozen=True):
    """The bundles that an order holds, of at most so many."""

    quantity: int
    limit: int
    identified: tuple[BundleItem, ...] = ()
    missing: tuple[BundleLack, ...] = ()


class CreateValidationRule(Shape, tag="create_validation_rule", frozen=True):
    """Creates a set of rules; id and times are filled in by `decide`."""

    rule: ValidationRule


class UpdateValidationRule(Shape, tag="update_validation_rule", frozen=True):
    """Sets the named fields, null included, in the encoding of the state."""

    rule_id: str
    changes: msgspec.Raw


class DeleteValidationRule(Shape, tag="delete_validation_rule", frozen=True):
    """Removes a set of rules and its assignments."""

    rule_id: str


class ValidationRuleCreated(Shape, tag="validation_rule.created", frozen=True):
    """A set of rules exists."""

    rule: ValidationRule


class ValidationRuleUpdated(Shape, tag="validation_rule.updated", frozen=True):
    """A set of rules changed; `rule` is the whole after it."""

    rule: ValidationRule


class ValidationRuleDeleted(Shape, tag="validation_rule.deleted", frozen=True):
    """A set of rules is gone and binds nothing more; a sweep drops what is left of that."""

    rule: ValidationRule


RuleCommand = CreateValidationRule | UpdateValidationRule | DeleteValidationRule
RuleEvent = ValidationRuleCreated | ValidationRuleUpdated | ValidationRuleDeleted
#: Sets of rules by themselves; what they bind is in the events of assignments.
RULE_EVENTS: Final = frozenset(
    {ValidationRuleCreated, ValidationRuleUpdated, ValidationRuleDeleted}
)
