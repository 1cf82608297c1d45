"""Brands, as the management API shows them. Source: the API contract."""

from types import MappingProxyType

from engine.kernel.encode import Body
from engine.kernel.room import Answers, shows, shows_nothing
from schemas.branding import Brand, BrandCreated, BrandDeleted, BrandUpdated


def brand_body(brand: Brand) -> Body:
    """The brand; its texts are null where it has none."""
    names, address, contact = brand.brand, brand.address, brand.contact
    return {
        "id": brand.id,
        "brand": {
            "name": names.name,
            "privacy_policy_url": names.privacy_policy_url,
            "terms_of_use_url": names.terms_of_use_url,
            "permission_reminder": names.permission_reminder,
            "website_url": names.website_url,
        },
        "address": {
            "street": address.street,
            "city": address.city,
            "postal": address.postal,
            # the contract shows a string always
            "state": address.state or "",
            "country": address.country,
        },
        "contact": {"email": contact.email, "phone": contact.phone},
    }


ANSWERS: Answers = MappingProxyType(
    {
        BrandCreated: shows(brand_body, "brand"),
        BrandUpdated: shows(brand_body, "brand"),
        BrandDeleted: shows_nothing,
    }
)
