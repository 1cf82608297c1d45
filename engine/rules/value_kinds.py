"""What kinds of values conditions are asked of; `any` is what metadata has."""

from typing import Literal

Kind = Literal["number", "text", "list", "date", "flag", "segment", "items", "any"]
