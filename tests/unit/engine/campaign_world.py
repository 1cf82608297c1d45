"""Campaigns with vouchers, and their actions run to the end."""

from typing import Any

from engine.kernel import tables
from schemas.actions import RunChunk
from schemas.api import CustomerInput
from schemas.campaigns import Campaign, CodeConfig, CreateCampaign, VoucherTemplate
from schemas.publications import PublishVouchers
from schemas.vouchers import Voucher
from tests.unit.engine.world import World, amount, found


def campaign(world: World, count: int = 3, name: str = "Spring", **fields: Any) -> Campaign:
    """A campaign of discount vouchers, as it is with its first `count` vouchers (500 at most)."""
    template = VoucherTemplate(
        type="DISCOUNT_VOUCHER", discount=amount(100), code_config=CodeConfig(length=12)
    )
    made = Campaign(
        id="",
        name=name,
        campaign_type=fields.pop("campaign_type", "DISCOUNT_COUPONS"),
        type=fields.pop("type", "STATIC"),
        created_at=0,
        voucher=fields.pop("voucher", template),
        **fields,
    )
    record = world.when(CreateCampaign(made, count))
    assert record.refusal is None, record.refusal
    return found(world.view.get(tables.CAMPAIGNS, id_of(world, name)))


def id_of(world: World, name: str) -> str:
    """The id of the campaign of that name."""
    return found(world.view.get(tables.CAMPAIGN_NAMES, name))


def vouchers(world: World, made: Campaign) -> list[Voucher]:
    """The campaign's vouchers in the order of their numbers."""
    ids = world.view.scan(tables.CAMPAIGN_VOUCHERS, made.id)
    return [found(world.view.get(tables.VOUCHERS, each)) for each in ids]


def run_actions(world: World) -> None:
    """Does all that is to be done in the background."""
    while open_actions := list(world.view.scan(tables.OPEN_ACTIONS)):
        for each in open_actions:
            action = found(world.view.get(tables.ACTIONS, each.id))
            world.when(RunChunk(action.id, action.next_chunk))


def publish(campaign: str | None = "Spring", who: str = "alice", **fields: Any) -> PublishVouchers:
    """A publication to a customer by its source id."""
    return PublishVouchers(customer=CustomerInput(source_id=who), campaign=campaign, **fields)
