"""Some forty events of a shop, small enough to be reckoned by hand."""

from msgspec import structs

from schemas.balances import BalanceAdjusted
from schemas.campaigns import Campaign, CampaignCreated
from schemas.customers import Customer, CustomerCreated
from schemas.errors import refuse
from schemas.observations import ApiCall, ApiCallsObserved, ValidationObserved
from schemas.orders import Order, OrderCreated, OrderItem, OrderUpdated
from schemas.personal import Address, Personal, PersonalData
from schemas.publications import Publication, PublicationFailed, PublicationSucceeded
from schemas.redemptions import RedemptionSucceeded, RollbackFailed
from schemas.segments import Segment, SegmentCreated
from schemas.voucher_events import VoucherDeleted
from schemas.vouchers import Gift, Voucher
from tests.integration.insight_world import World
from tests.unit.services.audit.examples import (
    DAY,
    PROJECT,
    START,
    applicable,
    created,
    customer_created,
    decided,
    failed,
    generated,
    locked,
    rolled_back,
    succeeded,
    voucher,
)

HOUR = 3_600_000
MADE = generated("G1", "G2", gift=500)


def _campaign(number: int, season: str) -> CampaignCreated:
    found = Campaign(
        f"camp_{number}", f"name of camp_{number}", "DISCOUNT_COUPONS", "STATIC", START,
        metadata={"season": season},
    )  # fmt: skip
    return CampaignCreated(found)


def _card(code: str, balance: int) -> Voucher:
    return structs.replace(MADE.template, id=f"v_{code}", code=code, gift=Gift(500, balance))


def _order_of(event: RedemptionSucceeded) -> Order:
    assert event.evaluation.order is not None
    return event.evaluation.order


def _redeemed(event: RedemptionSucceeded, at: int) -> RedemptionSucceeded:
    """With an order that was made then."""
    order = structs.replace(_order_of(event), created_at=at, customer_id=event.customer_id)
    return structs.replace(event, evaluation=structs.replace(event.evaluation, order=order))


def _of_products(event: RedemptionSucceeded, *items: OrderItem) -> RedemptionSucceeded:
    order = structs.replace(_order_of(event), items=items, metadata={"shop": ["web", "app"]})
    return structs.replace(event, evaluation=structs.replace(event.evaluation, order=order))


def _living_in(country: str, number: int, tier: str) -> CustomerCreated:
    owner = f"cust_{number}"
    data = PersonalData(address=Address(country=country), metadata={"tier": tier})
    return CustomerCreated(Customer(owner, Personal(f"{PROJECT}/{owner}", data), START))


def _paid_by_card(at: int) -> RedemptionSucceeded:
    outcome = structs.replace(applicable("G1", 200), voucher=_card("G1", 330))
    return _redeemed(succeeded(outcome, ids="5", amount=300, by="cust_3"), at)


def _publications() -> tuple[PublicationSucceeded | PublicationFailed, ...]:
    """Two vouchers of a campaign, one of none, and one that failed."""
    of_campaign = Publication("pub_1", START, "cust_1", ("v_A", "v_A2"), ("A", "A2"), "camp_1")
    single = Publication("pub_2", START, "cust_2", ("v_C",), ("C",))
    refusal = refuse("no_voucher_suitable_for_publication")
    wrong = Publication("pub_3", START, "cust_3", campaign_id="camp_2", failure_code=refusal.key)
    return (
        PublicationSucceeded(of_campaign, (voucher("A", "camp_1"), voucher("A2", "camp_1"))),
        PublicationSucceeded(single, (voucher("C"),)),
        PublicationFailed(wrong, refusal),
    )


def _observed(
    number: int, valid: bool, *campaigns: str, by: str | None = None
) -> ValidationObserved:
    names = tuple(f"name of {each}" for each in campaigns)
    return ValidationObserved(
        f"valid_{number}", PROJECT, START + number, valid, "server", ("A",), campaigns, names,
        customer_id=by,
    )  # fmt: skip


def _call(number: int, status: int, duration_us: int, route: str, key: str) -> ApiCall:
    return ApiCall(
        f"req_{number}", START + number, "POST", route, route, status, duration_us, key, "server",
        "", "API",
    )  # fmt: skip


def tell(world: World) -> None:
    """From 2023-11-14 22:13:20 UTC on, over four days; and one redemption of another project."""
    day = [START + number * DAY for number in range(5)]
    first = _redeemed(
        succeeded(applicable("A", 100, "camp_1"), applicable("B", 50, "camp_2"), by="cust_1"), START
    )
    first = _of_products(first, OrderItem(product_id="prod_1"), OrderItem(source_id="shirt"))
    third = _redeemed(
        succeeded(applicable("A", 20, "camp_1"), ids="3", amount=2000, by="cust_1"), day[1]
    )
    third = _of_products(third, OrderItem(product_id="prod_1"), OrderItem(product_id="prod_1"))
    world.append(
        decided(_campaign(1, "summer"), _campaign(2, "winter"), CampaignCreated(MADE.campaign)),
        decided(MADE),
        decided(created("A", "camp_1"), created("B", "camp_2"), created("C")),
        decided(BalanceAdjusted(_card("G1", 530), 30, "vtx_1")),
        decided(BalanceAdjusted(_card("G2", 490), -10, "vtx_2")),
        decided(_living_in("NZ", 1, "gold"), _living_in("US", 2, "gold"), customer_created(3)),
        decided(SegmentCreated(Segment("seg_1", "VIP", START), ("cust_1",))),
        decided(SegmentCreated(Segment("seg_2", "Many", START, "passive"))),
        *(decided(each) for each in _publications()),
        decided(locked(applicable("B", 1, "camp_2")), command=7),
        decided(first),
        decided(
            _redeemed(
                succeeded(applicable("A", 30, "camp_1"), ids="2", amount=500, by="cust_2"), START
            ),
            at=START + HOUR,
        ),
        decided(third, at=day[1]),
        decided(failed("A", campaign="camp_1", ids="1"), at=day[1]),
        decided(failed("A", campaign="camp_1", ids="2"), at=day[1] + 1),
        decided(failed("=X", "not_found", ids="3"), at=day[2]),
        decided(_redeemed(succeeded(applicable("C", 5), ids="4"), day[2]), at=day[2]),
        decided(_paid_by_card(day[2]), at=day[2]),
        decided(rolled_back("A", "B"), at=day[3]),
        decided(RollbackFailed("rrf_1", "r_10", "v_A", refuse("already_rolled_back")), at=day[3]),
        decided(OrderCreated(Order("ord_6", amount=700, created_at=day[3])), at=day[3]),
        decided(OrderCreated(Order("ord_7", created_at=day[3])), at=day[3]),
        decided(OrderUpdated(structs.replace(_order_of(third), status="PAID")), at=day[3]),
        decided(VoucherDeleted("v_C", "C"), at=day[4]),
        decided(succeeded(applicable("A", 1), ids="9", by="cust_1"), project="other"),
    )
    world.observe(
        _observed(1, True, "camp_1", by="cust_1"),
        _observed(2, True, "camp_1", "camp_2", by="cust_2"),
        _observed(3, True),
        _observed(4, False, "camp_1", by="cust_1"),
        _observed(5, False),
    )
    world.called(
        ApiCallsObserved(
            PROJECT,
            (
                _call(1, 200, 1000, "/v1/validations", "key_1"),
                _call(2, 200, 2000, "/v1/validations", "key_1"),
                _call(3, 404, 3000, "/v1/vouchers/{id}", "key_1"),
                _call(4, 500, 4000, "/v1/redemptions", "key_2"),
                _call(5, 201, 100_000, "/v1/redemptions", "key_2"),
            ),
        )
    )
