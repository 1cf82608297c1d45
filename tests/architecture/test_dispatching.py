"""What finds choices by kinds finds them in every spelling, and nothing that is none."""

import ast

import pytest

from tests.architecture.dispatching import Spelling, dispatches, is_named, with_unions

KINDS = frozenset({"Created", "Deleted"})
UNIONS = "Changed = Created | Deleted\n"


def found(code: str) -> set[tuple[Spelling, str]]:
    tree = ast.parse(UNIONS + code)
    return {(each.spelling, each.name) for each in dispatches(tree, with_unions([tree], KINDS))}


@pytest.mark.parametrize(
    "code",
    [
        "TABLE = {Created: tell}",
        "TABLE: Mapping[type[Any], Tell] = MappingProxyType({Created: tell})",
        "TABLE = dict([(Created, tell)])",
        "TABLE = dict.fromkeys((Created, Deleted), tell)",
        "TABLE = {kind: tell for kind in (Created, Deleted)}",
        "TABLE = frozenset({Created})",
        "TABLE = get_args(Changed)",
        "TABLE = {'created': Created}",
        "TABLE = {events.Created: tell}",
        "TABLE = StatePart(events=frozenset({Created}))",
        "from schemas.events import Created as Made\nTABLE = {Made: tell}",
    ],
)
def test_a_table_is_found(code: str) -> None:
    assert found(code) == {("table", "TABLE")}


@pytest.mark.parametrize(
    "body",
    [
        "return isinstance(event, Created)",
        "return isinstance(event, Created | Deleted)",
        "return isinstance(event, (Created, Deleted))",
        "return isinstance(event, Changed)",
        "return type(event) is Created",
        "return event.__class__ == events.Created",
        "return type(event) in (Created, Deleted)",
        "return {Created: 1}.get(type(event), 0)",
        "return {Created: 1}[type(event)]",
        "return next(only(record, Created))",
        "return type(event).__name__ == Created.__name__",
        "if isinstance(event, Created):\n        return 1\n    elif isinstance(event, Deleted):\n        return 2",
    ],
)
def test_what_a_function_asks_is_found(body: str) -> None:
    assert found(f"def tell(event):\n    {body}") == {("question", "tell")}


def test_what_a_method_asks_is_found_by_its_class() -> None:
    code = "class Fold:\n    def apply(self, event):\n        return isinstance(event, Created)"
    assert found(code) == {("question", "Fold.apply")}


def test_a_register_by_decorators_is_found() -> None:
    assert found("@tells(Created)\ndef tell(event):\n    pass") == {("question", "tell")}


@pytest.mark.parametrize("end", ["", "\n        case _:\n            pass"])
def test_a_match_that_may_fall_through_is_found(end: str) -> None:
    code = (
        "def tell(event):\n    match event:\n        case Created() | Deleted():\n            pass"
    )
    assert found(code + end) == {("match", "tell")}


@pytest.mark.parametrize("end", ["assert_never(event)", "raise ValueError(event)"])
def test_a_match_that_fails_for_all_others_is_none(end: str) -> None:
    code = "def tell(event):\n    match event:\n        case Created():\n            pass\n"
    assert found(f"{code}        case _:\n            {end}") == set()


@pytest.mark.parametrize(
    "code",
    [
        "from schemas.events import Created",
        "made = Created(1)",
        "def make(event: Created) -> tuple[Created | Deleted, ...]:\n    return (Created(1),)",
        "Told = Callable[[Created], None]",
        "kept: list[Created] = []",
        "class More(Created):\n    pass",
        "TAG = tag_of(Created)",
        "Else = Changed | None",
    ],
)
def test_what_names_a_kind_and_chooses_nothing_is_none(code: str) -> None:
    assert found(code) == set()


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("frozenset({Created, Deleted})", True),
        ("events_of(Created, SETUP_EVENTS)", True),
        ("events_of(Changed)", False),
        ("frozenset(get_args(Changed))", False),
        ("ALL - {Created}", False),
        ("events_of(*ALL)", False),
        ("frozenset(each for each in ALL)", False),
    ],
)
def test_a_set_is_named_where_nothing_of_it_is_computed(value: str, named: bool) -> None:
    assert is_named(ast.parse(value, mode="eval").body, frozenset({"Changed"})) is named
