"""Two projects whose rows differ in every text, in every table, and statements over them."""

from typing import Final

from msgspec import structs

from schemas.balances import BalanceAdjusted
from schemas.campaigns import Campaign, CampaignCreated
from schemas.events import Event
from schemas.observations import ApiCall, ApiCallsObserved, ValidationObserved
from schemas.orders import OrderCreated
from schemas.publications import Publication, PublicationSucceeded
from schemas.voucher_events import VoucherCreated
from schemas.vouchers import Gift, LoyaltyCard, Voucher
from schemas.webhooks import DeliveryAttempted
from tests.integration.insight_world import World
from tests.unit.services.audit.examples import (
    DAY,
    PROJECT,
    START,
    applicable,
    created,
    decided,
    failed,
    generated,
    rolled_back,
    succeeded,
    voucher,
)

OTHER: Final = "proj_other"
#: What texts of the caller's project hold, and what those of the other one.
OURS: Final = "ours"
THEIRS: Final = "SECRET"
PATH: Final = "/v1/analytics/query"


def fill(world: World, each: int = 3) -> None:
    """Rows of every view, as many for one project as for the other."""
    for project, mark in ((PROJECT, OURS), (OTHER, THEIRS)):
        fill_project(world, project, mark, each)


def fill_project(world: World, project: str, mark: str, count: int) -> None:
    """As many rows of each view."""
    for number in range(count):
        _fill_one(world, project, f"{mark}{number}", START + number * DAY)


def _fill_one(world: World, project: str, mark: str, at: int) -> None:
    campaign = Campaign(
        f"camp_{mark}", mark, "DISCOUNT_COUPONS", "STATIC", at, metadata={"season": mark}
    )
    redeemed = succeeded(applicable(mark, 100, f"camp_{mark}"), ids=mark, by=f"cust_{mark}")
    order = redeemed.evaluation.order
    assert order is not None
    card = structs.replace(
        generated("G", gift=500).template, id=f"v_G{mark}", code=f"G{mark}", gift=Gift(500, 400)
    )
    points = Voucher(f"v_P{mark}", f"P{mark}", "LOYALTY_CARD", at, loyalty_card=LoyaltyCard(70, 30))
    publication = Publication(
        f"pub_{mark}", at, f"cust_{mark}", (f"v_{mark}",), (mark,), f"camp_{mark}", channel=mark
    )  # fmt: skip
    events: tuple[Event, ...] = (
        CampaignCreated(campaign),
        OrderCreated(structs.replace(order, created_at=at, customer_id=f"cust_{mark}")),
        redeemed,
        failed(mark, ids=f"f{mark}", campaign=f"camp_{mark}"),
        BalanceAdjusted(card, 100, f"vtx_{mark}"),
        PublicationSucceeded(publication, (voucher(mark, f"camp_{mark}"),)),
        rolled_back(mark, ids=mark),
        created(mark, f"camp_{mark}"),
        VoucherCreated(points),
    )
    world.append(*(decided(event, at=at, project=project) for event in events))
    world.observe(
        ValidationObserved(
            f"valid_{mark}", project, at, True, "server", (mark,), (f"camp_{mark}",), (mark,)
        )
    )
    call = ApiCall(
        f"req_{mark}", at, "POST", f"/v1/{mark}", "/v1/redemptions", 200, 1500, f"key_{mark}",
        "server", mark, mark,
    )  # fmt: skip
    world.called(ApiCallsObserved(project, (call,)))
    world.delivered(
        DeliveryAttempted(
            f"dlv_{mark}", project, f"hook_{mark}", f"ev_{mark}", "redemption.succeeded", 0, 0, 1,
            at, "delivered", 12,
        )
    )  # fmt: skip
