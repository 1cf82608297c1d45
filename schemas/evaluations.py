"""Evaluations: what becomes of the redeemables of a request, and what each takes. Money in minor units."""

from typing import Any, Literal

from schemas.api import CustomerInput, OrderInput, Redeemable, RedeemableObject, SessionInput
from schemas.base import Metadata, Shape
from schemas.categories import Category
from schemas.discounts import Discount
from schemas.errors import Refusal
from schemas.orders import Order, OrderItem
from schemas.points import BucketTaken
from schemas.promotions import PromotionTier
from schemas.rewards import RewardTaken
from schemas.rules import BundleShown, ItemEntry, UnitsShown
from schemas.stacking import StackingRules
from schemas.tallies import UnitCount
from schemas.vouchers import Voucher


class ItemTaken(Shape, frozen=True):
    """What one redeemable did to a line of the order, which `index` names."""

    index: int
    #: Taken off the line, in minor units.
    discount: int = 0
    #: Units added to the line, and what they cost before the discount.
    quantity: int = 0
    amount: int = 0
    #: Units of the line that it made free.
    discounted: int = 0


class Replacement(Shape, frozen=True):
    """Units of one line that others take the place of; amounts in minor units."""

    source_index: int
    source_quantity: int
    source_amount: int
    target_index: int
    target_quantity: int
    target_amount: int
    target_discount: int


class Taken(Shape, frozen=True):
    """What one redeemable took from an order, in minor units."""

    order: int = 0
    items: tuple[ItemTaken, ...] = ()
    credits: int | None = None
    points: int | None = None
    #: What of the points was to expire, the first to expire first.
    buckets: tuple[BucketTaken, ...] = ()
    #: Lines that it added at the end of the order, as they are before `items` say what it added.
    added: tuple[OrderItem, ...] = ()
    replaced: tuple[Replacement, ...] = ()

    @property
    def total(self) -> int:
        """Everything that it took."""
        items = sum([each.discount for each in self.items]) if self.items else 0
        return self.order + items


class ItemsShown(Shape, frozen=True):
    """An entry of the rules with the lines of the order that it meets."""

    entry: ItemEntry
    rule_id: str
    indices: tuple[int, ...] = ()
    #: For the target UNIT.
    units: tuple[UnitsShown, ...] = ()


class CategoryShown(Shape, frozen=True):
    """A category of a redeemable, and what the stacking rules make of it."""

    category: Category
    stacking_rules_type: Literal["EXCLUSIVE", "JOINT"] | None = None


class Outcome(Shape, frozen=True):
    """What became of one redeemable of a request; a stack is shown as its tiers."""

    object: RedeemableObject
    id: str
    status: Literal["APPLICABLE", "INAPPLICABLE", "SKIPPED"]
    #: As it was when validated; as it is after the redemption when redeemed.
    voucher: Voucher | None = None
    tier: PromotionTier | None = None
    taken: Taken | None = None
    refusal: Refusal | None = None
    #: The key of the stacking rule that skipped it,
    skipped_by: str | None = None
    #: and that rule with what it compared; never shown to client-side keys.
    explanation: dict[str, Any] | None = None
    #: The discount as it worked here, where that is not how it is defined: with the values of its
    #: formulas and the effect that the rules gave it.
    worked: Discount | None = None
    dynamic: bool = False
    categories: tuple[CategoryShown, ...] = ()
    campaign_name: str | None = None
    #: The stack that it came with.
    stack_id: str | None = None
    #: The reward that a loyalty card paid for.
    reward_id: str | None = None
    reward_name: str = ""
    #: The offer of its program by which it did,
    assignment_id: str | None = None
    #: the tier of its holder that made the price,
    loyalty_tier_id: str | None = None
    #: and, once it is redeemed, what the customer got.
    reward: RewardTaken | None = None
    applicable_to: tuple[ItemsShown, ...] = ()
    inapplicable_to: tuple[ItemsShown, ...] = ()
    bundle: BundleShown | None = None
    #: Discounted units, where limits of products count them.
    units: tuple[UnitCount, ...] = ()

    @property
    def related_id(self) -> str:
        """The id of the voucher or the tier; what the caller asked for where there is none."""
        if self.tier is not None:
            return self.tier.id
        return self.id if self.voucher is None else self.voucher.id


class Evaluation(Shape, frozen=True):
    """The decision over all redeemables of a request, in request order.

    `order` is the order after all of them; every step between follows from the outcomes' `taken`.
    """

    outcomes: tuple[Outcome, ...]
    order: Order | None = None
    #: The stacking rules that it was taken under; None: the defaults. Those of a redemption name
    #: of all categories only the ones that its redeemables are in.
    stacking: StackingRules | None = None
    #: The places of the outcomes in the order of their application, where it is another.
    sequence: tuple[int, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether nothing stops a redemption: something applies and, in mode ALL, nothing failed."""
        statuses = [outcome.status for outcome in self.outcomes]
        if "APPLICABLE" not in statuses:
            return False
        return self.partial or "INAPPLICABLE" not in statuses

    @property
    def partial(self) -> bool:
        """Whether what applies is redeemed although something failed."""
        rules = self.stacking
        return rules is not None and rules.redeemables_application_mode == "PARTIAL"

    @property
    def applied(self) -> tuple[Outcome, ...]:
        """What was applied, in the order of its application."""
        found = [self.outcomes[n] for n in self.sequence] if self.sequence else self.outcomes
        return tuple(outcome for outcome in found if outcome.status == "APPLICABLE")


class Asked(Shape, frozen=True):
    """What a validation was asked, but for its customer, who is named by id beside it."""

    redeemables: tuple[Redeemable, ...]
    order: OrderInput | None = None
    metadata: Metadata | None = None


class RequestContext(Shape, frozen=True):
    """What a validation and a redemption have in common."""

    redeemables: tuple[Redeemable, ...]
    order: OrderInput | None = None
    customer: CustomerInput | None = None
    session: SessionInput | None = None
    tracking_id: str | None = None
    metadata: Metadata | None = None
