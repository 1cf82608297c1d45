"""A whole number is one however it is written: languages that only know floats write `1000.0`."""

import json
from collections.abc import Iterator
from typing import Any, Final, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect
from pydantic import BaseModel, TypeAdapter, ValidationError

from fronts.fields import Body
from runtime.http.lenient import Reader, plain_number
from schemas.api import Attempt, AttemptBody, SingleAttempt
from schemas.custom_events import CustomEventBody
from services.redemption.front import RollbackBody
from services.validation.promotions import PromotionsBody
from services.validation.qualification_body import QualificationsBody
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.world import CLIENT, World, asked

#: What every client-side struct is read from.
HOT: Final = (AttemptBody, RollbackBody, PromotionsBody, QualificationsBody, CustomEventBody)
SPELLINGS: Final = ("2.0", "2e0", "0.2e1", "20e-1", "2.000")
NO_WHOLE_NUMBERS: Final = ("0.3", '"2"', "2.5e0", "true", '"2.0"')


def integers(type_: inspect.Type) -> Iterator[tuple[str, ...]]:
    """The way to every integer of a type; `[]` is a list's member."""
    match type_:
        case inspect.UnionType(types=types):
            for each in types:
                yield from integers(each)
        case inspect.StructType(fields=fields):
            for field in fields:
                yield from ((field.encode_name, *rest) for rest in integers(field.type))
        case inspect.VarTupleType(item_type=inner):
            yield from (("[]", *rest) for rest in integers(inner))
        case inspect.IntType():
            yield ()


def spelled(way: tuple[str, ...], number: str) -> str:
    """JSON with nothing but that number, at the end of the way."""
    if not way:
        return number
    inner = spelled(way[1:], number)
    if way[0] == "[]":
        return f"[{inner}]"
    needed = {
        "gift": '"object": "voucher", "id": "A", ',
        "reward": '"object": "voucher", "id": "A", ',
        "points": '"id": "rew_1", ',
    }.get(way[0], "")
    return f'{{{needed}"{way[0]}": {inner}}}'


WAYS: Final = [
    pytest.param(kind, way, id=f"{kind.__name__}.{'.'.join(way)}")
    for kind in HOT
    for way in integers(inspect.type_info(kind))
]
REST: Final = {
    AttemptBody: {"redeemables": [{"object": "voucher", "id": "A"}]},
    CustomEventBody: {"event": "e", "customer": {}},
}


def whole(kind: Any, way: tuple[str, ...], number: str) -> bytes:
    said = spelled(way, number)
    rest = json.dumps(REST.get(kind, {}))
    return f"{rest[:-1]}{',' if len(rest) > 2 else ''}{said[1:]}".encode()


@pytest.mark.parametrize(("kind", "way"), WAYS)
def test_every_integer_of_a_hot_body_may_be_written_as_a_float(
    kind: Any, way: tuple[str, ...]
) -> None:
    reader: Reader[Any] = Reader(kind)
    plain = reader.decode(whole(kind, way, "2"))
    for each in SPELLINGS:
        assert reader.decode(whole(kind, way, each)) == plain
    for each in NO_WHOLE_NUMBERS:
        with pytest.raises(msgspec.ValidationError):
            reader.decode(whole(kind, way, each))


def test_the_hot_bodies_have_integers_to_be_looked_at() -> None:
    ways = {".".join(way) for way in integers(inspect.type_info(AttemptBody))}
    assert {"order.amount", "order.items.[].quantity", "redeemables.[].gift.credits"} <= ways
    assert ("options", "limit") in set(integers(inspect.type_info(QualificationsBody)))
    for kind in (Attempt, SingleAttempt):  # raw parts are read one by one, as these
        assert not list(integers(inspect.type_info(kind)))


def bodies(kind: type[BaseModel] = Body) -> Iterator[type[BaseModel]]:
    for each in kind.__subclasses__():
        yield each
        yield from bodies(each)


def is_integer(annotation: Any) -> bool:
    return annotation is int or any(map(is_integer, get_args(annotation)))


#: Of these a text or a date is what is meant, and an integer what is made of it.
OTHERWISE: Final = frozenset(
    {
        "start_date",
        "expiration_date",
        "created_at",
        "at",
        "begins_at",
        "ends_at",
        "closes_at",
        "points_ratio",
        "eq",
        "ne",
    }
)
#: Of these a text of the digits means the same: the official Python client sends no other.
TEXTS: Final = frozenset({"PrizeBody.amount"})
FIELDS: Final = [
    pytest.param(each, name, id=f"{each.__name__}.{name}")
    for each in bodies()
    for name, field in each.model_fields.items()
    if name not in OTHERWISE and is_integer(field.annotation)
]


def as_field(kind: type[BaseModel], name: str, number: Any) -> Any:
    """What the member of a body is read as; lists and maps hold one number."""
    field = kind.model_fields[name]
    adapter: TypeAdapter[Any] = TypeAdapter(field.rebuild_annotation())
    found = json.dumps(number)
    for value in (number, [number], {"cat_1": number}):
        try:
            return adapter.validate_python(value)
        except ValidationError:
            continue
    raise ValueError(found)


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_every_integer_of_a_management_body_may_be_written_as_a_float(
    kind: type[BaseModel], name: str
) -> None:
    assert as_field(kind, name, plain_number("2.0")) == as_field(kind, name, 2)
    is_text_read = f"{kind.__name__}.{name}" in TEXTS
    for each in (0.3, "2.0" if is_text_read else "2"):
        with pytest.raises(ValueError, match=r".*"):
            as_field(kind, name, each)
    assert not is_text_read or as_field(kind, name, "2") == 2


NUMBERS: Final = st.integers(1, 10**15)


@settings(deadline=None)
@given(NUMBERS, st.integers(1, 10**9), st.sampled_from(["{}.0", "{}e0", "{}.000", "{}0e-1"]))
def test_law_a_float_without_a_fraction_is_read_as_the_integer(
    amount: int, quantity: int, spelling: str
) -> None:
    def body(amount: str, quantity: str) -> bytes:
        return (
            f'{{"redeemables":[{{"object":"voucher","id":"1.0"}}],"order":{{"amount":{amount},'
            f'"items":[{{"quantity":{quantity},"price":5}}]}},"metadata":{{"n":1.5}}}}'
        ).encode()

    reader: Reader[AttemptBody] = Reader(AttemptBody)
    read = reader.decode(body(spelling.format(amount), spelling.format(quantity)))
    assert read == reader.decode(body(str(amount), str(quantity)))


def test_a_whole_number_of_metadata_is_one_wherever_it_comes() -> None:
    reader: Reader[CustomEventBody] = Reader(CustomEventBody)
    read = reader.decode(b'{"event":"e","customer":{},"metadata":{"n":10.0,"m":[-0.0,1.5]}}')
    assert str(read.metadata) == "{'n': 10, 'm': [0, 1.5]}"
    with pytest.raises(msgspec.ValidationError, match="Number out of range"):
        reader.decode(b'{"event":"e","customer":{},"metadata":{"n":1e400}}')


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_law_a_number_without_a_type_keeps_its_value(value: float) -> None:
    read = plain_number(repr(value))
    assert read == value
    assert isinstance(read, int) == (value.is_integer() and abs(value) <= 2**53)


def written(body: dict[str, Any]) -> bytes:
    """The body with all its integers written as floats."""
    return json.dumps(_as_floats(body)).encode()


def _as_floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_floats(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_as_floats(each) for each in value]
    return float(value) if type(value) is int else value


ORDER: Final = {"items": [{"product_id": "p", "quantity": 2, "price": 500}]}
OFF: Final = {"type": "AMOUNT", "amount_off": 300}
RULES: Final = {
    "1": {"name": "order.amount", "conditions": {"$more_than": [100]}},
    "2": {"name": "redemption.date", "conditions": {"$dow": [0, 1, 2, 3, 4, 5, 6]}},
}
BUNDLE: Final = {
    "1": {
        "name": "order.items.any",
        "conditions": {"$is": [{"id": "p", "object": "product", "type": "product_or_sku"}]},
        "rules": {
            "1": {"name": "order.items.aggregated_quantity", "conditions": {"$is": [2]}},
        },
    },
    "limit": 3,
}
CALLS: Final[list[tuple[str, str, dict[str, Any]]]] = [
    ("POST", "/v1/validations", asked("A", amount=None) | {"order": ORDER}),
    ("POST", "/v1/validations", asked("G", amount=900) | {"session": {"ttl": 5}}),
    ("POST", "/v1/redemptions", asked("A", amount=1000)),
    ("POST", "/v1/vouchers/A/redemption", {"order": ORDER}),
    ("POST", "/v1/vouchers/G/redemption", {"gift": {"credits": 5}, "order": {"amount": 10}}),
    ("POST", "/v1/vouchers/A/validate", {"order": {"amount": 1000}}),
    ("POST", "/v1/promotions/validation", {"order": ORDER}),
    ("POST", "/v1/qualifications", {"order": ORDER, "options": {"limit": 5}}),
    ("POST", "/v1/orders", {"amount": 1000, **ORDER}),
    ("POST", "/v1/vouchers/B", {"type": "DISCOUNT_VOUCHER", "discount": OFF,
                                "redemption": {"quantity": 2}, "validity_day_of_week": [0, 6]}),
    ("POST", "/v1/vouchers/G/balance", {"amount": -5}),
    ("POST", "/v1/campaigns", {"name": "C", "vouchers_count": 2, "voucher": {
        "discount": OFF, "code_config": {"length": 9}}}),
    ("POST", "/v1/products", {"name": "p", "price": 500}),
    ("POST", "/v1/categories", {"name": "c", "hierarchy": 1}),
    ("POST", "/v1/validation-rules", {"name": "r", "rules": RULES, "bundle_rules": BUNDLE,
        "applicable_to": {"included": [{"object": "product", "id": "p", "quantity_limit": 2}]}}),
    ("POST", "/v1/segments", {"name": "s", "filter": {
        "summary.orders.total_amount": {"conditions": {"$more_than": [5]}}}}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_a_body_of_floats_does_what_the_one_of_integers_does(
    method: str, path: str, body: dict[str, Any]
) -> None:
    commands, answers = [], []
    for content in (json.dumps(body).encode(), written(body)):
        async with World() as world:
            await world.voucher("A")
            await world.gift("G", 1000)
            answer = await world.http.request(
                method, path, content=content, headers={"X-App-Id": "app", "X-App-Token": "t-app"}
            )
            assert answer.status_code == 200, answer.text
            told = [msgspec.to_builtins(each.body) for each in world.ledger.commands]
            commands.append([each | {"request_id": None} for each in told])
            answers.append(answer.json())
    for name in ("request_id", "tracking_id", "id"):  # made anew with each qualification
        for answer in answers:
            answer.pop(name, None)
    assert commands[0] == commands[1]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("number", ["0.3", '"2"', "1e300"])
async def test_what_is_no_whole_number_stays_refused_and_is_recorded(
    world: World, number: str
) -> None:
    await world.voucher("A")
    body = f'{{"redeemables":[{{"object":"voucher","id":"A"}}],"order":{{"amount":{number}}}}}'
    answer = await world.http.post(
        "/v1/redemptions",
        content=body.encode(),
        headers={"X-App-Id": "app", "X-App-Token": "t-app"},
    )
    assert refused(answer) == (400, "invalid_amount")
    assert "`.order.amount`" in answer.json()["details"]
    assert answer.json()["resource_id"].startswith("rf_")


async def test_a_file_may_write_whole_numbers_as_floats(world: World) -> None:
    file = "Code,Value,Discount Type,Redemption Limit,Redeemed Quantity\nF,15.0,AMOUNT,3.0,1.00\n"
    answer = await world.http.post(
        "/v1/vouchers/importCSV",
        content=file.encode(),
        headers={"X-App-Id": "app", "X-App-Token": "t-app", "Content-Type": "text/csv"},
    )
    assert answer.status_code == 202
    (staged,) = [each.body.rows for each in world.ledger.commands if hasattr(each.body, "rows")]
    (row,) = staged
    assert row["do"]["fields"] == {"quantity": 3, "redeemed_quantity": 1}


async def test_a_query_may_write_whole_numbers_as_floats(world: World) -> None:
    await world.voucher("A")
    path = "/client/v1/validate?code=A&amount=1000.0&item[0][quantity]=2.0&item[0][price]=5e2"
    answer = await world.call("GET", path, None, CLIENT)
    assert answer.status_code == 200, answer.text
    assert answer.json()["order"]["items"][0]["amount"] == 1000
    wrong = await world.call("GET", "/client/v1/validate?code=A&amount=0.3", None, CLIENT)
    assert refused(wrong) == (400, "invalid_query_params")
