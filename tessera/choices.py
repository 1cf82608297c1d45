"""What arguments and options of the operator's commands take."""

from enum import StrEnum


class Rebuilt(StrEnum):
    """What `tessera rebuild` makes anew: the tables of a service, or the states of hosts."""

    AUDIT = "audit"
    ANALYTICS = "analytics"
    STATE = "state"


class Placing(StrEnum):
    """Where `tessera simulate` puts a tier beside what was asked for."""

    FIRST = "first"
    LAST = "last"


class OutputFormat(StrEnum):
    """How `tessera simulate` prints what it found."""

    TEXT = "text"
    JSON = "json"


class EntityKind(StrEnum):
    """What `tessera state` finds."""

    VOUCHER = "voucher"
    CAMPAIGN = "campaign"
    CUSTOMER = "customer"
    ORDER = "order"
    REDEMPTION = "redemption"
    PUBLICATION = "publication"
    SESSION = "session"
    ASYNC_ACTION = "async-action"
    BIN_ENTRY = "bin-entry"
    WEBHOOK = "webhook"
    PROJECT = "project"
    KEY = "key"
