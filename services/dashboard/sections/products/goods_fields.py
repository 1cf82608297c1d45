"""What the forms of a product and of a SKU ask for alike."""

from collections.abc import Mapping
from typing import Final

from htpy import Node

from services.dashboard.parts.forms import Errors, field_area, field_text
from services.dashboard.parts.show import Row, Show, write_minor
from services.dashboard.sections.saving import show_metadata

METADATA_HINT: Final = "One a line: name = value. Numbers, true, false and JSON keep their kind; text that looks so goes in quotes."

Values = Mapping[str, str]


def values_of_goods(row: Row) -> dict[str, str]:
    """What both show of one that there is."""
    return {
        "source_id": str(row.get("source_id") or ""),
        "price": write_minor(row.get("price")),
        "image_url": str(row.get("image_url") or ""),
        "metadata": show_metadata(row.get("metadata")),
    }


def field_source_id(values: Values, row: Row | None, errors: Errors | None) -> Node:
    """What the shop calls it: asked for once."""
    return field_text(
        "source_id",
        "Source id",
        values.get("source_id"),
        errors=errors,
        hint="It cannot change" if row else "What the shop calls it; it cannot change later",
        readonly=row is not None,
        autocomplete="off",
    )


def field_price(values: Values, show: Show, errors: Errors | None, hint: str = "") -> Node:
    """A price in the project's currency."""
    return field_text(
        "price",
        f"Price ({show.currency})",
        values.get("price"),
        errors=errors,
        hint=hint,
        inputmode="decimal",
        autocomplete="off",
    )


def field_picture(values: Values, errors: Errors | None) -> Node:
    """Where its picture is."""
    return field_text(
        "image_url", "Address of a picture", values.get("image_url"), errors=errors, kind="url"
    )


def field_metadata(values: Values, errors: Errors | None) -> Node:
    """Its metadata, one a line."""
    return field_area(
        "metadata",
        "Metadata",
        values.get("metadata"),
        hint=METADATA_HINT,
        errors=errors,
        spellcheck="false",
    )
