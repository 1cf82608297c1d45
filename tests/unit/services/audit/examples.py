"""Records as the ledger holds them, built from small numbers, and the rows that they make."""

from collections.abc import Iterable

from msgspec import structs

from runtime.clickhouse.native_block import Alike, Row
from runtime.clickhouse.table import Late
from schemas.campaigns import Campaign, VouchersGenerated, VoucherTemplate
from schemas.customers import Customer, CustomerCreated
from schemas.discounts import Discount
from schemas.errors import refuse
from schemas.evaluations import Evaluation, Outcome, Taken
from schemas.events import Event
from schemas.orders import Order
from schemas.personal import Personal, PersonalData
from schemas.records import Decided, Record
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionSucceeded,
    RolledBack,
)
from schemas.sessions import Session, SessionLocked, SessionRefused
from schemas.voucher_events import VoucherCreated
from schemas.vouchers import Gift, Voucher
from services.audit.sink.entities import EntityRow
from services.audit.sink.tables import entity_table_rows

PROJECT = "proj_1"
START = 1_700_000_000_000
DAY = 86_400_000


def decided(*events: Event, at: int = START, project: str = PROJECT, command: int = 0) -> Decided:
    return Decided(
        command_offset=command,
        at=at,
        command_id=f"cmd_{command}",
        command_type="any",
        project=project,
        fingerprint="f",
        events=events,
    )


def voucher(code: str = "A", campaign: str | None = None, redeemed: int = 0) -> Voucher:
    return Voucher(
        id=f"v_{code}",
        code=code,
        type="DISCOUNT_VOUCHER",
        created_at=START,
        discount=Discount("AMOUNT", 100),
        campaign=campaign and f"name of {campaign}",
        campaign_id=campaign,
        redeemed_quantity=redeemed,
    )


def created(code: str = "A", campaign: str | None = None) -> VoucherCreated:
    return VoucherCreated(voucher(code, campaign))


def generated(*codes: str, gift: int | None = None) -> VouchersGenerated:
    """Vouchers of the campaign `c1`, numbered from 0; gift cards, where credits are named."""
    template = voucher("", "c1")
    if gift is not None:
        card = Gift(gift, gift)
        template = structs.replace(template, type="GIFT_VOUCHER", discount=None, gift=card)
    campaign = Campaign(
        id="c1",
        name="Spring",
        campaign_type="DISCOUNT_COUPONS" if gift is None else "GIFT_VOUCHERS",
        type="STATIC",
        created_at=START,
        voucher=VoucherTemplate(template.type, template.discount, template.gift),
    )
    template = structs.replace(template, id="", campaign=campaign.name)
    return VouchersGenerated(campaign, template, tuple(f"v_{code}" for code in codes), codes, 0)


def customer(number: int = 1, name: str = "Ada") -> Customer:
    owner = f"cust_{number}"
    data = PersonalData(source_id=f"source_{number}", name=name, email="ada@example.com")
    return Customer(owner, Personal(f"{PROJECT}/{owner}", data), START)


def customer_created(number: int = 1) -> CustomerCreated:
    return CustomerCreated(customer(number))


def applicable(code: str, taken: int, campaign: str | None = None) -> Outcome:
    found = voucher(code, campaign, redeemed=1)
    return Outcome("voucher", code, "APPLICABLE", found, taken=Taken(order=taken))


def succeeded(
    *outcomes: Outcome, ids: str = "1", amount: int | None = 1000, by: str | None = None
) -> RedemptionSucceeded:
    """Redemptions `r_<ids>0`, `r_<ids>1`, ...; a stack's parent is `r_<ids>`."""
    discount = sum(each.taken.order for each in outcomes if each.taken)
    order = None if amount is None else Order(f"ord_{ids}", amount=amount, discount_amount=discount)
    return RedemptionSucceeded(
        Evaluation(outcomes, order),
        tuple(f"r_{ids}{index}" for index in range(len(outcomes))),
        parent_id=f"r_{ids}" if len(outcomes) > 1 else None,
        order_created=True,
        customer_id=by,
    )


def failed(
    code: str = "A", key: str = "voucher_expired", ids: str = "1", campaign: str | None = None
) -> RedemptionFailed:
    refusal = refuse(key, code)
    found = voucher(code, campaign) if key != "not_found" else None
    outcome = Outcome("voucher", code, "INAPPLICABLE", found, refusal=refusal)
    return RedemptionFailed(Evaluation((outcome,)), (f"rf_{ids}",))


def refused_by(*rule_ids: str, ids: str = "1") -> RedemptionFailed:
    """A redemption that sets of validation rules refused."""
    told = [{"validation_rule_id": each} for each in rule_ids]
    violated = {"rule": "validation_rules", "violations": told}
    refusal = refuse("order_rules_violated", "A", explanation=violated)
    outcome = Outcome("voucher", "A", "INAPPLICABLE", voucher("A"), refusal=refusal)
    return RedemptionFailed(Evaluation((outcome,)), (f"rf_{ids}",))


def rolled_back(*codes: str, ids: str = "1", discount: int = 100) -> RedemptionRolledBack:
    """Takes back what `succeeded(..., ids=ids)` redeemed."""
    rollbacks = tuple(
        RolledBack(
            f"rr_{ids}{index}",
            f"r_{ids}{index}",
            f"v_{code}",
            code,
            voucher(code),
            discount=discount,
        )
        for index, code in enumerate(codes)
    )
    stack = len(codes) > 1
    return RedemptionRolledBack(
        rollbacks,
        parent_rollback_id=f"rr_{ids}" if stack else None,
        parent_redemption_id=f"r_{ids}" if stack else None,
        redeemed_at=START,
    )


def locked(*outcomes: Outcome) -> SessionLocked | SessionRefused:
    evaluation = Evaluation(outcomes)
    if not evaluation.valid:
        return SessionRefused(evaluation)
    return SessionLocked(
        session=Session("ssn_1", (), START + DAY, 1, "DAYS"), evaluation=evaluation
    )


def each(parts: Iterable[Row | Alike | Late]) -> list[Row]:
    """All rows, one by one."""
    rows: list[Row] = []
    for part in parts:
        if isinstance(part, Late):
            rows.append(part.make())
        else:
            rows += part.rows() if isinstance(part, Alike) else [part]
    return rows


def entities(record: Record) -> list[EntityRow]:
    """The rows of entities that a record makes."""
    return [EntityRow._make(row) for row in each(entity_table_rows(record))]
