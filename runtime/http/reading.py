"""Bodies into shapes, with what a shape does not know of them.

A decoder passes over members that a shape does not have, and does not say which. So a shape is
read by its twin: the same shape, that refuses unknown members. It costs as much as the shape
itself. Only a body that it refuses is read again, by the shape, and then looked through.
"""

from collections.abc import Iterator, Mapping
from functools import cache, cached_property, reduce
from operator import or_
from types import GenericAlias, UnionType
from typing import Annotated, Any, Final, Generic, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Struct, inspect, structs
from starlette.requests import Request

from runtime.http.errors import invalid_payload
from runtime.http.ignored import Path, note_ignored
from runtime.http.lenient import Reader
from runtime.http.payload import check_text, describe_complaint, malformed_body

T = TypeVar("T")

_any_json: Final = msgspec.json.Decoder()


class ShapeReader(Generic[T]):
    """Reads one shape; `kind` may also be a union with None, as of an optional member."""

    def __init__(self, kind: Any) -> None:
        self._known: Reader[T] = Reader(_twin(kind))
        self._plain: Reader[T] = Reader(kind)
        self._kind = kind

    def decode(self, content: bytes | msgspec.Raw, ignored: list[Path], at: Path = ()) -> T:
        """The value; what it does not know is gathered, `at` is where it stands in the body.

        Raises what a decoder raises.
        """
        value: T
        try:
            value = self._known.decode(content)
        except msgspec.ValidationError:
            value = self._plain.decode(content)
            ignored += _unknown(self._type, _any_json.decode(content), at)
        return value

    @cached_property
    def _type(self) -> inspect.Type:
        """What the shape has, which takes longer to find out than a body to read."""
        return inspect.type_info(self._kind)


def read_shape(request: Request, content: bytes, reader: ShapeReader[T]) -> T:
    """A body's value; what nobody reads of it is noted. Raises ApiError `invalid_payload`."""
    check_text(content)
    ignored: list[Path] = []
    try:
        value = reader.decode(content, ignored)
    except msgspec.ValidationError as error:
        raise invalid_payload(describe_complaint(str(error))) from None
    except (ValueError, RecursionError):
        raise malformed_body() from None
    note_ignored(request, ignored)
    return value


@cache
def _strict(kind: type[Struct]) -> type[Struct]:
    """The shape that has the same members, and refuses all others.

    It is a kind of the shape and equal to it, so that nobody else has to know.
    """

    def equals(one: Struct, other: object) -> bool:
        return isinstance(other, kind) and structs.astuple(one) == structs.astuple(other)

    def differs(one: Struct, other: object) -> bool:
        return not equals(one, other)

    def hashed(one: Struct) -> int:
        return hash(kind(*structs.astuple(one)))

    fields = [_field(each) for each in structs.fields(kind)]
    namespace = {"__eq__": equals, "__ne__": differs, "__hash__": hashed}
    return msgspec.defstruct(
        kind.__name__, fields, bases=(kind,), namespace=namespace, forbid_unknown_fields=True
    )


def _field(field: structs.FieldInfo) -> Any:
    if field.required:
        return (field.name, _twin(field.type))
    if field.default is not msgspec.NODEFAULT:
        return (field.name, _twin(field.type), field.default)
    return (field.name, _twin(field.type), msgspec.field(default_factory=field.default_factory))


def _twin(kind: Any) -> Any:
    """A type with the twins of the shapes in it."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return Annotated[_twin(args[0]), *args[1:]]
    if origin in (Union, UnionType):
        return reduce(or_, map(_twin, args))
    if origin is tuple:
        return GenericAlias(tuple, (_twin(args[0]), ...))
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _strict(kind)
    return kind


@cache
def _members(kind: type[Struct]) -> Mapping[str, inspect.Type]:
    """The types of a shape's members by the names that a body has for them."""
    found = inspect.type_info(kind)
    assert isinstance(found, inspect.StructType)
    return {field.encode_name: field.type for field in found.fields}


def _unknown(kind: inspect.Type, value: Any, at: Path) -> Iterator[Path]:
    """The paths of the members that a type does not know of a JSON value."""
    match kind:
        case inspect.UnionType():
            for each in kind.types:
                yield from _unknown(each, value, at)
        case inspect.VarTupleType() if isinstance(value, list):
            for index, item in enumerate(value):
                yield from _unknown(kind.item_type, item, (*at, index))
        case inspect.StructType() if isinstance(value, dict):
            fields = _members(kind.cls)
            shown: frozenset[str] = getattr(kind.cls, "SHOWN", frozenset())
            for name, member in value.items():
                if name not in fields:
                    if member is not None and name not in shown:
                        yield (*at, name)
                elif isinstance(member, dict | list):
                    yield from _unknown(fields[name], member, (*at, name))
