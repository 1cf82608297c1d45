"""Brands over the management API. Source: the API contract."""

import re
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AfterValidator, Field, StrictStr, StringConstraints, model_validator
from starlette.requests import Request
from starlette.responses import Response

from engine.branding.body import brand_body
from engine.kernel import tables
from engine.projects.body import list_body
from fronts.fields import Body, Shown
from fronts.writes import Writes
from runtime.http.errors import ApiError
from runtime.http.routing import Captured, management_router
from schemas.branding import (
    PERMISSION_REMINDER,
    BrandAddress,
    BrandContact,
    BrandNames,
    CreateBrand,
    DeleteBrand,
    UpdateBrand,
)
from schemas.errors import not_found
from services.catalog.projects.managed import Managed
from services.catalog.reads import Reads

_BRANDS = "/management/v1/projects/{project_id:ident}/branding"
_BRAND = _BRANDS + "/{brand_id:ident}"
_URL = re.compile(r"https?://[^\s\"'<>]+", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def _url(value: str) -> str:
    # it becomes a link on pages that are shown to customers
    if not _URL.fullmatch(value):
        raise ValueError("a URL with http or https is wanted")
    return value


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError("an e-mail address is wanted")
    return value


Line = Annotated[StrictStr, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Url = Annotated[StrictStr, Field(max_length=2000), AfterValidator(_url)]
Email = Annotated[StrictStr, Field(max_length=320), AfterValidator(_email)]
Reminder = Annotated[StrictStr, Field(max_length=2000)]
Phone = Annotated[StrictStr, Field(max_length=64)]


class _Names(Body):
    privacy_policy_url: Url | None = None
    terms_of_use_url: Url | None = None
    permission_reminder: Reminder | None = None
    website_url: Url | None = None


class NamesBody(_Names):
    """How the shop calls itself."""

    name: Line


class AddressBody(Body):
    """Where the shop is."""

    street: Line
    city: Line
    country: Line
    postal: Line | None
    state: Annotated[StrictStr, Field(max_length=300)] | None = None


class ContactBody(Body):
    """How the shop is reached."""

    email: Email
    phone: Phone | None = None


class CreateBrandBody(Body):
    """The brand of a project that has none."""

    brand: NamesBody
    address: AddressBody
    contact: ContactBody


class _Part(Body):
    @model_validator(mode="before")
    @classmethod
    def _keeps_what_it_needs(cls, given: Any) -> Any:
        for name in cls.needed() if isinstance(given, dict) else ():
            if name in given and given[name] is None:
                raise ValueError(f"{name} is a text, and cannot be taken away")
        return given

    @classmethod
    def needed(cls) -> tuple[str, ...]:
        """What a brand has always."""
        return ()

    def named(self) -> dict[str, str | None]:
        """Exactly what the body names."""
        return self.model_dump(exclude_unset=True)


class NamesChangeBody(_Names, _Part):
    """What changes of how the shop calls itself."""

    name: Line | None = None

    @classmethod
    def needed(cls) -> tuple[str, ...]:
        return ("name",)

    def named(self) -> dict[str, str | None]:
        named = super().named()
        if "permission_reminder" in named and named["permission_reminder"] is None:
            named["permission_reminder"] = PERMISSION_REMINDER
        return named


class AddressChangeBody(_Part):
    """What changes of where the shop is."""

    street: Line | None = None
    city: Line | None = None
    country: Line | None = None
    postal: Line | None = None
    state: Annotated[StrictStr, Field(max_length=300)] | None = None

    @classmethod
    def needed(cls) -> tuple[str, ...]:
        return ("street", "city", "country")


class ContactChangeBody(_Part):
    """What changes of how the shop is reached."""

    email: Email | None = None
    phone: Phone | None = None

    @classmethod
    def needed(cls) -> tuple[str, ...]:
        return ("email",)


class UpdateBrandBody(Body):
    """Changes of a brand; only what is named changes."""

    brand: NamesChangeBody | None = None
    address: AddressChangeBody | None = None
    contact: ContactChangeBody | None = None
    id: Shown = None


def branding_router(writes: Writes, view_of: Reads) -> APIRouter:
    """The brand of a project."""
    router = management_router("branding")
    managed = Managed(writes, view_of)

    @router.get(_BRANDS)
    async def list_brands(request: Request, project_id: Captured) -> Response:
        view = await managed.management.view(request, project_id)
        return writes.respond(
            request, 200, list_body([brand_body(each) for each in view.scan(tables.BRANDS)])
        )

    @router.post(_BRANDS)
    async def create(request: Request, project_id: Captured, body: CreateBrandBody) -> Response:
        command = CreateBrand(
            BrandNames(**body.brand.model_dump(exclude_none=True)),
            BrandAddress(**body.address.model_dump(exclude_none=True)),
            BrandContact(**body.contact.model_dump(exclude_none=True)),
        )
        return await managed.write(request, project_id, "brand.create", command)

    @router.get(_BRAND)
    async def get(request: Request, project_id: Captured, brand_id: Captured) -> Response:
        view = await managed.management.view(request, project_id)
        found = view.get(tables.BRANDS, brand_id)
        if found is None:
            raise ApiError(not_found("branding", brand_id))
        return writes.respond(request, 200, brand_body(found))

    @router.put(_BRAND)
    async def update(
        request: Request, project_id: Captured, brand_id: Captured, body: UpdateBrandBody
    ) -> Response:
        brand, address, contact = (
            {} if part is None else part.named()
            for part in (body.brand, body.address, body.contact)
        )
        command = UpdateBrand(brand_id, brand, address, contact)
        return await managed.write(request, project_id, "brand.update", command)

    @router.delete(_BRAND)
    async def delete(request: Request, project_id: Captured, brand_id: Captured) -> Response:
        return await managed.write(request, project_id, "brand.delete", DeleteBrand(brand_id))

    return router
