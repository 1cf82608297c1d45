"""Of what an event is a change."""

from typing import Final, NamedTuple


class Subject(NamedTuple):
    """Of what an event is a change: the kind of entity, and the member that holds it or its id."""

    object: str
    member: str


VOUCHER: Final = Subject("voucher", "voucher")
