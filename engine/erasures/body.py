"""The answer to forgetting a customer. Source: the API contract, section 10; the typo is the API's.

What is counted is what was deleted as a thing of its own, and that is the customer: orders stay,
without the person. How far the erasure is, the record cannot know; the front says it.
"""

from types import MappingProxyType
from typing import Final

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.room import Answers, shows
from schemas.erasures import CustomerForgotten, PermanentDeletion

#: What the answer counts besides the customer.
_NOT_DELETED: Final = ("events", "daily_events", "segments", "orders")
#: Nothing personal can be read any more, in no file of the installation; and: not yet.
DONE: Final = "DONE"
IN_PROGRESS: Final = "IN_PROGRESS"


def deletion_body(deletion: PermanentDeletion, *, is_done: bool = False) -> Body:
    """The deletion of a customer for good."""
    return {
        "id": deletion.id,
        "created_at": iso(deletion.created_at),
        "related_object_id": deletion.customer_id,
        "related_object": "customer",
        "status": DONE if is_done else IN_PROGRESS,
        "data_json": dict.fromkeys(_NOT_DELETED, 0) | {"customer": 1},
        "object": "pernament_deletion",
    }


ANSWERS: Answers = MappingProxyType(
    {
        CustomerForgotten: shows(deletion_body, "deletion"),
    }
)
