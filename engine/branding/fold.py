"""Brands in the state."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.branding import BrandCreated, BrandDeleted, BrandUpdated


def brand_stored(state: State, event: BrandCreated | BrandUpdated, _: Millis) -> None:
    """The brand is as the event has it."""
    state.put(tables.BRANDS, event.brand, event.brand.id)


def brand_deleted(state: State, event: BrandDeleted, _: Millis) -> None:
    """There is no brand."""
    state.delete(tables.BRANDS, event.brand_id)


FOLDS: Folds = MappingProxyType(
    {
        BrandCreated: brand_stored,
        BrandUpdated: brand_stored,
        BrandDeleted: brand_deleted,
    }
)
