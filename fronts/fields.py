"""The fields of which bodies are made: amounts, counts, instants, texts; and what bodies share."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictStr, model_validator

from fronts.empty_maps import maps_of
from schemas.base import AMOUNT_MAX, ID_LENGTH_MAX, QUANTITY_MAX, is_number

TEXT_LENGTH_MAX = 10_000


def read_whole(value: Any) -> Any:
    """Numbers in JSON may be written 1000.0; booleans and texts are not numbers."""
    if not is_number(value) or value != int(value):
        raise ValueError("a whole number is wanted")
    return int(value)


def _exact(value: Any) -> Any:
    if not is_number(value):
        raise ValueError("a number is wanted")
    return Decimal(str(value))


Amount = Annotated[int, BeforeValidator(read_whole), Field(ge=0, le=AMOUNT_MAX)]
#: An amount, or below zero what is taken off.
Change = Annotated[int, BeforeValidator(read_whole), Field(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
Count = Annotated[int, BeforeValidator(read_whole), Field(ge=0, le=QUANTITY_MAX)]
Percent = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, le=100)]
Day = Annotated[int, BeforeValidator(read_whole), Field(ge=0, le=6)]
Short = Annotated[StrictStr, Field(max_length=ID_LENGTH_MAX)]
Long = Annotated[StrictStr, Field(max_length=TEXT_LENGTH_MAX)]
#: A member that is calculated here: read and ignored, whatever it is.
Shown = Any


class Body(BaseModel):
    """A JSON object; an unknown member that is null is left out, any other is told.

    Where a map is meant, `[]` is an empty one (empty_maps.py).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _without_unknown_nulls(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return {} if given == [] else given
        maps = maps_of(cls)
        return {
            name: {} if value == [] and name in maps else value
            for name, value in given.items()
            if value is not None or name in cls.model_fields
        }
