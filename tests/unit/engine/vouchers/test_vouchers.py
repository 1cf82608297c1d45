"""Vouchers are created, changed, switched and deleted."""

import re
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from msgspec import structs

from engine.kernel import tables
from schemas.base import AMOUNT_MAX, QUANTITY_MAX
from schemas.discounts import Discount
from schemas.records import Decided
from schemas.validity import DailyHours, ValidityHours, ValidityTimeframe
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from schemas.vouchers import (
    CreateVoucher,
    DeleteVoucher,
    DisableVoucher,
    EnableVoucher,
    Gift,
    UpdateVoucher,
    Voucher,
)
from tests.unit.engine.world import (
    MINUTE,
    NOON,
    World,
    amount,
    gift_card,
    only,
    percent,
    redeem,
    refused,
    voucher,
)


def create(made: Voucher, **rule: Any) -> CreateVoucher:
    """The creation of a voucher."""
    return CreateVoucher(voucher=structs.replace(made, id=""), **rule)


def update(world: World, changes: dict[str, Any], code: str = "TEN") -> Decided:
    """An update, a minute later."""
    raw = msgspec.Raw(msgspec.json.encode(changes))
    return world.when(UpdateVoucher(code, raw), after=MINUTE)


def test_a_voucher_is_created_with_its_code() -> None:
    world = World()
    made = only(
        world.when(create(voucher("SUMMER", created_at=0, holds=9))), VoucherCreated
    ).voucher
    assert re.fullmatch("v_[0-9a-f]{32}", made.id)
    assert (made.code, made.created_at, made.updated_at, made.holds) == ("SUMMER", NOON, None, 0)
    assert world.view.get(tables.VOUCHERS, made.id) == made
    assert world.when(redeem("SUMMER")).refusal is None


def test_a_code_that_is_taken_is_refused() -> None:
    record = World().given(voucher("Code1")).when(create(voucher("Code1")))
    assert record.refusal is not None
    assert (record.refusal.status, record.refusal.key) == (409, "duplicate_found")
    assert record.refusal.details == "Duplicated voucher exists with id Code1"
    assert record.events == ()


def random_code(world: World, n: int | None = None, **rule: Any) -> str:
    """The code of a voucher that is made without one."""
    return only(world.when(create(voucher(""), **rule), n=n), VoucherCreated).voucher.code


def test_a_missing_code_is_drawn_by_its_rule() -> None:
    world = World()
    assert re.fullmatch("[0-9a-zA-Z]{8}", random_code(world))
    assert re.fullmatch("[xy]{4}", random_code(world, code_length=4, code_charset="xy"))
    assert re.fullmatch(
        "A-[0-9]{3}-Z", random_code(world, code_pattern="A-###-Z", code_charset="0123456789")
    )
    assert re.fullmatch(
        "pre-.{8}-post", random_code(world, code_prefix="pre-", code_postfix="-post")
    )


def test_a_code_that_is_taken_is_drawn_again() -> None:
    world = World()
    codes = {random_code(world, code_length=1, code_charset="ab") for _ in range(2)}
    assert codes == {"a", "b"}
    record = world.when(create(voucher(""), code_length=1, code_charset="ab"))
    assert refused(record) == "invalid_code_config"


@pytest.mark.parametrize(
    "rule", [{"code_length": 0}, {"code_length": 129}, {"code_pattern": "FIXED"}]
)
def test_a_rule_that_makes_no_code_is_refused(rule: dict[str, Any]) -> None:
    assert refused(World().when(create(voucher(""), **rule))) == "invalid_code_config"


MANY_DECIMALS = Decimal("0.12345678901")


@pytest.mark.parametrize(
    "wrong",
    [
        voucher("x" * 513),
        voucher(type="GIFT_VOUCHER"),
        voucher(gift=Gift(1, 1)),
        structs.replace(gift_card(), discount=amount(1)),
        structs.replace(voucher(), discount=None),
        voucher(discount=amount(-1)),
        voucher(discount=amount(AMOUNT_MAX + 1)),
        voucher(discount=Discount(type="AMOUNT")),
        voucher(discount=Discount(type="PERCENT")),
        voucher(discount=percent("100.01")),
        voucher(discount=percent("-1")),
        voucher(discount=percent("NaN")),
        voucher(discount=percent("Infinity")),
        voucher(discount=Discount(type="PERCENT", percent_off=MANY_DECIMALS)),
        voucher(discount=percent("10", amount_limit=-1)),
        gift_card(gift=Gift(amount=-1, balance=0)),
        gift_card(gift=Gift(amount=1, balance=AMOUNT_MAX + 1)),
        voucher(quantity=-1),
        voucher(quantity=QUANTITY_MAX + 1),
        voucher(start_date=10**18),
        voucher(expiration_date=-(10**18)),
        voucher(validity_day_of_week=(7,)),
        voucher(validity_timeframe=ValidityTimeframe("1 day", "P1D")),
        voucher(validity_timeframe=ValidityTimeframe("P1D", "P0D")),
        voucher(validity_hours=ValidityHours((DailyHours("8", "9"),))),
        voucher(validity_hours=ValidityHours((DailyHours("08:00", "09:00", (9,)),))),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(wrong: Voucher) -> None:
    record = World().when(create(wrong))
    assert (refused(record), record.events) == ("invalid_voucher", ())


def test_a_voucher_cannot_expire_before_it_starts() -> None:
    record = World().when(create(voucher(start_date=NOON, expiration_date=NOON - 1)))
    assert refused(record) == "invalid_expiration_date"


def test_an_update_sets_what_it_names_and_nothing_else() -> None:
    world = World().given(voucher(additional_info="old", quantity=5, redeemed_quantity=2))
    record = update(world, {"additional_info": "new", "quantity": None, "expiration_date": NOON})
    changed = only(record, VoucherUpdated).voucher
    assert (changed.additional_info, changed.quantity, changed.expiration_date) == (
        "new",
        None,
        NOON,
    )
    assert (changed.redeemed_quantity, changed.updated_at) == (2, world.now)
    assert world.voucher() == changed


def test_an_update_merges_metadata_and_null_empties_it() -> None:
    world = World().given(voucher(metadata={"a": 1, "b": 1}))
    update(world, {"metadata": {"b": 2, "c": 3}})
    assert world.voucher().metadata == {"a": 1, "b": 2, "c": 3}
    update(world, {"metadata": None})
    assert world.voucher().metadata == {}


def test_an_update_of_a_discount_keeps_exact_percentages() -> None:
    world = World().given(voucher(discount=percent("33.3333333333")))
    update(world, {"additional_info": "x"})
    assert world.voucher().discount == percent("33.3333333333")
    update(world, {"discount": {"type": "PERCENT", "percent_off": 12.5}})
    assert world.voucher().discount == percent("12.5")


def test_a_new_amount_of_a_gift_moves_its_balance_along() -> None:
    world = World().given(gift_card(gift=Gift(amount=1000, balance=400)))
    update(world, {"gift": {"amount": 1500}}, "CARD")
    assert world.voucher("CARD").gift == Gift(amount=1500, balance=900)
    update(world, {"gift": {"effect": "APPLY_TO_ORDER"}}, "CARD")
    assert world.voucher("CARD").gift == Gift(1500, 900, "APPLY_TO_ORDER")
    assert refused(update(world, {"gift": {"amount": 599}}, "CARD")) == "invalid_voucher"


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"type": "GIFT_VOUCHER"}, "invalid_voucher"),
        ({"gift": {"amount": 1}}, "invalid_payload"),
        ({"quantity": -1}, "invalid_voucher"),
        ({"quantity": "many"}, "invalid_payload"),
        ({"discount": None}, "invalid_payload"),
        ({"active": None}, "invalid_payload"),
        ({"metadata": [1]}, "invalid_payload"),
        ({"code": "OTHER"}, "invalid_payload"),
        ({"redeemed_quantity": 0}, "invalid_payload"),
        ({"nonsense": 1}, "invalid_payload"),
    ],
)
def test_an_update_that_cannot_be_is_refused(changes: dict[str, Any], key: str) -> None:
    world = World().given(voucher())
    record = update(world, changes)
    assert (refused(record), record.events) == (key, ())


def test_an_update_that_is_no_object_is_refused() -> None:
    world = World().given(voucher())
    for raw in (b"[]", b"{", b"null"):
        assert refused(world.when(UpdateVoucher("TEN", msgspec.Raw(raw)))) == "invalid_payload"


def test_null_for_what_a_voucher_does_not_have_counts_as_left_out() -> None:
    world = World().given(voucher(), gift_card())
    assert update(world, {"gift": None}).refusal is None
    assert update(world, {"discount": None}, "CARD").refusal is None
    assert refused(update(world, {"gift": None}, "CARD")) == "invalid_payload"


def test_an_update_may_name_the_code_that_the_voucher_has() -> None:
    world = World().given(voucher())
    assert update(world, {"code": "TEN"}, "v_TEN").refusal is None
    assert refused(update(world, {"code": "v_TEN"}, "v_TEN")) == "invalid_payload"


def test_naming_the_same_type_is_no_change_of_it() -> None:
    world = World().given(voucher())
    assert update(world, {"type": "DISCOUNT_VOUCHER"}).refusal is None


def test_a_voucher_is_switched_off_and_on() -> None:
    world = World().given(voucher())
    off = only(world.when(DisableVoucher("TEN"), after=MINUTE), VoucherDisabled).voucher
    assert (off.active, off.updated_at) == (False, world.now)
    assert refused(world.when(redeem("TEN"))) == "voucher_disabled"
    only(world.when(EnableVoucher("v_TEN")), VoucherEnabled)
    assert world.when(redeem("TEN")).refusal is None


def test_a_voucher_deleted_for_good_frees_its_code() -> None:
    world = World().given(voucher())
    event = only(world.when(DeleteVoucher("v_TEN", force=True)), VoucherDeleted)
    assert (event.voucher_id, event.code) == ("v_TEN", "TEN")
    assert refused(world.when(redeem("TEN"))) == "not_found"
    assert world.when(create(voucher())).refusal is None


@pytest.mark.parametrize(
    "body",
    [
        UpdateVoucher("NONE", msgspec.Raw(b"{}")),
        EnableVoucher("NONE"),
        DisableVoucher("NONE"),
        DeleteVoucher("NONE"),
    ],
)
def test_an_unknown_voucher_is_not_found(body: Any) -> None:
    record = World().when(body)
    assert record.refusal is not None
    assert record.refusal.details == "Cannot find voucher with id NONE"


def test_ids_and_codes_may_hold_any_character() -> None:
    world = World()
    for code in ("a/b", "a%2Fb", "a%b", "ä€😀", "v_", " "):
        assert world.when(create(voucher(code))).refusal is None
        assert world.when(redeem(code)).refusal is None
    assert len(list(world.view.scan(tables.VOUCHERS))) == 6


@pytest.mark.parametrize("code", [".", ".."])
def test_a_code_that_no_address_can_name_is_refused(code: str) -> None:
    record = World().when(create(voucher(code)))
    assert record.refusal is not None
    assert record.refusal.key == "invalid_voucher"
    assert "code must not be" in str(record.refusal.details)
