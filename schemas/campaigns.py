"""Campaigns: vouchers of one kind, made together, bound together by dates, hours and rules."""

from typing import Final, Literal

import msgspec
from msgspec import field

from schemas.base import Metadata, Millis, Shape, Unanswered
from schemas.categories import Category
from schemas.discounts import Discount
from schemas.giveaway_terms import GiveawayTerms
from schemas.loyalty_tiers import TiersExpiration
from schemas.points import PointsExpirationRules
from schemas.promotions import NewTier, PromotionTier
from schemas.referral_programs import ReferralProgram
from schemas.validity import ValidityHours, ValidityTimeframe
from schemas.vouchers import Gift, Voucher, VoucherType

CampaignType = Literal[
    "DISCOUNT_COUPONS",
    "GIFT_VOUCHERS",
    "PROMOTION",
    "LOYALTY_PROGRAM",
    "REFERRAL_PROGRAM",
    "GIVEAWAY",
]


class CodeConfig(Shape, frozen=True):
    """How random codes are made: `pattern` with a `#` for each random character, or `length`."""

    length: int | None = None
    charset: str | None = None
    prefix: str | None = None
    postfix: str | None = None
    pattern: str | None = None
    #: Kept and shown; it has no effect.
    initial_count: int | None = None


class CardTemplate(Shape, frozen=True):
    """The cards of a loyalty program: the points that each begins with, and when points expire."""

    points: int
    expiration_rules: PointsExpirationRules | None = None


class VoucherTemplate(Shape, frozen=True):
    """What the campaign's vouchers are made with."""

    type: VoucherType
    discount: Discount | None = None
    gift: Gift | None = None
    loyalty_card: CardTemplate | None = None
    #: Of a referral program.
    is_referral_code: bool = False
    #: How often each may be redeemed; None is without limit.
    quantity: int | None = None
    code_config: CodeConfig = CodeConfig()


class Campaign(Shape, frozen=True):
    """A campaign. Its dates, hours and switch bind its vouchers whenever they are decided on."""

    id: str
    name: str
    campaign_type: CampaignType
    type: Literal["STATIC", "AUTO_UPDATE"]
    created_at: Millis
    voucher: VoucherTemplate | None = None
    description: str | None = None
    start_date: Millis | None = None
    expiration_date: Millis | None = None
    validity_timeframe: ValidityTimeframe | None = None
    validity_day_of_week: tuple[int, ...] | None = None
    validity_hours: ValidityHours | None = None
    #: ISO 8601: how long a code works after it was published.
    activity_duration_after_publishing: str | None = None
    active: bool = True
    auto_join: bool = False
    join_once: bool = False
    use_voucher_metadata_schema: bool = True
    category: str | None = None
    category_id: str | None = None
    #: The sets of validation rules that bind all its offers; kept by the fold of their assignments.
    rule_ids: tuple[str, ...] = ()
    metadata: Metadata = field(default_factory=dict)
    updated_at: Millis | None = None
    #: How many vouchers it has.
    vouchers_count: int = 0
    #: The number that its next voucher gets.
    voucher_seq: int = 0
    #: No voucher below this number is free to be published.
    next_free: int = 0
    #: How many of its vouchers were asked for and are still being made.
    generating: int = 0
    #: Of a promotion: how many tiers it has, and the last place of one.
    tiers_count: int = 0
    last_tier_place: int = 0
    deleted_at: Millis | None = None
    #: Of a loyalty program with tiers.
    loyalty_tiers_expiration: TiersExpiration | None = None
    referral_program: ReferralProgram | None = None
    giveaway: GiveawayTerms | None = None


class CreateCampaign(Shape, tag="create_campaign", frozen=True):
    """Creates a campaign; id, times and counts are filled in by `decide`."""

    campaign: Campaign
    #: How many vouchers to make; the first few at once, the rest by an action.
    vouchers_count: int = 0
    request_id: str = ""
    #: The ids of the validation rules that are to bind it.
    validation_rules: tuple[str, ...] = ()
    #: The tiers of a promotion.
    tiers: tuple[NewTier, ...] = ()


class CopyProgram(Shape, tag="copy_program", frozen=True):
    """Creates a loyalty program like another one, without its cards and members."""

    program: str
    name: str


class UpdateCampaign(Shape, tag="update_campaign", frozen=True):
    """Sets the named fields, null included, in the encoding of the state."""

    campaign: str
    changes: msgspec.Raw
    #: What the campaign has to be, else it is not found.
    kind: CampaignType | None = None
    #: Of a loyalty program: its members are put into the tiers in which they are by it now.
    recalculate_tiers: bool = False
    request_id: str = ""


class EnableCampaign(Shape, tag="enable_campaign", frozen=True):
    """Its vouchers work again."""

    campaign: str


class DisableCampaign(Shape, tag="disable_campaign", frozen=True):
    """None of its vouchers works until it is enabled."""

    campaign: str


class DeleteCampaign(Shape, tag="delete_campaign", frozen=True):
    """Moves it and its vouchers to the bin; `force` removes them for good."""

    campaign: str
    force: bool = False
    request_id: str = ""
    #: What the campaign has to be, else it is not found.
    kind: CampaignType | None = None


class AddVouchers(Shape, tag="add_vouchers", frozen=True):
    """Adds vouchers to a campaign; `voucher` says what differs from the campaign's own."""

    campaign: str
    count: int = 1
    #: A specific code, for one voucher.
    code: str | None = None
    #: Exactly the fields of `Voucher` that the caller named, in the encoding of the state.
    fields: msgspec.Raw = msgspec.Raw(b"{}")
    code_config: CodeConfig | None = None
    request_id: str = ""
    #: The sets of rules that bind the voucher, where it is one.
    validation_rules: tuple[str, ...] = ()


class CampaignCreated(Shape, tag="campaign.created", frozen=True):
    """A campaign exists; a promotion with these tiers, by hierarchy."""

    campaign: Campaign
    tiers: tuple[PromotionTier, ...] = ()
    #: Those that the answer shows, by hierarchy.
    categories: tuple[Category, ...] = ()


class CampaignUpdated(Shape, tag="campaign.updated", frozen=True):
    """A campaign's definition changed; `campaign` is the whole after it.

    `tiers` are the first ones of a promotion, as many as a record has room for, which the answer
    shows; they did not change.
    """

    campaign: Campaign
    tiers: tuple[PromotionTier, ...] = ()
    #: Those that the answer shows, by hierarchy.
    categories: tuple[Category, ...] = ()


class CampaignEnabled(Shape, tag="campaign.enabled", frozen=True):
    """A campaign's vouchers work again."""

    campaign: Campaign


class CampaignDisabled(Shape, tag="campaign.disabled", frozen=True):
    """A campaign's vouchers stopped working."""

    campaign: Campaign


class CampaignDeleted(Unanswered, tag="campaign.deleted", frozen=True):
    """A campaign is in the bin, or, with `force`, gone."""

    campaign: Campaign
    force: bool = False


class VouchersGenerated(Shape, tag="campaign.vouchers_generated", frozen=True):
    """Vouchers of a campaign exist: each is `template` with its own id, code and number.

    `campaign` is the campaign after it; the first of them has the number `first`. There may be
    none, when no free code was left.
    """

    campaign: Campaign
    template: Voucher
    ids: tuple[str, ...]
    codes: tuple[str, ...]
    first: int


CampaignCommand = (
    CreateCampaign
    | CopyProgram
    | UpdateCampaign
    | EnableCampaign
    | DisableCampaign
    | DeleteCampaign
    | AddVouchers
)
CampaignEvent = (
    CampaignCreated
    | CampaignUpdated
    | CampaignEnabled
    | CampaignDisabled
    | CampaignDeleted
    | VouchersGenerated
)
#: Campaigns and the vouchers that they make, which are nobody's yet.
CAMPAIGN_EVENTS: Final = frozenset(
    {
        CampaignCreated,
        CampaignUpdated,
        CampaignEnabled,
        CampaignDisabled,
        CampaignDeleted,
        VouchersGenerated,
    }
)
