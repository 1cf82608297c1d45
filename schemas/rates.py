"""Rates: what happened in each second, counted per campaign, for whoever watches a project live."""

from msgspec import field

from schemas.base import Shape


class CampaignSecond(Shape, frozen=True):
    """What happened to a campaign within a second; amounts in minor units."""

    #: Empty: of no campaign, or of a code that nobody knows.
    campaign: str
    #: In seconds since 1970.
    second: int
    succeeded: int = 0
    rolled_back: int = 0
    #: Discount given, less what was taken back.
    discount: int = 0
    #: Failures by the key of their error.
    failed: dict[str, int] = field(default_factory=dict)


class SubjectSecond(Shape, frozen=True):
    """How often something happened within a second to one code, or by one client."""

    subject: str
    second: int
    count: int


class RatesCounted(Shape, tag="rates.counted", frozen=True):
    """What the records of one stretch of the ledger's same partition add up to, for a project.

    A stretch is in one batch, so it is there whole or not at all. It may be there twice; `last`
    with `part` grows, so whoever reads knows what it has. Where an append came late and its writer
    was killed, a stretch holds the one before it, too; then `first` does not follow its `last`.
    """

    #: Empty: the stretch holds nothing that counts.
    project: str
    #: The first and the last offset of the stretch.
    first: int
    last: int
    #: Its place within the stretch, from 0.
    part: int = 0
    campaigns: tuple[CampaignSecond, ...] = ()
    #: Redemptions of a voucher, by its id: those with most, where there are very many.
    codes: tuple[SubjectSecond, ...] = ()
    #: Codes that nobody knows, by the customer who asked, or else the key.
    guesses: tuple[SubjectSecond, ...] = ()
