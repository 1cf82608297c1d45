"""Columns that most lists show, each said once."""

from dataclasses import replace
from typing import Final

from services.dashboard.lists.resource import Column

#: When something was made, to the second.
CREATED: Final = Column(
    "created",
    "Created",
    lambda row, show: show.when(row.get("created_at")),
    "created_at",
    is_number=True,
)
#: The same, where the day is enough.
CREATED_DAY: Final = replace(CREATED, cell=lambda row, show: show.day(row.get("created_at")))
#: The same of what happens once.
DATE: Final = replace(CREATED, name="date", label="Date")
#: When it was changed last.
CHANGED: Final = Column(
    "changed",
    "Changed",
    lambda row, show: show.when(row.get("updated_at")),
    "updated_at",
    is_number=True,
    is_shown=False,
)
ID: Final = Column("id", "Id", lambda row, _: row["id"], is_shown=False, is_mono=True)
