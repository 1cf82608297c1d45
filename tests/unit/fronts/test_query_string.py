"""Query strings in the spellings of the official clients, and what is refused."""

from collections.abc import Callable

import pytest

from fronts.query_string import (
    Condition,
    Page,
    Range,
    conditions_of,
    flag_of,
    page_of,
    range_of,
    read_parameters,
    require_known,
    single_parameter,
    text_of,
    yes_of,
)
from runtime.http.errors import ApiError

ORDERS = frozenset({"created_at", "id"})


def refused(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(ApiError) as caught:
        call()
    return caught.value.refusal.key, caught.value.refusal.details or ""


@pytest.mark.parametrize(
    "names",
    [
        ["filters[voucher_code][conditions][$in][0]", "filters[voucher_code][conditions][$in][1]"],
        [
            "[filters][voucher_code][conditions][$in][0]",
            "[filters][voucher_code][conditions][$in][1]",
        ],
        ["filters[voucher_code][conditions][$in][]", "filters[voucher_code][conditions][$in][]"],
        ["filters[voucher_code][conditions][$in]", "filters[voucher_code][conditions][$in]"],
    ],
)
def test_lists_of_values_are_read_in_every_spelling(names: list[str]) -> None:
    given = read_parameters(zip(names, ("A", "B"), strict=True))
    wanted = Condition("voucher_code", "$in", ("A", "B"), names[0])
    assert conditions_of(given) == ([wanted], "and")


@pytest.mark.parametrize(
    "values", [["A"], ["A", "it's", 'say "B"', "C, D", "back\\slash", "ü\n"], ["[x]", "'"]]
)
def test_a_list_that_python_wrote_is_taken_apart(values: list[str]) -> None:
    """The official Python client writes the text of a list in the place of several parameters."""
    name = "filters[voucher_code][conditions][$not_in]"
    (found,) = conditions_of(read_parameters([(name, str(values))]))[0]
    assert found == Condition("voucher_code", "$not_in", tuple(values), name)
    assert [each.value for each in read_parameters([("ids", str(values))])] == values


def test_numbers_in_a_list_that_python_wrote_are_values_too() -> None:
    given = read_parameters([("filters[gift.amount][conditions][$in]", "[100, -2.5]")])
    assert [each.value for each in given] == ["100", "-2.5"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("filters[voucher_code][conditions][$is]", "['A', 'B']"),
        ("ids", "[]"),
        ("ids", "['A'"),
        ("ids", "['A',,'B']"),
        ("ids", r"['\x']"),
        ("ids", r"['\ud800']"),
    ],
)
def test_what_is_no_list_is_a_value_as_it_is(name: str, value: str) -> None:
    assert [each.value for each in read_parameters([(name, value)])] == [value]


def test_each_item_of_a_list_may_be_as_long_as_a_value() -> None:
    assert len(read_parameters([("ids", str(["x" * 512] * 100))])) == 100
    key, details = refused(lambda: read_parameters([("ids", str(["A", "x" * 513]))]))
    assert (key, "longer than" in details) == ("invalid_query_params", True)
    assert refused(lambda: read_parameters([("ids", str(["A"] * 201))]))[0] == key


def test_each_of_several_ids_in_one_text_may_be_as_long_as_a_value() -> None:
    page_of_ids = ",".join(f"camp_{number:024x}" for number in range(100))
    assert [each.value for each in read_parameters([("ids", page_of_ids)])] == [page_of_ids]
    key, details = refused(lambda: read_parameters([("ids", "camp_1," + "x" * 513)]))
    assert (key, "longer than" in details) == ("invalid_query_params", True)


def test_the_junction_is_read_in_any_case() -> None:
    assert conditions_of(read_parameters([("filters[junction]", "OR")])) == ([], "or")


def test_newest_first_ten_at_a_time_unless_said_otherwise() -> None:
    assert page_of([], ORDERS) == Page(10, 0, "created_at", True)
    given = read_parameters([("limit", "100"), ("page", "1000"), ("order", "id")])
    assert page_of(given, ORDERS) == Page(100, 99_900, "id", False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"), ("limit", "101"), ("limit", "-1"), ("limit", "ten"), ("limit", ""),
        ("limit", "1e1"), ("limit", "٣"), ("limit[x]", "1"), ("page", "0"), ("page", "1.5"),
        ("order", "name"), ("order", "--id"), ("order", ""),
    ],
)  # fmt: skip
def test_a_bad_page_is_refused_by_name(name: str, value: str) -> None:
    key, details = refused(lambda: page_of(read_parameters([(name, value)]), ORDERS))
    assert key == "invalid_query_params"
    assert f"`{name}`" in details


def test_a_page_over_the_limit_has_an_error_of_its_own() -> None:
    assert refused(lambda: page_of(read_parameters([("page", "1001")]), ORDERS))[0] == (
        "page_over_limit"
    )


@pytest.mark.parametrize("name", ["created_at[after]", "[created_at][after]"])
@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("1970-01-02", 86_400_000),
        ("1970-01-01T00:00:01.500Z", 1500),
        ("1970-01-01T02:00:00+02:00", 0),
        ("1970-01-01T02:00:00 02:00", 0),
        ("1970-01-01 00:00:01", 1000),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("0001-01-01", -62_135_596_800_000),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999),
    ],
)
def test_times_are_read_as_utc(name: str, value: str, at: int) -> None:
    assert range_of(read_parameters([(name, value)]), "created_at") == Range(after=at)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("created_at[before]", "yesterday"),
        ("created_at[before]", "2024-13-01"),
        ("created_at[after]", "0001-01-01T00:00:00+14:00"),
        ("created_at[before]", "9999-12-31T23:59:59-14:00"),
        ("created_at[since]", "2024-01-01"),
        ("created_at", "2024-01-01"),
    ],
)
def test_a_bad_range_is_refused_by_name(name: str, value: str) -> None:
    key, details = refused(lambda: range_of(read_parameters([(name, value)]), "created_at"))
    assert key == "invalid_query_params"
    assert f"`{name}`" in details


@pytest.mark.parametrize(
    "name",
    [
        "filters",
        "filters[voucher_code]",
        "filters[a][conditions]",
        "filters[a][conditions][$is][x]",
    ],
)
def test_a_filter_of_another_form_is_refused(name: str) -> None:
    assert refused(lambda: conditions_of(read_parameters([(name, "x")])))[0] == (
        "invalid_query_params"
    )


@pytest.mark.parametrize("name", ["", "a]b", "[", "a[b", "a[[b]]"])
def test_a_name_that_is_no_path_is_refused(name: str) -> None:
    assert refused(lambda: read_parameters([(name, "x")]))[0] == "invalid_query_params"


def test_too_many_too_long_unknown_and_double_are_refused() -> None:
    assert refused(lambda: read_parameters([("a", "x")] * 201))[0] == "invalid_query_params"
    assert refused(lambda: read_parameters([("a", "x" * 513)]))[0] == "invalid_query_params"
    given = read_parameters([("a", "x"), ("a", "y")])
    assert refused(lambda: require_known(given, frozenset({"b"})))[1] == (
        "Query param `a` is not supported; supported: b"
    )
    assert refused(lambda: single_parameter(given, "a"))[0] == "invalid_query_params"


def test_an_empty_value_is_told_from_none() -> None:
    assert text_of([], "customer") is None
    assert text_of(read_parameters([("customer", "ann")]), "customer") == "ann"
    empty = read_parameters([("customer", "")])
    assert refused(lambda: text_of(empty, "customer")) == (
        "invalid_query_params",
        "Query param `customer` must not be empty",
    )


def test_what_a_model_leaves_out_is_left_out() -> None:
    """The official Python client writes `None` for it; as an item of a list it is a word."""
    name = "filters[type][conditions][$in]"
    left_out = [
        (name, "None"), ("filters[campaigns]", "None"), ("[filters][junction]", "None"),
        ("access_settings[filter][areas_ids]", "None"),
    ]  # fmt: skip
    assert read_parameters(left_out) == []
    for given in ([(f"{name}[0]", "None")], [(f"{name}[]", "None")], [(name, "['None']")]):
        ((condition,), _) = conditions_of(read_parameters(given))
        assert condition.values == ("None",)
    assert [each.value for each in read_parameters([("code", "None")])] == ["None"]


def test_days_of_the_week_come_as_a_list_by_any_operator() -> None:
    given = read_parameters([("filters[validity_day_of_week][conditions][$is]", "[1, 2]")])
    ((condition,), _) = conditions_of(given)
    assert condition.values == ("1", "2")
    (other,) = read_parameters([("filters[code][conditions][$is]", "[1, 2]")])
    assert other.value == "[1, 2]"


@pytest.mark.parametrize(
    ("said", "meant"),
    [("1", True), ("true", True), ("True", True), ("0", False), ("false", False), ("False", False)],
)
def test_one_and_zero_are_booleans_as_true_and_false_are(said: str, meant: bool) -> None:
    assert flag_of(read_parameters([("force", said)]), "force") is meant
    assert yes_of("filters[active][conditions][$is]", said) is meant


@pytest.mark.parametrize("said", ["2", "yes", "on", "01", "-1", "1.0", "tru\u00e9"])
def test_no_other_word_is_a_boolean(said: str) -> None:
    wanted = ("invalid_query_params", "Query param `force` must be `true` or `false`")
    assert refused(lambda: flag_of(read_parameters([("force", said)]), "force")) == wanted
    assert refused(lambda: yes_of("force", said)) == wanted
