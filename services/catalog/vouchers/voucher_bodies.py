"""What management endpoints take: distinct from the entities that come of it.

Null and absent differ in an update, so what was named is read from `model_fields_set`. A member
that a model does not have is forbidden here, so that the edge notices it, passes over it and says
so (runtime/http/ignored.py); null for it says nothing. Official clients send back what they read,
so an update reads every member of the entity: what is calculated is `Shown`, and what identifies or
cannot change is compared. Source of those members: the response schemas of the API contract.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictStr, model_validator

from fronts.fields import Amount, Body, Short, Shown
from schemas.base import ID_LENGTH_MAX
from schemas.vouchers import VoucherType
from services.catalog.terms.bodies import (
    VALUES,
    CodeConfigBody,
    DiscountBody,
    GiftBody,
    LoyaltyCardBody,
    RedemptionBody,
    VoucherTerms,
)


class CreateVoucherBody(VoucherTerms):
    """A new voucher, with its code or a rule for a random one."""

    code: Annotated[StrictStr, Field(min_length=1, max_length=ID_LENGTH_MAX)] | None = None
    code_config: CodeConfigBody | None = None
    type: VoucherType | None = None
    discount: DiscountBody | None = None
    gift: GiftBody | None = None
    loyalty_card: LoyaltyCardBody | None = None
    campaign: Short | None = None
    campaign_id: Short | None = None
    validation_rules: list[Short] | None = None
    is_referral_code: Literal[False] | None = None

    @property
    def named_campaign(self) -> str | None:
        """The campaign that the voucher is to be one of, by id or name."""
        return self.campaign_id or self.campaign or None

    @property
    def gives_what_its_campaign_does(self) -> bool:
        """Whether it leaves to its campaign what it gives."""
        if self.named_campaign is None:
            return False
        return all(getattr(self, value) is None for value in VALUES.values())

    @property
    def kind(self) -> VoucherType:
        """The type; where it is left out, what the voucher gives says it."""
        if self.type is not None:
            return self.type
        given = (kind for kind, value in VALUES.items() if getattr(self, value) is not None)
        return next(given, "DISCOUNT_VOUCHER")

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.gives_what_its_campaign_does:
            return self
        if self.type is None and all(getattr(self, each) is None for each in VALUES.values()):
            raise ValueError("a discount, a gift or a loyalty_card is required")
        wanted = VALUES[self.kind]
        if getattr(self, wanted) is None:
            raise ValueError(f"{wanted} is required when the type is {self.kind}")
        for other in VALUES.values():
            if other != wanted and getattr(self, other) is not None:
                raise ValueError(f"{other} does not belong to the type {self.kind}")
        return self


class ShownRedemptionBody(RedemptionBody):
    """As a voucher shows it; the quantity alone can be set."""

    redeemed_quantity: Shown = None
    redeemed_amount: Shown = None
    redeemed_points: Shown = None
    url: Shown = None
    object: Shown = None


class ShownLoyaltyCardBody(Body):
    """As a voucher shows it; points are added and taken off by an endpoint of their own."""

    points: Amount | None = None
    balance: Shown = None
    next_expiration_date: Shown = None
    next_expiration_points: Shown = None


class UpdateVoucherBody(VoucherTerms):
    """Changes of a voucher; only what is named changes, null clears.

    Everything that a voucher shows may be named: the ids and the campaign as they are. The type is
    passed over, whatever it is: official clients fill one in by themselves.
    """

    id: StrictStr | None = None
    code: StrictStr | None = None
    type: VoucherType | None = None
    discount: DiscountBody | None = None
    gift: GiftBody | None = None
    loyalty_card: ShownLoyaltyCardBody | None = None
    redemption: ShownRedemptionBody | None = None
    campaign: StrictStr | None = None
    campaign_id: StrictStr | None = None
    is_referral_code: StrictBool | None = None
    object: Literal["voucher"] | None = None
    categories: Shown = None
    assets: Shown = None
    holder_id: Shown = None
    referrer_id: Shown = None
    publish: Shown = None
    validation_rules_assignments: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
