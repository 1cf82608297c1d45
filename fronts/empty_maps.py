"""Which members of a body are maps: PHP has one kind of array, and writes an empty map as `[]`."""

from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel


@cache
def maps_of(kind: type[BaseModel]) -> frozenset[str]:
    """The members of a body that are maps, and so never a list."""
    return frozenset(name for name, field in kind.model_fields.items() if _is_map(field.annotation))


def _is_map(annotation: Any) -> bool:
    """Whether a member of that type is a map, or null."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _is_map(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return any(map(_is_map, get_args(annotation)))
    kind = origin or annotation
    return isinstance(kind, type) and issubclass(kind, dict | BaseModel)
