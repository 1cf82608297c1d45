"""A shop's history by chance."""

from dataclasses import dataclass, field
from random import Random

from msgspec import structs

from schemas.balances import BalanceAdjusted
from schemas.campaigns import Campaign, CampaignCreated
from schemas.errors import refuse
from schemas.events import Event
from schemas.observations import ApiCall, ApiCallsObserved, ValidationObserved
from schemas.orders import Order, OrderCreated, OrderUpdated
from schemas.publications import Publication, PublicationFailed, PublicationSucceeded
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

CAMPAIGNS = ("camp_1", "camp_2", None)
CODES = {"A": "camp_1", "B": "camp_2", "C": None, "D": "camp_1", "E": None}
CUSTOMERS = ("cust_1", "cust_2", "cust_3", None)
CARDS = generated("G1", "G2", gift=10_000)


@dataclass
class History:
    """Appends what may happen next; a rollback takes back what was redeemed, once."""

    world: World
    chance: Random
    number: int = 0
    standing: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    calls: list[ApiCall] = field(default_factory=list)

    def begin(self) -> None:
        """What there is before anything is sold."""
        for name in ("camp_1", "camp_2"):
            campaign = Campaign(name, f"name of {name}", "DISCOUNT_COUPONS", "STATIC", START)
            self.world.append(decided(CampaignCreated(campaign)))
        self.world.append(
            decided(CampaignCreated(CARDS.campaign), CARDS),
            decided(*(customer_created(number) for number in (1, 2, 3))),
            decided(*(created(code, campaign) for code, campaign in CODES.items())),
        )

    def go_on(self) -> None:
        """One record more, or something that was observed."""
        self.number += 1
        choices = (
            (self._redeem, 6), (self._fail, 3), (self._take_back, 2), (self._validate, 3),
            (self._observe, 3), (self._publish, 2), (self._adjust, 2), (self._order, 2),
            (self._pay, 1), (self._make, 1), (self._call, 2),
        )  # fmt: skip
        (act,) = self.chance.choices([each for each, _ in choices], [much for _, much in choices])
        act()

    def _append(self, *events: Event) -> None:
        at = START + self.number * DAY // 8
        self.world.append(decided(*events, at=at, command=self.number))

    def _redeem(self) -> None:
        ids, count = f"x{self.number}x", self.chance.choice((1, 1, 2, 3))
        codes = tuple(self.chance.sample(sorted(CODES), count))
        outcomes = [applicable(each, self.chance.randrange(50), CODES[each]) for each in codes]
        if self.chance.random() < 0.3:
            card = Voucher("v_G1", "G1", "GIFT_VOUCHER", START, campaign_id="c1", gift=Gift(1, 0))
            paid = structs.replace(applicable("G1", self.chance.randrange(40)), voucher=card)
            outcomes, codes = [*outcomes, paid], (*codes, "G1")
        amount = self.chance.choice((None, 1000, 2500))
        event = succeeded(*outcomes, ids=ids, amount=amount, by=self.chance.choice(CUSTOMERS))
        if event.evaluation.order is not None:
            at = START + self.number * DAY // 8
            order = structs.replace(
                event.evaluation.order, created_at=at, customer_id=event.customer_id
            )
            self.orders.append(order)
            evaluation = structs.replace(event.evaluation, order=order)
            event = structs.replace(event, evaluation=evaluation)
        self._append(event)
        self.standing.append((ids, codes))

    def _fail(self) -> None:
        code = self.chance.choice(sorted(CODES))
        key = self.chance.choice(("voucher_expired", "quantity_exceeded", "not_found"))
        ids = f"x{self.number}x"
        campaign = None if key == "not_found" else CODES[code]
        self._append(failed(code, key, ids=ids, campaign=campaign))

    def _take_back(self) -> None:
        if self.standing:
            ids, codes = self.standing.pop(self.chance.randrange(len(self.standing)))
            self._append(rolled_back(*codes, ids=ids))

    def _validate(self) -> None:
        code = self.chance.choice(sorted(CODES))
        outcome = applicable(code, 1, CODES[code])
        if self.chance.random() < 0.5:
            refusal = refuse("voucher_expired", code)
            outcome = structs.replace(outcome, status="INAPPLICABLE", refusal=refusal, taken=None)
        self._append(locked(outcome))

    def _observe(self) -> None:
        named = tuple(each for each in ("camp_1", "camp_2") if self.chance.random() < 0.5)
        seen = ValidationObserved(
            f"valid_{self.number}", PROJECT, START + self.number, self.chance.random() < 0.6,
            "server", campaign_ids=named, customer_id=self.chance.choice(CUSTOMERS),
        )  # fmt: skip
        # a topic of observations may have one twice
        self.world.observe(*[seen] * self.chance.choice((1, 1, 2)))

    def _publish(self) -> None:
        code = self.chance.choice(sorted(CODES))
        told = Publication(
            f"pub_{self.number}", START, "cust_1", (f"v_{code}",), (code,), CODES[code]
        )
        if self.chance.random() < 0.3:
            refusal = refuse("no_voucher_suitable_for_publication")
            self._append(
                PublicationFailed(structs.replace(told, voucher_ids=(), codes=()), refusal)
            )
        else:
            self._append(PublicationSucceeded(told, (voucher(code, CODES[code]),)))

    def _adjust(self) -> None:
        amount = self.chance.choice((-7, 11, 300))
        card = structs.replace(CARDS.template, id="v_G2", code="G2", gift=Gift(10_000, 10_000))
        self._append(BalanceAdjusted(card, amount, f"vtx_{self.number}"))

    def _order(self) -> None:
        at = START + self.number * DAY // 8
        amount = self.chance.choice((None, 700))
        order = Order(f"ord_{self.number}", amount=amount, created_at=at)
        self.orders.append(order)
        self._append(OrderCreated(order))

    def _pay(self) -> None:
        if self.orders:
            place = self.chance.randrange(len(self.orders))
            self.orders[place] = structs.replace(self.orders[place], status="PAID")
            self._append(OrderUpdated(self.orders[place]))

    def _make(self) -> None:
        code = f"N{self.number}"
        self._append(created(code, self.chance.choice(CAMPAIGNS)))
        if self.chance.random() < 0.5:
            self._append(VoucherDeleted(f"v_{code}", code))

    def _call(self) -> None:
        calls = tuple(
            ApiCall(
                f"req_{self.number}_{place}", START + self.number, "POST", "/v1/redemptions",
                "/v1/redemptions", self.chance.choice((200, 400, 503)),
                self.chance.randrange(1, 9) * 1000, "key_1", "server", "", "API",
            )
            for place in range(self.chance.randrange(1, 4))
        )  # fmt: skip
        self.calls += calls
        self.world.called(ApiCallsObserved(PROJECT, calls))


def tell(world: World, seed: int, records: int) -> History:
    """A history of so many steps."""
    history = History(world, Random(seed))
    history.begin()
    for _ in range(records):
        history.go_on()
    return history
