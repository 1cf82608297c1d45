"""Giveaways with entries, and their seeds, which only tests know beforehand."""

from typing import Any

from engine.giveaways.drawing import commitment_of
from engine.kernel import tables
from schemas.api import CustomerInput
from schemas.campaigns import Campaign, CodeConfig, VoucherTemplate
from schemas.giveaway_terms import GiveawayTerms
from schemas.giveaways import Draw, DrawGiveaway, EnterGiveaway
from schemas.records import Decided
from tests.unit.engine.campaign_world import campaign, id_of
from tests.unit.engine.world import DAY, NOON, World, amount, found

SEED = "0123456789abcdef" * 4
CLOSES = NOON + DAY
CODES = VoucherTemplate(
    type="DISCOUNT_VOUCHER", discount=amount(5000), code_config=CodeConfig(length=12)
)


def giveaway(world: World, name: str = "Lottery", **fields: Any) -> Campaign:
    """A giveaway of its own codes, which closes in a day; `terms` differ from one winner."""
    terms = GiveawayTerms(CLOSES, "nonce", commitment_of(SEED), **fields.pop("terms", {}))
    return campaign(
        world,
        0,
        name,
        giveaway=terms,
        **({"type": "AUTO_UPDATE", "voucher": CODES, "campaign_type": "GIVEAWAY"} | fields),
    )


def enter(world: World, who: str, name: str = "Lottery", **fields: Any) -> Decided:
    """A customer takes part."""
    return world.when(EnterGiveaway(name, CustomerInput(source_id=who), **fields))


def draw(world: World, name: str = "Lottery", seed: str = SEED) -> Decided:
    """The draw, a millisecond after the giveaway closed."""
    world.now = max(world.now, CLOSES + 1)
    return world.when(DrawGiveaway(name, seed))


def drawn(world: World, made: Campaign) -> Draw:
    """The draw as it is now."""
    return found(world.view.get(tables.DRAWS, made.id))


def entries(world: World, name: str = "Lottery") -> list[str]:
    """Who takes part, by source id."""
    shown = []
    for each in world.view.scan(tables.GIVEAWAY_ENTRIES, id_of(world, name)):
        data = world.customer(each.customer_id).personal.data
        if each.withdrawn_at is None and data is not None:
            shown.append(data.source_id or "")
    return sorted(shown)
