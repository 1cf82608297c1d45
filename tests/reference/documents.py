"""The documents of the reference: what lies in which file of `docs/`, and `GET /openapi.json`."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from engine.kernel import tables
from engine.kernel.state import Table
from schemas.commands import Command
from schemas.records import Record
from tests.openapi import document as openapi
from tests.reference.comments import comments_of
from tests.reference.json_schemas import Schema, document, schema_of, union
from tests.reference.page import FOLDER, MARK, generated_part

SCHEMAS = FOLDER / "schemas"
EVENTS = "events.json"
PAGE = FOLDER / "events.md"
API = FOLDER.parent / "schemas" / "openapi.json"

_OWNER: Schema = {"type": "string", "description": "The project and the id of whose it is."}


def _personal(text: str, **members: Schema) -> Schema:
    return {
        "description": text,
        "type": "object",
        "properties": {"owner": _OWNER} | members,
        "required": ["owner"],
    }


def commands() -> Schema:
    """What lies in the topic `commands`."""
    return document(
        "Commands",
        "A command in its envelope, as it lies in the topic `commands`.",
        schema_of(Command),
        Command,
        personal={},
    )


def records() -> Schema:
    """What lies in the topic `ledger`."""
    sealed = _personal(
        "A PersonalData, sealed with its owner's key; only whose it is, once that is forgotten.",
        key={"type": "string", "description": "The id of the key, in `customer-keys`."},
        box={"type": "string", "description": "Nonce and ciphertext in base64."},
    )
    return document(
        "Records and their events",
        "A record of the topic `ledger`; what it says, happened.",
        union(*get_args(Record)),
        Record,
        personal=sealed,
    )


def entities() -> Schema:
    """What a fold of the ledger keeps, by the names of its tables."""
    found = {name: table for name, table in vars(tables).items() if isinstance(table, Table)}
    comments = comments_of(tables.__name__)
    kept = {
        table.name: schema_of(table.kind)
        | ({"description": comments[name]} if name in comments else {})
        for name, table in found.items()
        if hasattr(table.kind, "__struct_fields__")
    }
    data = {"anyOf": [{"$ref": "#/$defs/PersonalData"}, {"type": "null"}]}
    return document(
        "Entities",
        "What a fold of the ledger keeps, by the names of its tables. They can be folded anew, so "
        "their shapes may change; those of records may not.",
        {"type": "object", "properties": dict(sorted(kept.items()))},
        *(table.kind for table in found.values()),
        personal=_personal("What is personal; null once it is forgotten.", data=data),
    )


def reference() -> Mapping[Path, str]:
    """Every file that is written from the types, with its content."""
    found: dict[str, Any] = {
        "commands.json": commands(),
        EVENTS: records(),
        "entities.json": entities(),
    }
    written = {SCHEMAS / name: json.dumps(each, indent=1) + "\n" for name, each in found.items()}
    written[API] = asyncio.run(openapi.written())
    by_hand, _, _ = PAGE.read_text("utf-8").partition(MARK)
    return written | {PAGE: by_hand + MARK + generated_part()}
