"""Brands: a project has at most one."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from msgspec import structs

from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.base import Millis
from schemas.branding import (
    Brand,
    BrandAddress,
    BrandContact,
    BrandCreated,
    BrandDeleted,
    BrandNames,
    BrandUpdated,
    CreateBrand,
    DeleteBrand,
    UpdateBrand,
)
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse

Part = TypeVar("Part", BrandNames, BrandAddress, BrandContact)


def create_brand(
    view: View, command: Command, body: CreateBrand, now: Millis
) -> Decision | Refusal:
    """Gives a project its brand."""
    for known in view.scan(tables.BRANDS):
        return refuse(
            "duplicate_found",
            f"Duplicated branding exists with id {known.id}",
            resource_id=known.id,
            resource_type="branding",
        )
    brand = Brand(new_id(command.seed, "brand_"), body.brand, body.address, body.contact, now)
    return Decision((BrandCreated(brand),))


def update_brand(view: View, _: Command, body: UpdateBrand, now: Millis) -> Decision | Refusal:
    """Replaces what is named of a brand as it is now."""
    known = view.get(tables.BRANDS, body.brand_id)
    if known is None:
        return not_found("branding", body.brand_id)
    changed = structs.replace(
        known,
        brand=_with_named(known.brand, body.brand),
        address=_with_named(known.address, body.address),
        contact=_with_named(known.contact, body.contact),
        updated_at=now,
    )
    return Decision((BrandUpdated(changed),))


def delete_brand(view: View, _: Command, body: DeleteBrand, __: Millis) -> Decision | Refusal:
    """Takes a project's brand away."""
    if view.get(tables.BRANDS, body.brand_id) is None:
        return not_found("branding", body.brand_id)
    return Decision((BrandDeleted(body.brand_id),))


def _with_named(part: Part, named: Mapping[str, str | None]) -> Part:
    return structs.replace(part, **named)


DECISIONS: Decisions = MappingProxyType(
    {
        CreateBrand: create_brand,
        UpdateBrand: update_brand,
        DeleteBrand: delete_brand,
    }
)
