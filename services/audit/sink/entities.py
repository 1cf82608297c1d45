"""The table of entities: the newest state of each, with what lists filter and sort by.

What many kinds share, or a list of a million filters by, has a column of its own; whatever else a
kind filters by lies in `texts` and `numbers`, and the client's own data in `metadata`; in both maps
of texts every value is a list.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from engine.kernel.state import encode
from runtime.clickhouse.database import Column
from runtime.clickhouse.table import sink_table
from schemas.base import Metadata, Millis
from services.audit.unknown import UNKNOWN

_NAME = "LowCardinality(String)"
_NUMBER = "Int64"

_NONE: Final[Mapping[str, Any]] = {}

#: The columns besides the maps: a text is empty, a number UNKNOWN where an entity has none.
TEXT_COLUMNS: Final[Mapping[str, str]] = {
    "type": _NAME,
    "status": _NAME,
    "category_id": _NAME,
    "campaign_id": _NAME,
    "campaign": _NAME,
    "discount_type": _NAME,
    "customer_id": "String",
}
NUMBER_COLUMNS: Final = (
    "start_date",
    "expiration_date",
    "quantity",
    "redeemed_quantity",
    "amount",
    "balance",
    "active",
)

ENTITIES = sink_table(
    "entities",
    (
        Column("project", _NAME),
        Column("kind", _NAME),
        Column("id", "String"),
        #: A voucher's code, a campaign's name, a customer's or an order's source id.
        Column("alias", "String"),
        Column("created_at", "Int64", "ZSTD(1)"),
        Column("updated_at", "Int64", "ZSTD(1)"),
        Column("deleted", "UInt8"),
        *(Column(name, kind) for name, kind in TEXT_COLUMNS.items()),
        *(Column(name, _NUMBER, "ZSTD(1)") for name in NUMBER_COLUMNS),
        Column("texts", "Map(LowCardinality(String), Array(String))"),
        Column("numbers", "Map(LowCardinality(String), Int64)"),
        Column("metadata", "Map(LowCardinality(String), Array(String))"),
        Column("body", "String", "ZSTD(1)"),
    ),
    order_by=("project", "kind", "id"),
    latest_only=True,
    found_by=("alias",),
    revision=6,
    erasable=True,
)

#: A voucher that is there: those of a deleted campaign leave with it, before each of them is deleted.
LIVING_VOUCHER: Final = (
    "deleted = 0 AND (campaign_id = '' OR campaign_id NOT IN ("  # noqa: S608
    f"SELECT id FROM {ENTITIES.full_name} FINAL "
    "WHERE project = {project:String} AND kind = 'campaign' AND deleted = 1))"
)


class EntityRow(NamedTuple):
    """The newest state of an entity, or that it is gone."""

    project: str
    kind: str
    id: str
    alias: str
    created_at: Millis
    #: 0 when it never changed.
    updated_at: Millis
    deleted: int
    type: str = ""
    status: str = ""
    category_id: str = ""
    campaign_id: str = ""
    campaign: str = ""
    discount_type: str = ""
    customer_id: str = ""
    start_date: int = UNKNOWN
    expiration_date: int = UNKNOWN
    quantity: int = UNKNOWN
    redeemed_quantity: int = UNKNOWN
    amount: int = UNKNOWN
    balance: int = UNKNOWN
    active: int = UNKNOWN
    texts: Mapping[str, Sequence[str]] = _NONE
    numbers: Mapping[str, int] = _NONE
    metadata: Mapping[str, list[str]] = _NONE
    #: As `engine.kernel.state.encode` writes it; empty when it is gone.
    body: str = ""


_place: Final = EntityRow._fields.index
_TEXT_PLACES: Final = {name: _place(name) for name in TEXT_COLUMNS}
_NUMBER_PLACES: Final = {name: _place(name) for name in NUMBER_COLUMNS}
_TEXTS, _NUMBERS, _METADATA, _BODY = map(_place, ("texts", "numbers", "metadata", "body"))
#: A row from the columns on that an entity may say nothing of.
_BLANK: Final = tuple(EntityRow._field_defaults.values())


class Entity(Protocol):
    """What every entity says."""

    @property
    def id(self) -> str:
        """Its id, unlike that of any other of its kind."""


def entity_row(
    project: str,
    kind: str,
    entity: Entity,
    *,
    alias: str | None = None,
    texts: Mapping[str, str | Sequence[str] | None] | None = None,
    numbers: Mapping[str, int | None] | None = None,
    metadata: Metadata | None = None,
) -> EntityRow:
    """The row of an entity that exists; names without a column of their own go into the maps."""
    row = [
        project,
        kind,
        entity.id,
        alias or "",
        getattr(entity, "created_at", None) or 0,
        getattr(entity, "updated_at", None) or 0,
        0,
        *_BLANK,
    ]
    if texts:
        _put_texts(row, texts)
    if numbers:
        _put_numbers(row, numbers)
    if metadata:
        row[_METADATA] = searchable_metadata(metadata)
    row[_BODY] = encode(entity).decode()
    return EntityRow._make(row)


def _put_texts(row: list[Any], texts: Mapping[str, str | Sequence[str] | None]) -> None:
    others = {}
    for name, text in texts.items():
        if text:
            place = _TEXT_PLACES.get(name)
            if place is None:
                others[name] = [text] if isinstance(text, str) else list(text)
            else:
                row[place] = text
    if others:
        row[_TEXTS] = others


def _put_numbers(row: list[Any], numbers: Mapping[str, int | None]) -> None:
    others = {}
    for name, number in numbers.items():
        if number is not None:
            place = _NUMBER_PLACES.get(name)
            if place is None:
                others[name] = number
            else:
                row[place] = number
    if others:
        row[_NUMBERS] = others


def gone_row(project: str, kind: str, entity_id: str, alias: str = "") -> EntityRow:
    """The row of an entity that does not exist any more."""
    return EntityRow(project, kind, entity_id, alias, 0, 0, 1)


def searchable_metadata(metadata: Metadata) -> dict[str, list[str]]:
    """Metadata as filters see it: each value a list of texts, numbers and flags as JSON."""
    found = {}
    for key, value in metadata.items():
        values = value if isinstance(value, list) else [value]
        texts = [_text(each) for each in values if each is not None]
        if texts:
            found[key] = texts
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
