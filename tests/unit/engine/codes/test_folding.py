"""Codes that do not distinguish case: one code however it is written, made once, found always."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.codes.code import CodeRule, code_rule, draw_free_codes
from engine.kernel import tables
from engine.kernel.folding import fold_code
from engine.kernel.lookup import find_voucher
from engine.kernel.overlay import ProjectState
from engine.qualification.filters import parse_filters
from fronts.spelling import spell_target
from schemas.actions import ImportVouchers
from schemas.campaigns import AddVouchers, CodeConfig
from schemas.projects import ProjectOpened
from schemas.voucher_events import VoucherDeleted
from schemas.vouchers import CreateVoucher, Voucher
from tests.unit.engine.background.test_actions import new, run, started, state
from tests.unit.engine.campaign_world import campaign
from tests.unit.engine.qualification_world import Shop
from tests.unit.engine.world import PROJECT, World, redeem, voucher

SEED = "0" * 32
ALIKE = [
    ("Summer-10", "SUMMER-10"),
    ("STRASSE", "straße"),
    ("straße", "STRASSE"),
    ("STRAẞE", "strasse"),
    ("İSTANBUL", "istanbul"),
    ("ISTANBUL", "\u0131stanbul"),
    ("istanbul", "İSTANBUL"),
    ("\u0131l\u0131k", "ILIK"),
    ("I\u0307", "\u0131"),
    ("É", "e\u0301"),
    ("\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2"),
    ("ﬃ", "FFI"),
]


def caseless() -> World:
    """A project whose codes do not distinguish case."""
    return World(opened=False).given(ProjectOpened(PROJECT, case_sensitive_codes=False))


def known(view: ProjectState, code: str) -> Voucher:
    voucher_ = find_voucher(view, code)
    assert voucher_ is not None, code
    return voucher_


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_two_spellings_are_one_code(one: str, other: str) -> None:
    world = caseless()
    assert world.when(CreateVoucher(voucher(one, id=""))).refusal is None
    refused = world.when(CreateVoucher(voucher(other, id=""))).refusal
    assert refused is not None
    assert refused.key == "duplicate_found"
    assert known(world.view, other).code == one
    assert world.when(redeem(other)).refusal is None
    assert known(world.view, one).redeemed_quantity == 1


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_where_case_tells_they_are_two(one: str, other: str) -> None:
    world = World()
    for code in (one, other):
        assert world.when(CreateVoucher(voucher(code, id=""))).refusal is None
    assert known(world.view, one).id != known(world.view, other).id


@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_a_folded_code_stays_as_it_is(code: str) -> None:
    folded = fold_code(code)
    assert fold_code(folded) == folded
    assert fold_code(code.lower()) == folded or "\u03a3" in code.upper()


def test_what_is_deleted_for_good_frees_every_spelling() -> None:
    world = caseless().given(voucher("Straße"), VoucherDeleted("v_Straße", "Straße", force=True))
    assert find_voucher(world.view, "STRASSE") is None
    assert list(world.view.scan(tables.VOUCHER_CODES)) == []
    assert world.when(CreateVoucher(voucher("STRASSE", id=""))).refusal is None


@pytest.mark.parametrize("field", ["code", "resource_id"])
def test_a_qualification_is_filtered_by_a_code_however_it_is_written(field: str) -> None:
    shop = Shop()
    shop.world.given(ProjectOpened(PROJECT, case_sensitive_codes=False))
    shop.world.given(voucher("Straße"), voucher("Other"))
    for operator, expected in (("$is", ["v_Straße"]), ("$not_in", ["v_Other"])):
        filters = parse_filters({field: {"conditions": {operator: ["STRASSE", "NONE"]}}})
        assert shop.ids(shop.trial(), filters=filters) == expected
    by_id = parse_filters({field: {"conditions": {"$is": ["v_Straße"]}}})
    assert shop.ids(shop.trial(), filters=by_id) == (["v_Straße"] if field != "code" else [])


def test_one_voucher_in_two_spellings_is_asked_for_twice() -> None:
    world = caseless().given(voucher("Ten"))
    refused = world.when(redeem("TEN", "ten")).refusal
    assert refused is not None
    assert refused.key == "duplicated_redeemables"


def test_codes_of_a_campaign_are_found_and_differ_by_more_than_case() -> None:
    world = caseless()
    made = campaign(world, 300)
    codes = [each.code for each in world.view.scan(tables.VOUCHERS)]
    assert len(codes) == len({fold_code(code) for code in codes}) == 300
    assert all(known(world.view, code.swapcase()).code == code for code in codes)
    taken = world.when(AddVouchers(made.name, code=codes[0].swapcase())).refusal
    assert taken is not None
    assert taken.key == "duplicate_found"


def rule(**config: object) -> CodeRule:
    made = code_rule(CodeConfig(**config), tells_case=False)  # type: ignore[arg-type]
    assert isinstance(made, CodeRule)
    return made


def test_a_rule_has_as_many_codes_as_are_different() -> None:
    assert rule().charset == string.digits + string.ascii_lowercase
    few = rule(charset="aAbB\u0131Iİi", length=1)
    assert (few.charset, few.space) == ("ab\u0131", 3)
    world = caseless().given(voucher("A"))
    assert sorted(draw_free_codes(world.view, SEED, few, 9)) == ["b", "\u0131"]
    sharp = rule(charset="sß", length=2)
    drawn = draw_free_codes(world.view, SEED, sharp, 9)
    assert sorted(map(fold_code, drawn)) == ["ss", "sss", "ssss"], "sß and ßs are one"


def test_a_path_goes_on_with_the_vouchers_own_name() -> None:
    view = caseless().given(voucher("Straße")).view
    assert spell_target(view, "/v1/vouchers/STRASSE/redemptions", b"limit=1") == (
        "/v1/vouchers/v_Stra%C3%9Fe/redemptions",
        b"limit=1",
    )
    for path in (
        "/v1/vouchers/NONE/redemptions",
        "/v1/vouchers/%FF/x",
        "/v1/vouchers",
        "/v1/x/a/b",
    ):
        assert spell_target(view, path, b"") == (path, b"")
    told = World().given(voucher("Straße")).view
    asked = "/v1/vouchers/STRASSE/x", b"code=STRASSE"
    assert spell_target(told, *asked) == asked


@pytest.mark.parametrize(
    ("asked", "goes_on"),
    [
        (b"code=STRASSE&limit=2", b"code=Stra%C3%9Fe&limit=2"),
        (b"voucher_code=strasse", b"voucher_code=Stra%C3%9Fe"),
        (b"voucher=v_Stra%C3%9Fe", b"voucher=v_Stra%C3%9Fe"),
        (
            b"filters[voucher_code][conditions][$in][0]=STRASSE",
            b"filters%5Bvoucher_code%5D%5Bconditions%5D%5B%24in%5D%5B0%5D=Stra%C3%9Fe",
        ),
        (b"filters[code][conditions][$starts_with]=STRA", None),
        (b"code=NONE", None),
        (b"code=%FF", None),
        (b"campaign=STRASSE", None),
    ],
)
def test_a_filter_goes_on_with_the_vouchers_own_code(asked: bytes, goes_on: bytes | None) -> None:
    view = caseless().given(voucher("Straße")).view
    found = spell_target(view, "/v1/vouchers", asked)
    assert found == ("/v1/vouchers", asked if goes_on is None else goes_on)


def test_of_two_rows_that_differ_in_case_one_is_imported() -> None:
    world = World(opened=False).given(ProjectOpened(PROJECT, case_sensitive_codes=False))
    started(world, ImportVouchers(), (new("Ten"), new("TEN")), (new("ten"),))
    run(world, 0)
    run(world, 1)
    assert (state(world).done, state(world).failed) == (1, 2)
    assert [each.code for each in world.view.scan(tables.VOUCHERS)] == ["Ten"]
