"""What webhook endpoints take."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictStr

from fronts.fields import Body, Shown
from runtime.http.outbound import URL_LENGTH_MAX
from schemas.webhooks import EVENT_NAMES


class WebhookBody(Body):
    """An endpoint and the events that it gets."""

    target_url: Annotated[StrictStr, Field(min_length=1, max_length=URL_LENGTH_MAX)]
    events: Annotated[list[Literal[EVENT_NAMES]], Field(max_length=len(EVENT_NAMES))]  # type: ignore[valid-type]
    active: StrictBool | None = None


class UpdateWebhookBody(WebhookBody):
    """The endpoint and the events take the place of those before; the rest is as it is shown."""

    id: Shown = None
    disabled_reason: Shown = None
    created_at: Shown = None
    object: Literal["webhook"] | None = None


class RedeliveryBody(Body):
    """An event that is to be sent once more."""

    event_id: Annotated[StrictStr, Field(min_length=1, max_length=100)]
