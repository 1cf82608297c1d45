"""Programs: campaigns that react to what customers do."""

from schemas.base import Shape


class Reacting(Shape, frozen=True):
    """The ids of the campaigns that react, by what they react with; kept while there are any."""

    #: Loyalty programs with earning rules.
    earning: tuple[str, ...] = ()
    #: Loyalty programs with tiers.
    tiers: tuple[str, ...] = ()
    #: Whatever makes customers members by itself.
    joining: tuple[str, ...] = ()
    #: Referral programs.
    referring: tuple[str, ...] = ()
    #: Giveaways that take entries.
    giving: tuple[str, ...] = ()
