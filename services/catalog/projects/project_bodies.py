"""What the management API takes: projects, webhooks, metadata schemas."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StrictBool, StrictStr, field_validator, model_validator

from engine.codes.code import CHARSET
from runtime.http.outbound import URL_LENGTH_MAX
from schemas.metadata import PROPERTIES_MAX, PropertyType
from schemas.webhooks import EVENT_NAMES
from services.catalog.projects.management import ORIGIN
from services.catalog.vouchers.voucher_bodies import Body, Long, Short

ORIGINS_MAX = 100
ALLOWED_MAX = 200
LENGTH_MAX = 100_000
_SIMPLE_TEXTS = ("string", "image_url")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any) -> Any:
    if not _is_number(value):
        raise ValueError("a number is wanted")
    return value


def _allowed(value: Any) -> Any:
    if not (_is_number(value) or isinstance(value, str)):
        raise ValueError("a number or a string is wanted")
    return value


def _off(value: Any) -> Any:
    """Settings of notifications, which nobody sends here: only what switches them off."""
    if _switches_on(value):
        raise ValueError("notifications are not sent, so they cannot be switched on")
    return None


def _switches_on(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_switches_on(each) for each in value.values())
    return value is True


Name = Annotated[StrictStr, Field(min_length=1, max_length=512)]
Number = Annotated[Any, BeforeValidator(_number)]
Length = Annotated[int, Field(strict=True, ge=0, le=LENGTH_MAX)]
Off = Annotated[Any, BeforeValidator(_off)]


class CodeCharsetBody(Body):
    """How codes are made where nothing else is said; only the default exists."""

    charset: Literal[CHARSET] | None = None  # type: ignore[valid-type]


class ProjectTerms(Body):
    """What creating and updating a project have in common."""

    description: Long | None = None
    timezone: Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9_+/-]{1,64}$")] | None = None
    currency: Annotated[StrictStr, Field(pattern=r"^[A-Z]{3}$")] | None = None
    dial_code: Annotated[StrictStr, Field(max_length=16)] | None = None
    webhook_version: Literal["v2024-01-01"] | None = None
    client_trusted_domains: Annotated[list[Short], Field(max_length=ORIGINS_MAX)] | None = None
    client_redeem_enabled: StrictBool | None = None
    client_publish_enabled: StrictBool | None = None
    client_list_vouchers_enabled: StrictBool | None = None
    client_create_customer_enabled: StrictBool | None = None
    client_loyalty_events_enabled: StrictBool | None = None
    client_set_voucher_expiration_date_enabled: StrictBool | None = None
    webhooks_callout_notifications: Off = None
    api_usage_notifications: Off = None

    @field_validator("client_trusted_domains")
    @classmethod
    def _origins(cls, given: list[str] | None) -> list[str] | None:
        for each in given or ():
            if not ORIGIN.fullmatch(each):
                raise ValueError("each origin reads scheme://host or scheme://host:port")
        return given


class CreateProjectBody(ProjectTerms):
    """A new project."""

    name: Name
    timezone: Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9_+/-]{1,64}$")]
    currency: Annotated[StrictStr, Field(pattern=r"^[A-Z]{3}$")]
    case_sensitive_codes: Literal[True]
    cluster_id: Literal["self-hosted"] | None = None
    api_version: Literal["v2018-08-01"] | None = None
    users: Annotated[list[Any], Field(max_length=0)] | None = None


class UpdateProjectBody(ProjectTerms):
    """Changes of a project; only what is named changes."""

    name: Name | None = None
    default_code_config: CodeCharsetBody | None = None


class WebhookBody(Body):
    """An endpoint and the events that it gets."""

    target_url: Annotated[StrictStr, Field(min_length=1, max_length=URL_LENGTH_MAX)]
    events: Annotated[list[Literal[EVENT_NAMES]], Field(max_length=len(EVENT_NAMES))]  # type: ignore[valid-type]
    active: StrictBool | None = None


class RedeliveryBody(Body):
    """An event that is to be sent once more."""

    event_id: Annotated[StrictStr, Field(min_length=1, max_length=100)]


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
        list[Annotated[Any, BeforeValidator(_allowed)]] | None, Field(max_length=ALLOWED_MAX)
    ] = None
    ne: Annotated[
        list[Annotated[Any, BeforeValidator(_allowed)]] | None, Field(max_length=ALLOWED_MAX)
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
    """The properties take the place of those before."""

    properties: Properties
    allow_defined_only: StrictBool | None = None
