"""What the endpoints of metadata schemas take."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StrictBool, StrictStr, model_validator

from fronts.fields import Body, Short, Shown
from schemas.base import is_number
from schemas.metadata import PROPERTIES_MAX, PropertyType

ALLOWED_MAX = 200
LENGTH_MAX = 100_000
_SIMPLE_TEXTS = ("string", "image_url")


def _check_number(value: Any) -> Any:
    if not is_number(value):
        raise ValueError("a number is wanted")
    return value


def _check_allowed(value: Any) -> Any:
    if not (is_number(value) or isinstance(value, str)):
        raise ValueError("a number or a string is wanted")
    return value


Number = Annotated[Any, BeforeValidator(_check_number)]
Length = Annotated[int, Field(strict=True, ge=0, le=LENGTH_MAX)]


class PropertyBody(Body):
    """What one property of metadata may hold."""

    type: PropertyType
    optional: StrictBool = False
    array: StrictBool = False
    deleted: StrictBool | None = None
    object_type: Short | None = None
    min_length: Length | None = None
    max_length: Length | None = None
    exact_length: Length | None = None
    eq: Annotated[
        list[Annotated[Any, BeforeValidator(_check_allowed)]] | None, Field(max_length=ALLOWED_MAX)
    ] = None
    ne: Annotated[
        list[Annotated[Any, BeforeValidator(_check_allowed)]] | None, Field(max_length=ALLOWED_MAX)
    ] = None
    lt: Number | None = None
    lte: Number | None = None
    gt: Number | None = None
    gte: Number | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        for name in ("min_length", "max_length", "exact_length"):
            if getattr(self, name) is not None and self.type not in _SIMPLE_TEXTS:
                raise ValueError(f"{name} does not belong to the type {self.type}")
        for name in ("lt", "lte", "gt", "gte"):
            if getattr(self, name) is not None and self.type != "number":
                raise ValueError(f"{name} does not belong to the type {self.type}")
        if self.object_type is not None and self.type != "object":
            raise ValueError(f"object_type does not belong to the type {self.type}")
        for name in ("eq", "ne"):
            values = getattr(self, name)
            if values is not None and self.type in ("object", "geopoint", "boolean"):
                raise ValueError(f"{name} does not belong to the type {self.type}")
            kinds = int | float if self.type == "number" else str
            if not all(isinstance(each, kinds) for each in values or ()):
                raise ValueError(f"the values of {name} are not of the type {self.type}")
        return self


PropertyName = Annotated[StrictStr, Field(min_length=1, max_length=128)]
Properties = Annotated[dict[PropertyName, PropertyBody], Field(max_length=PROPERTIES_MAX)]


class CreateSchemaBody(Body):
    """The schema of a kind of object that has none."""

    related_object: Annotated[StrictStr, Field(min_length=1, max_length=128)]
    properties: Properties
    allow_defined_only: StrictBool | None = None


class UpdateSchemaBody(Body):
    """The properties take the place of those before; the rest is as it is shown."""

    properties: Properties
    allow_defined_only: StrictBool | None = None
    related_object: Short | None = None
    id: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
    object: Literal["metadata_schema"] | None = None
