"""The brand of a project."""

from engine.kernel import tables
from schemas.branding import (
    PERMISSION_REMINDER,
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
from tests.unit.engine.world import NOON, World, only, refused

CREATE = CreateBrand(
    BrandNames("Green Tea"),
    BrandAddress("Lindenweg 1", "Berlin", "Germany"),
    BrandContact("a@b.test"),
)


def test_a_brand_is_made_changed_and_deleted() -> None:
    world = World()
    brand = only(world.when(CREATE), BrandCreated).brand
    assert brand == Brand(brand.id, CREATE.brand, CREATE.address, CREATE.contact, NOON)
    assert brand.brand.permission_reminder == PERMISSION_REMINDER
    change = UpdateBrand(brand.id, {"website_url": "https://tea.test"}, {"postal": "10115"}, {})
    changed = only(world.when(change), BrandUpdated).brand
    assert changed.brand == BrandNames("Green Tea", website_url="https://tea.test")
    assert (changed.address.postal, changed.address.city) == ("10115", "Berlin")
    assert (changed.contact, changed.updated_at) == (brand.contact, NOON)
    assert world.view.get(tables.BRANDS, brand.id) == changed
    only(world.when(DeleteBrand(brand.id)), BrandDeleted)
    assert world.view.get(tables.BRANDS, brand.id) is None
    assert refused(world.when(change)) == "not_found"
    assert refused(world.when(DeleteBrand(brand.id))) == "not_found"


def test_a_project_has_one_brand() -> None:
    world = World()
    brand = only(world.when(CREATE), BrandCreated).brand
    assert refused(world.when(CREATE)) == "duplicate_found"
    world.when(DeleteBrand(brand.id))
    only(world.when(CREATE), BrandCreated)
