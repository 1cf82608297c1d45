"""What the management API takes: projects, webhooks, metadata schemas."""

import re
from typing import Annotated, Any, Literal

from pycountry import currencies
from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictStr, field_validator

from engine.codes.code import CHARSET
from engine.kernel.zones import zone_names
from fronts.fields import Body, Long, Short, Shown
from services.catalog.projects.management import ORIGIN

ORIGINS_MAX = 100
_CURRENCY = re.compile("[A-Z]{3}")


def _off(value: Any) -> Any:
    """Settings of notifications, which nobody sends here: only what switches them off."""
    if _switches_on(value):
        raise ValueError("notifications are not sent, so they cannot be switched on")
    return None


def _switches_on(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_switches_on(each) for each in value.values())
    return value is True


def _time_zone(value: str) -> str:
    if value not in zone_names():
        raise ValueError("no time zone that IANA knows")
    return value


def _currency(value: str) -> str:
    # the look-up does not distinguish case, and money does
    if not _CURRENCY.fullmatch(value) or currencies.get(alpha_3=value) is None:
        raise ValueError("no currency that ISO 4217 knows")
    return value


TimeZone = Annotated[StrictStr, AfterValidator(_time_zone)]
Currency = Annotated[StrictStr, AfterValidator(_currency)]
Name = Annotated[StrictStr, Field(min_length=1, max_length=512)]
Off = Annotated[Any, BeforeValidator(_off)]


class CodeCharsetBody(Body):
    """How codes are made where nothing else is said; only the default exists."""

    charset: Literal[CHARSET] | None = None  # type: ignore[valid-type]


class ProjectTerms(Body):
    """What creating and updating a project have in common."""

    description: Long | None = None
    timezone: TimeZone | None = None
    currency: Currency | None = None
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
    timezone: TimeZone
    currency: Currency
    case_sensitive_codes: bool
    #: A client takes it from the name of the host that it calls; there is one here, which is shown.
    cluster_id: Short | None = None
    api_version: Literal["v2018-08-01"] | None = None
    users: Annotated[list[Any], Field(max_length=0)] | None = None


class UpdateProjectBody(ProjectTerms):
    """Changes of a project; only what is named changes.

    Everything that a project shows may be named: what cannot be changed as it is.
    """

    name: Name | None = None
    default_code_config: CodeCharsetBody | None = None
    id: Short | None = None
    case_sensitive_codes: StrictBool | None = None
    cluster_id: Literal["self-hosted"] | None = None
    api_version: Literal["v2018-08-01"] | None = None
    is_sandbox: Literal[False] | None = None
    webhook_token: Shown = None
    limits: Shown = None
