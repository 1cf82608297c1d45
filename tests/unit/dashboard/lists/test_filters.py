"""Filters as an address keeps them: what goes out comes back."""

from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from services.dashboard.lists.fields import IN_DAYS, WITHOUT_VALUE, Condition, make_condition
from services.dashboard.lists.query import SIZES, Query, read_query
from services.dashboard.parts.show import Show, read_minor, write_minor
from services.dashboard.sections.redemptions.fields import FIELDS
from services.dashboard.sections.redemptions.pages import REDEMPTIONS
from tests.unit.dashboard.kit import Browser, FakeApi

NAMES = [each for each in FIELDS if each.name != "metadata"]
TEXTS = st.text(min_size=1, max_size=40).map(str.strip).filter(bool)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    field = draw(st.sampled_from(NAMES))
    op = draw(st.sampled_from(field.operators))
    value = "" if op in WITHOUT_VALUE else "7" if op in IN_DAYS else draw(TEXTS)
    found = make_condition(FIELDS, field.name, op, value)
    assert found is not None
    return found


queries = st.builds(
    Query,
    path=st.just(REDEMPTIONS.path),
    default_order=st.just(REDEMPTIONS.order),
    conditions=st.lists(conditions(), max_size=5).map(tuple),
    order=st.sampled_from([*REDEMPTIONS.sorts, *(f"-{each}" for each in REDEMPTIONS.sorts)]),
    page=st.integers(1, 1000),
    size=st.sampled_from(SIZES),
    open=st.text(max_size=40),
    columns=st.lists(st.sampled_from(["id", "status"]), unique=True).map(tuple),
    view=st.text(max_size=40),
)


@given(queries)
def test_a_list_s_address_leads_back_to_the_same_list(query: Query) -> None:
    address = query.href()
    params = QueryParams(address.partition("?")[2])
    assert (
        read_query(params, query.path, FIELDS, order=query.default_order, sorts=REDEMPTIONS.sorts)
        == query
    )


@given(st.text(max_size=60))
def test_whatever_an_address_says_a_list_can_be_shown(text: str) -> None:
    params = QueryParams([("f", text), ("page", text), ("size", text), ("order", text)])
    query = read_query(params, "/redemptions", FIELDS, order="-created_at", sorts=REDEMPTIONS.sorts)
    assert 1 <= query.page <= 1000
    assert query.for_api(FIELDS, Show("Etc/UTC", "EUR"))


def test_a_filter_is_told_to_the_api_in_its_words() -> None:
    query = Query(
        "/redemptions",
        "-created_at",
        (
            Condition("result", "is", "FAILURE"),
            Condition("amount", "more_than", "12.50"),
            Condition("metadata.shop", "is", "Gdynia"),
            Condition("created_at", "after", "2026-03-29T01:30"),
        ),
    )
    assert query.filters_for_api(FIELDS, Show("Europe/Warsaw", "EUR")) == [
        ("filters[result][conditions][$is]", "FAILURE"),
        ("filters[amount][conditions][$more_than]", "1250"),
        ("filters[metadata.shop][conditions][$is]", "Gdynia"),
        ("created_at[after]", "2026-03-29T00:30:00Z"),
    ]


@given(st.integers(-(10**15), 10**15))
def test_an_amount_is_read_as_it_was_written(minor: int) -> None:
    assert read_minor(write_minor(minor)) == minor


def test_what_is_chosen_by_id_stands_by_its_name() -> None:
    api = FakeApi()
    api.says("GET", "/v1/redemptions", {"redemptions": [], "total": 0})
    api.says("GET", "/v1/customers/cust_1", {"id": "cust_1", "name": "Ada Green"})
    address = "/redemptions?f=customer_id:is:cust_1&f=customer_id:is_not:cust_gone"
    chips = Browser(api).get(address).texts("span", class_="chip")
    assert chips == ["Customer is Ada Green", "Customer is not cust_gone"]
