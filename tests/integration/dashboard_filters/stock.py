"""Everything that is in the shop."""

from collections.abc import Mapping

from tests.integration.dashboard_filters import club, offers, records, seed, trade
from tests.integration.dashboard_filters.shop import Shop
from tests.unit.services.catalog.users.signing import create_owner


async def fill_shop(shop: Shop) -> Mapping[str, str]:
    """Fills it, and has its owner look at it on the last day; the ids of what has a name."""
    await create_owner(shop.world)
    made = seed.Seed(shop)
    for part in (
        seed.people,
        seed.goods,
        offers.rules,
        offers.campaigns,
        offers.vouchers,
        offers.promotions,
        club.members,
        club.rewards,
        club.friends,
        trade.redemptions,
        trade.validations,
        trade.publications,
        trade.orders,
        trade.thrown_away,
        records.calls,
        records.send_outs,
        records.work,
    ):
        await part(made)
    made.on(seed.TODAY)
    await shop.tell()
    return made.ids
