"""What the endpoints of campaigns take; which members are ignored is as in `bodies.py`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StrictBool, StrictStr, model_validator

from engine.campaigns.generation import VOUCHERS_MAX
from fronts.fields import Body, Day, Long, Short, Shown, read_whole
from schemas.base import ID_LENGTH_MAX
from schemas.campaigns import CampaignType
from schemas.vouchers import VoucherType
from services.catalog.campaigns.program_bodies import CardTemplateBody, TiersExpirationBody
from services.catalog.campaigns.promotion_bodies import PromotionBody
from services.catalog.campaigns.referral_bodies import GiveawayBody, ReferralProgramBody
from services.catalog.dates import End, Start
from services.catalog.terms.bodies import (
    VALUES,
    CodeConfigBody,
    DiscountBody,
    GiftBody,
    HoursBody,
    RedemptionBody,
    TimeframeBody,
)

#: The type of a campaign of each type of vouchers.
KINDS: Mapping[str, CampaignType] = MappingProxyType(
    {
        "DISCOUNT_VOUCHER": "DISCOUNT_COUPONS",
        "GIFT_VOUCHER": "GIFT_VOUCHERS",
        "LOYALTY_CARD": "LOYALTY_PROGRAM",
    }
)
KEYS_MAX = 1000


VouchersCount = Annotated[int, BeforeValidator(read_whole), Field(ge=0, le=VOUCHERS_MAX)]


class AreasBody(Body):
    """Areas and stores by their ids."""

    areas_ids: list[Short] | None = None
    area_stores_ids: list[Short] | None = None
    area_all_stores_ids: list[Short] | None = None

    @property
    def first(self) -> str | None:
        """The first that is named."""
        named = (self.areas_ids, self.area_stores_ids, self.area_all_stores_ids)
        return next((each for ids in named for each in ids or ()), None)


class AccessSettingsBody(Body):
    """Who may see a campaign: there are no areas, so none can be named."""

    assign: AreasBody | None = None
    unassign: AreasBody | None = None

    @property
    def area(self) -> str | None:
        """The first area or store that is named."""
        named = (areas.first for areas in (self.assign, self.unassign) if areas is not None)
        return next((each for each in named if each is not None), None)


class CampaignTerms(Body):
    """What creating and updating a campaign have in common."""

    #: First, so that its error is the one that is told.
    campaign_type: CampaignType | None = None
    type: Literal["STATIC", "AUTO_UPDATE"] | None = None
    description: Long | None = None
    start_date: Start | None = None
    expiration_date: End | None = None
    validity_timeframe: TimeframeBody | None = None
    validity_day_of_week: Annotated[list[Day], Field(max_length=7)] | None = None
    validity_hours: HoursBody | None = None
    activity_duration_after_publishing: Short | None = None
    auto_join: StrictBool | None = None
    join_once: StrictBool | None = None
    metadata: dict[str, Any] | None = None
    category: Short | None = None
    category_id: Short | None = None
    access_settings: AccessSettingsBody | None = None
    loyalty_tiers_expiration: TiersExpirationBody | None = None
    referral_program: ReferralProgramBody | None = None


class CampaignVoucherBody(Body):
    """What the campaign's vouchers are made with."""

    type: VoucherType | None = None
    discount: DiscountBody | None = None
    gift: GiftBody | None = None
    loyalty_card: CardTemplateBody | None = None
    code_config: CodeConfigBody | None = None
    redemption: RedemptionBody | None = None
    is_referral_code: StrictBool | None = None

    @model_validator(mode="after")
    def _has_one_value(self) -> Self:
        if sum(getattr(self, name) is not None for name in VALUES.values()) != 1:
            raise ValueError("either a discount, a gift or a loyalty_card is required")
        if self.type not in (None, self.kind):
            raise ValueError(f"its type is {self.kind}")
        return self

    @property
    def kind(self) -> VoucherType:
        """The type of the vouchers."""
        return next(kind for kind, name in VALUES.items() if getattr(self, name) is not None)


class CreateCampaignBody(CampaignTerms):
    """A new campaign, with how many vouchers to make, or with the tiers of a promotion."""

    name: Annotated[StrictStr, Field(min_length=1, max_length=ID_LENGTH_MAX)]
    voucher: CampaignVoucherBody | None = None
    promotion: PromotionBody | None = None
    vouchers_count: VouchersCount | None = None
    use_voucher_metadata_schema: StrictBool | None = None
    active: StrictBool | None = None
    validation_rules: list[Short] | None = None
    giveaway: GiveawayBody | None = None

    @model_validator(mode="before")
    @classmethod
    def _kind_of_its_vouchers(cls, given: Any) -> Any:
        """Without a type the campaign has that of its vouchers."""
        voucher = given.get("voucher") if isinstance(given, dict) else None
        if not isinstance(voucher, dict) or given.get("campaign_type") is not None:
            return given
        kind = voucher.get("type")
        made = None if not isinstance(kind, str) else KINDS.get(kind)
        if made is not None and voucher.get("is_referral_code") is True:
            made = "REFERRAL_PROGRAM"
        return given if made is None else given | {"campaign_type": made}


class UpdateOptionsBody(Body):
    """What an update of a loyalty program does besides."""

    recalculate_tiers: StrictBool | None = None


class UpdateCampaignBody(CampaignTerms):
    """Changes of a campaign; only what is named changes, null clears.

    Everything that a campaign shows may be named: what cannot be changed as it is.
    """

    id: Short | None = None
    name: Short | None = None
    discount: DiscountBody | None = None
    gift: GiftBody | None = None
    unset_metadata_fields: Annotated[list[Short], Field(max_length=KEYS_MAX)] | None = None
    voucher: dict[str, Any] | None = None
    active: StrictBool | None = None
    use_voucher_metadata_schema: StrictBool | None = None
    object: Literal["campaign"] | None = None
    options: UpdateOptionsBody | None = None
    giveaway: dict[str, Any] | None = None
    vouchers_count: Shown = None
    promotion: Shown = None
    categories: Shown = None
    creation_status: Shown = None
    vouchers_generation_status: Shown = None
    protected: Shown = None
    readonly: Shown = None
    validation_rules_assignments: Shown = None
    access_settings_assignments: Shown = None
    created_at: Shown = None
    updated_at: Shown = None


class VoucherOfCampaignBody(Body):
    """What differs from the campaign's own; nothing where there is no body."""

    category: Short | None = None
    metadata: dict[str, Any] | None = None
    redemption: RedemptionBody | None = None
    additional_info: Long | None = None
    start_date: Start | None = None
    expiration_date: End | None = None


class AddVouchersBody(VoucherOfCampaignBody):
    """Vouchers to be added. Some clients send a bare number, which says how many."""

    code: Annotated[StrictStr, Field(min_length=1, max_length=ID_LENGTH_MAX)] | None = None
    code_config: CodeConfigBody | None = None
    vouchers_count: Annotated[VouchersCount, Field(ge=1)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, given: Any) -> Any:
        if isinstance(given, int | float) and not isinstance(given, bool):
            return {"vouchers_count": given}
        return given
