"""The brand of a project: how the shop calls itself, where it is and how it is reached."""

from typing import Final

from schemas.base import Millis, Shape

PERMISSION_REMINDER = "You are receiving this email because you opted in at our website."


class BrandNames(Shape, frozen=True):
    """How the shop calls itself, and where its texts are."""

    name: str
    privacy_policy_url: str | None = None
    terms_of_use_url: str | None = None
    permission_reminder: str = PERMISSION_REMINDER
    website_url: str | None = None


class BrandAddress(Shape, frozen=True):
    """Where the shop is."""

    street: str
    city: str
    country: str
    postal: str | None = None
    state: str | None = None


class BrandContact(Shape, frozen=True):
    """How the shop is reached: an address of the business, of no person."""

    email: str
    phone: str | None = None


class Brand(Shape, frozen=True):
    """The brand of a project, which has at most one."""

    id: str
    brand: BrandNames
    address: BrandAddress
    contact: BrandContact
    created_at: Millis
    updated_at: Millis | None = None


class CreateBrand(Shape, tag="create_brand", frozen=True):
    """Gives a project that has none its brand."""

    brand: BrandNames
    address: BrandAddress
    contact: BrandContact


class UpdateBrand(Shape, tag="update_brand", frozen=True):
    """Replaces those members of the three parts that it names; the others stay."""

    brand_id: str
    brand: dict[str, str | None]
    address: dict[str, str | None]
    contact: dict[str, str | None]


class DeleteBrand(Shape, tag="delete_brand", frozen=True):
    """The project has no brand."""

    brand_id: str


class BrandCreated(Shape, tag="brand.created", frozen=True):
    """A project has a brand."""

    brand: Brand


class BrandUpdated(Shape, tag="brand.updated", frozen=True):
    """A brand changed; `brand` is the whole after it."""

    brand: Brand


class BrandDeleted(Shape, tag="brand.deleted", frozen=True):
    """A project has no brand any more."""

    brand_id: str


BrandingCommand = CreateBrand | UpdateBrand | DeleteBrand
BrandingEvent = BrandCreated | BrandUpdated | BrandDeleted
#: Brands of projects.
BRANDING_EVENTS: Final = frozenset({BrandCreated, BrandUpdated, BrandDeleted})
