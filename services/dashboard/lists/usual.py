"""Fields that most lists are filtered by, each said once."""

from typing import Final

from services.dashboard.lists.fields import EACH_TEXT, EACH_TIME, PAST, Field

#: When something was made: always known, and never ahead.
CREATED: Final = Field("created_at", "Created", "time", ops=EACH_TIME)
#: The same of what happens once.
DATE: Final = Field("created_at", "Date", "time", ops=EACH_TIME)
#: When it was changed last; what never changed has no such time.
CHANGED: Final = Field("updated_at", "Changed", "time", ops=PAST)
START: Final = Field("start_date", "Start date", "time")
END: Final = Field("expiration_date", "Expiration date", "time")
ID: Final = Field("id", "Id", ops=EACH_TEXT)
#: What everything of the kind has to have.
NAME: Final = Field("name", "Name", ops=EACH_TEXT)
METADATA: Final = Field("metadata", "Metadata")
CUSTOMER: Final = Field("customer_id", "Customer", "lookup", lookup="customer")
#: For lists that take both as parameters of their own.
DATE_ALONE: Final = Field(
    "created_at", "Date", "time", ops=("after", "before"), parameter="created_at"
)
CUSTOMER_ALONE: Final = Field(
    "customer", "Customer", "lookup", ops=("is",), parameter="customer", lookup="customer"
)
#: A switch, and the dates beside it.
STATE: Final = Field(
    "active",
    "State",
    "state",
    (
        ("active", "active now"),
        ("expired", "expired"),
        ("enabled", "switched on"),
        ("disabled", "switched off"),
    ),
)


def exact_field(name: str, label: str) -> Field:
    """What a list takes as a parameter of its own, compared as a whole."""
    return Field(name, label, ops=("is",), parameter=name)
