"""Personal data: marked by its type, so that a codec can never forget to seal it.

A `Personal` value travels through commands, state and answers in the clear, but the codec of the
topic `ledger` writes it encrypted with the key of its owner, a customer. When the customer is
forgotten the key dies, and the value decodes as `data=None` for ever after.
"""

from msgspec import UNSET, UnsetType

from schemas.base import Metadata, Shape

Line = str | None | UnsetType


class Address(Shape, frozen=True):
    """A postal address of the lines that were given; null is a line that was given as none."""

    city: Line = UNSET
    state: Line = UNSET
    line_1: Line = UNSET
    line_2: Line = UNSET
    country: Line = UNSET
    postal_code: Line = UNSET

    def lines(self) -> dict[str, str | None]:
        """The lines that were given, by name."""
        return {
            name: line
            for name in self.__struct_fields__
            if not isinstance(line := getattr(self, name), UnsetType)
        }


class PersonalData(Shape, frozen=True):
    """The fields of a customer that identify a person."""

    source_id: str | None = None
    name: str | None = None
    description: str | None = None
    email: str | None = None
    phone: str | None = None
    birthday: str | None = None
    birthdate: str | None = None
    address: Address | None = None
    metadata: Metadata | None = None
    #: Of a customer that was first named by nothing but an e-mail address: the keyed hash of that
    #: address (fronts/attempt.py), by which it is found again.
    guest_key: str | None = None


class Personal:
    """Personal data and its owner, `project/customer id`; `data` is None once forgotten."""

    __slots__ = ("data", "owner")

    def __init__(self, owner: str, data: PersonalData | None) -> None:
        self.owner = owner
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personal) and self.owner == other.owner and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.owner)

    def __repr__(self) -> str:
        """Never shows the data: representations end in logs."""
        return f"Personal(owner={self.owner!r})"
