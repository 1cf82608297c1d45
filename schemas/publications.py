"""Publications: vouchers given to customers, a voucher to one customer only."""

from typing import Final

from msgspec import field

from schemas.api import CustomerInput
from schemas.base import Metadata, Millis, Shape, Unanswered
from schemas.campaigns import Campaign
from schemas.customers import CustomerSummary
from schemas.discounts import Discount
from schemas.errors import Refusal
from schemas.vouchers import Gift, LoyaltyCard, Voucher, VoucherType

#: How many vouchers one publication gives at most. Source: the API contract, section 10.
COUNT_MAX = 50


class Publication(Shape, frozen=True):
    """That a customer was given vouchers, or why not."""

    id: str
    created_at: Millis
    customer_id: str
    #: In the order in which they were given; empty where none was.
    voucher_ids: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    campaign_id: str | None = None
    campaign: str | None = None
    #: What the vouchers are and, of a single one, what it gave when it was published.
    voucher_type: VoucherType | None = None
    discount: Discount | None = None
    gift: Gift | None = None
    loyalty_card: LoyaltyCard | None = None
    source_id: str | None = None
    #: A keyed hash of what the customer is known by, by which lists are sorted; answers show the
    #: customer's source id, which no record may hold in the clear.
    tracking_id: str | None = None
    channel: str = "API"
    metadata: Metadata = field(default_factory=dict)
    failure_code: str | None = None
    failure_message: str | None = None
    #: Whether it gave codes of a referral program.
    is_referral_code: bool = False


class Holding(Shape, frozen=True):
    """A voucher that a customer was given, and the last publication that gave it."""

    voucher_id: str
    publication_id: str
    campaign_id: str | None = None


class PublishVouchers(Shape, tag="publish", frozen=True):
    """Gives a customer one voucher by code or id, or `count` of a campaign's free ones."""

    customer: CustomerInput
    voucher: str | None = None
    campaign: str | None = None
    count: int = 1
    #: Whoever has vouchers of the campaign already is given the same ones again.
    join_once: bool = False
    source_id: str | None = None
    channel: str = "API"
    tracking_id: str | None = None
    metadata: Metadata = field(default_factory=dict)


class AddMember(Shape, tag="add_member", frozen=True):
    """Makes a customer a member of a loyalty program: gives its next free card, or that one.

    Whoever may join once and has a card of it is answered with that.
    """

    program: str
    customer: CustomerInput
    voucher: str | None = None
    source_id: str | None = None
    channel: str = "API"
    tracking_id: str | None = None
    metadata: Metadata = field(default_factory=dict)


class PublicationSucceeded(Shape, tag="publication.succeeded", frozen=True):
    """A customer was given vouchers; they and their campaign are as they are after it."""

    publication: Publication
    vouchers: tuple[Voucher, ...]
    campaign: Campaign | None = None
    #: In older records: what the customer's redemptions and orders added up to.
    summary: CustomerSummary | None = None


class PublicationRepeated(Shape, tag="publication.repeated", frozen=True):
    """A customer who may join once asked again; this is the publication of before."""

    publication: Publication
    vouchers: tuple[Voucher, ...]
    #: In older records.
    summary: CustomerSummary | None = None


class PublicationFailed(Unanswered, tag="publication.failed", frozen=True):
    """A customer was given nothing. The campaign is what it is after the search, if it changed."""

    publication: Publication
    refusal: Refusal
    campaign: Campaign | None = None


PublicationCommand = PublishVouchers | AddMember
PublicationEvent = PublicationSucceeded | PublicationRepeated | PublicationFailed
#: Vouchers that are given to customers; no balance changes by it.
PUBLICATION_EVENTS: Final = frozenset(
    {PublicationSucceeded, PublicationRepeated, PublicationFailed}
)
