"""What a value shows of its type: the structs that are in it, and their members that are set.

A member at its default is left out of what is stored, so no example keeps it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import NODEFAULT, Struct, inspect

from schemas.personal import Personal, PersonalData

#: A struct's name, and one of its members; an empty one stands for the struct itself.
Part = tuple[str, str]


def structs_of(*kinds: Any) -> Mapping[str, type[Struct]]:
    """The structs that values of the types can hold, by their names. Two may not have one name."""
    found: dict[str, type[Struct]] = {}
    waiting = [inspect.type_info(kind) for kind in kinds]
    while waiting:
        for struct in _structs_in(waiting.pop()):
            known = found.get(struct.cls.__name__)
            assert known in (None, struct.cls), f"two structs are called {struct.cls.__name__}"
            if known is None:
                found[struct.cls.__name__] = struct.cls
                waiting += [field.type for field in struct.fields]
    return dict(sorted(found.items()))


def _structs_in(kind: inspect.Type) -> Iterator[inspect.StructType]:
    """The structs that a type names, without those within them."""
    match kind:
        case inspect.StructType():
            yield kind
        case inspect.UnionType(types=kinds) | inspect.TupleType(item_types=kinds):
            for each in kinds:
                yield from _structs_in(each)
        case inspect.VarTupleType(item_type=inner) | inspect.Metadata(type=inner):
            yield from _structs_in(inner)
        case inspect.DictType(value_type=inner):
            yield from _structs_in(inner)
        case inspect.CustomType(cls=custom) if custom is Personal:
            yield from _structs_in(inspect.type_info(PersonalData))
        case inspect.CustomType() | inspect.ListType():
            raise AssertionError(f"nobody knows what a {kind} holds")


def parts_of(*kinds: Any) -> set[Part]:
    """Everything that values of the types can show."""
    return {
        (name, member)
        for name, struct in structs_of(*kinds).items()
        for member in ("", *struct.__struct_fields__)
    }


def parts_in(value: Any) -> Iterator[Part]:
    """What a value shows; some of it again and again."""
    if isinstance(value, Personal):
        value = value.data
    if isinstance(value, Struct):
        name = type(value).__name__
        yield name, ""
        for field in msgspec.structs.fields(value):
            member = getattr(value, field.name)
            if field.required or member != _default(field):
                yield name, field.name
                yield from parts_in(member)
    elif isinstance(value, tuple):
        for each in value:
            yield from parts_in(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from parts_in(each)


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default if field.default_factory is NODEFAULT else field.default_factory()
