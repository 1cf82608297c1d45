"""What customers are filtered by."""

from typing import Final

from services.dashboard.lists import usual
from services.dashboard.lists.fields import Field

FIELDS: Final = (
    Field("name", "Name", "texts"),
    Field("email", "E-mail", "texts"),
    Field("source_id", "Source id"),
    Field("segment_id", "Segment", "lookup", ops=("is",), parameter="segment_id", lookup="segment"),
    Field("phone", "Phone", "texts"),
    Field("city", "City", "texts"),
    usual.CREATED,
    usual.CHANGED,
    usual.METADATA,
    usual.ID,
)
