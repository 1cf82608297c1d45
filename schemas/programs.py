"""Programs: campaigns that react to what customers do."""

from typing import Final

from msgspec import field

from schemas.base import Shape, Unanswered


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
    #: Loyalty programs whose cards are redeemed for a reward by themselves.
    redeeming: tuple[str, ...] = ()


class ReactionsStopped(Unanswered, tag="reactions.stopped", frozen=True):
    """Campaigns go on reacting to what they bring about; this is what was not done any more."""

    #: How often something followed of what followed before.
    rounds: int
    #: What would have followed next: how many events, by their types.
    dropped: dict[str, int]
    #: Where it was too much for a record: of how many events it was not asked what follows, likewise.
    unasked: dict[str, int] = field(default_factory=dict)


EffectEvent = ReactionsStopped
#: What is to be said of reactions themselves.
EFFECT_EVENTS: Final = frozenset({ReactionsStopped})
