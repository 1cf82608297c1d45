"""A loyalty program called Club with one member, and what tests do with them."""

from collections.abc import Mapping
from typing import Any, Final

from engine.expiry import next_due
from engine.kernel import tables
from engine.kernel.calendar import iso
from engine.kernel.lookup import find_campaign
from schemas.actions import RunChunk
from schemas.balances import AdjustBalance
from schemas.base import Millis
from schemas.campaigns import Campaign, CardTemplate, CreateCampaign, VoucherTemplate
from schemas.expiry import ExpireDue
from schemas.loyalty_tiers import (
    CreateLoyaltyTiers,
    LoyaltyTier,
    NewLoyaltyTier,
    PointsRange,
    Standing,
    TierDowngraded,
    TierExpirationChanged,
    TierJoined,
    TierLeft,
    TierProlonged,
    TiersExpiration,
    TierUpgraded,
)
from schemas.projects import ProjectOpened
from schemas.publications import PublicationSucceeded, PublishVouchers
from schemas.records import Decided
from tests.unit.engine.world import PROJECT, World, customer, found, only

#: A tier's name, and the points of it.
Ranges = Mapping[str, tuple[int | None, int | None]]
LADDER: Final[Ranges] = {"Basic": (0, 99), "Silver": (100, 499), "Gold": (500, None)}
#: When a move was told, what it was, to which tier, and the end of that.
Move = tuple[str, str, str, str | None]

_Moves = (
    TierJoined | TierLeft | TierUpgraded | TierDowngraded | TierProlonged | TierExpirationChanged
)
_MOVES: Final[Mapping[type[_Moves], str]] = {
    TierJoined: "joined",
    TierLeft: "left",
    TierUpgraded: "upgraded",
    TierDowngraded: "downgraded",
    TierProlonged: "prolonged",
    TierExpirationChanged: "expiration changed",
}


class Club:
    """The program, its member, and all that was told of moves."""

    def __init__(
        self,
        rules: TiersExpiration | None = None,
        ladder: Ranges = LADDER,
        *,
        zone: str = "Etc/UTC",
        at: Millis | None = None,
        points: int = 0,
    ) -> None:
        self.world = World(opened=False)
        self.world.given(ProjectOpened(PROJECT, timezone=zone))
        if at is not None:
            self.world.now = at
        self.told: list[Move] = []
        card = VoucherTemplate("LOYALTY_CARD", loyalty_card=CardTemplate(points))
        campaign = Campaign(
            id="",
            name="Club",
            campaign_type="LOYALTY_PROGRAM",
            type="AUTO_UPDATE",
            created_at=0,
            voucher=card,
            join_once=True,
            loyalty_tiers_expiration=rules,
        )
        self.do(CreateCampaign(campaign))
        if ladder:
            self.add_tiers(ladder)
        self.card = self.join()

    @property
    def program(self) -> Campaign:
        return found(find_campaign(self.world.view, "Club"))

    def do(self, body: Any) -> Decided:
        """Decides a command, which is not refused, and notes the moves that it tells."""
        record = self.world.when(body)
        assert record.refusal is None, record.refusal
        self.told += moves(record)
        return record

    def add_tiers(self, ladder: Ranges) -> Decided:
        tiers = tuple(NewLoyaltyTier(name, PointsRange(*ends)) for name, ends in ladder.items())
        record = self.do(CreateLoyaltyTiers("Club", tiers))
        self.run()
        return record

    def join(self, who: str = "alice") -> str:
        """Gives somebody a card; its id."""
        record = self.do(PublishVouchers(customer(who), campaign="Club"))
        return only(record, PublicationSucceeded).vouchers[0].id

    def add(self, points: int) -> Decided:
        """Adds points by hand, or takes them off."""
        return self.do(AdjustBalance(self.card, points))

    def run(self) -> None:
        """Does everything that is left to do in the background."""
        view = self.world.view
        while (action := next(iter(view.scan(tables.OPEN_ACTIONS)), None)) is not None:
            self.do(RunChunk(action.id, found(view.get(tables.ACTIONS, action.id)).next_chunk))

    def go_to(self, at: Millis, *, sweeps: bool = True) -> None:
        """Time passes, and a sweep looks whenever it is to."""
        while sweeps and (due := next_due(self.world.view)) <= at:
            self.world.now = max(due, self.world.now)
            self.do(ExpireDue())
        self.world.now = at

    def tier(self, name: str) -> LoyaltyTier:
        tiers = self.world.view.scan(tables.LOYALTY_TIERS, self.program.id)
        return next(each for each in tiers if each.name == name)

    def standing(self) -> Standing | None:
        return self.world.view.get(tables.STANDINGS, self.card)


def moves(record: Decided) -> list[Move]:
    """What a record tells of tiers."""
    return [
        (iso(record.at), _MOVES[type(event)], event.tier.name, _end(event.standing))
        for event in record.events
        if isinstance(event, _Moves)
    ]


def _end(standing: Standing) -> str | None:
    return None if standing.expires_at is None else iso(standing.expires_at)
