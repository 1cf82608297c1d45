"""A campaign called Spring, and what tests do with it."""

from typing import Any

import msgspec
from msgspec import structs

from engine.kernel import tables
from engine.kernel.lookup import find_campaign
from schemas.actions import ActionProgressed, ActionStarted, AsyncAction, RunChunk
from schemas.campaigns import Campaign, CreateCampaign, UpdateCampaign, VoucherTemplate
from schemas.records import Decided
from tests.unit.engine.world import MINUTE, World, found, only, percent

TEMPLATE = VoucherTemplate("DISCOUNT_VOUCHER", discount=percent("10"), quantity=1)
PLAIN = Campaign(
    id="",
    name="Spring",
    campaign_type="DISCOUNT_COUPONS",
    type="STATIC",
    created_at=0,
    voucher=TEMPLATE,
)


def create(world: World, count: int = 0, **fields: Any) -> Decided:
    """The creation of a campaign."""
    return world.when(CreateCampaign(structs.replace(PLAIN, **fields), count))


def spring(world: World) -> Campaign:
    """The campaign as it is."""
    return found(find_campaign(world.view, "Spring"))


def codes_of(world: World, campaign: Campaign) -> list[str]:
    """Its vouchers' codes in the order of their numbers."""
    ids = world.view.scan(tables.CAMPAIGN_VOUCHERS, campaign.id)
    return [found(world.view.get(tables.VOUCHERS, each)).code for each in ids]


def update(world: World, **changes: Any) -> Decided:
    """An update, a minute later."""
    raw = msgspec.Raw(msgspec.json.encode(changes))
    return world.when(UpdateCampaign("Spring", raw), after=MINUTE)


def finish(world: World, record: Decided) -> AsyncAction:
    """The action that a record started, after all its chunks."""
    action = only(record, ActionStarted).action
    while action.status not in ("DONE", "FAILED"):
        done = world.when(RunChunk(action.id, action.next_chunk))
        action = only(done, ActionProgressed).action
    return action
