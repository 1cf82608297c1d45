"""`tessera tail`: the records of the ledger, one readable line each."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from runtime.base.settings import Settings
from runtime.kafka.admin import client_options
from runtime.kafka.log import KafkaLog
from runtime.log.log import Log, Place, StoredEntry
from schemas.topics import LEDGER
from tessera.installation import reach_installation
from tessera.selection import (
    ANY,
    Wanted,
    find_last_matching,
    find_matching,
    find_range,
    object_of,
)

READ_RECORDS_MAX = 500
#: How many records of each partition are shown unless a beginning is named.
LAST = 20
FOLLOW_WAIT_MS = 500
#: How much is shown of a value that is no record.
UNREADABLE_BYTES_MAX = 100


@dataclass(frozen=True, slots=True)
class TailOptions:
    """Which records are to be shown, and how."""

    wanted: Wanted = ANY
    #: How many of each partition, the last ones; None: all.
    last: int | None = LAST
    #: The first offset of the partition.
    offset: int | None = None
    follow: bool = False
    as_json: bool = False


async def tail_installation(
    settings: Settings, partitions: range, write: Callable[[str], None], asked: TailOptions
) -> None:
    """Tails the ledger of the installation that the settings name."""
    async with reach_installation(settings) as installation:
        log = KafkaLog(client_options(installation.settings))
        try:
            await tail_partitions(log, partitions, write, asked)
        finally:
            await log.close()


async def tail_partitions(
    log: Log, partitions: range, write: Callable[[str], None], asked: TailOptions
) -> None:
    """Writes the wanted records of each partition, then, if asked, what comes, until cancelled."""
    ends = {}
    for partition in partitions:
        place = Place(LEDGER, partition)
        start, end = await find_range(log, place, asked.wanted, asked.offset)
        ends[partition] = end
        if asked.last is None:
            async for entry in find_matching(log, place, start, end, asked.wanted):
                write(record_line(partition, entry, as_json=asked.as_json))
        else:
            for entry in await find_last_matching(log, place, start, end, asked.wanted, asked.last):
                write(record_line(partition, entry, as_json=asked.as_json))
    if asked.follow:
        async with asyncio.TaskGroup() as group:
            for partition, end in ends.items():
                group.create_task(_follow(log, partition, end, write, asked))


async def _follow(
    log: Log, partition: int, start: int, write: Callable[[str], None], asked: TailOptions
) -> None:
    reader = await log.reader(LEDGER, partition, start)
    try:
        while True:
            entries = await reader.read(records_max=READ_RECORDS_MAX, wait_ms=FOLLOW_WAIT_MS)
            for entry in filter(asked.wanted.admits, entries):
                write(record_line(partition, entry, as_json=asked.as_json))
    finally:
        await reader.close()


def record_line(partition: int, entry: StoredEntry, *, as_json: bool) -> str:
    """One record for a reader or, with `as_json`, for a program. Personal data stays sealed.

    Whatever lies in the log, it is one line, and nothing in it moves a terminal's cursor.
    """
    record = object_of(entry.value)
    if as_json:
        headers = {name: value.decode(errors="replace") for name, value in entry.headers}
        shown = {
            "partition": partition,
            "offset": entry.offset,
            "project": entry.key.decode(errors="replace"),
            "headers": headers,
            "record": record,
        }
        if record is None:
            shown["unreadable"] = entry.value.decode(errors="backslashreplace")
        return json.dumps(shown, separators=(",", ":"))
    place = f"{partition}/{entry.offset}"
    at = datetime.fromtimestamp(entry.timestamp / 1000, UTC).isoformat(timespec="milliseconds")
    project = entry.key.decode(errors="replace") or "-"
    what, words = _words(record, entry.value)
    return escape_text(f"{place:>12}  {at[:23]}Z  {project:<16}  {what:<22}  {words}".rstrip())


def escape_text(text: str) -> str:
    """The text with every character that does not print, as an escape sequence's, spelled out."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def _words(record: dict[str, Any] | None, value: bytes) -> tuple[str, str]:
    if record is not None:
        try:
            return str(record.get("command_type") or record.get("type", "?")), summarize_record(
                record
            )
        except (AttributeError, LookupError, TypeError):
            pass
    shown = value[:UNREADABLE_BYTES_MAX].decode(errors="backslashreplace")
    more = "..." if len(value) > UNREADABLE_BYTES_MAX else ""
    return "unreadable", f"{len(value)} bytes: {shown}{more}"


def summarize_record(record: dict[str, Any]) -> str:
    """What happened, in a few words."""
    parts = [_event(event) for event in record.get("events", ())]
    refusal = record.get("refusal")
    if refusal:
        parts.append(f"refused: {refusal['key']} ({refusal.get('details') or refusal['message']})")
    for name in ("reason", "writer", "from_offset", "to_offset"):
        if name in record:
            parts.append(f"{name}={record[name]}")
    return "; ".join(parts)


def _event(event: dict[str, Any]) -> str:
    kind = event["type"]
    if "evaluation" in event:
        return f"{kind} {' '.join(map(_outcome, event['evaluation']['outcomes']))}"
    for name in ("voucher", "customer", "project", "key"):
        if isinstance(event.get(name), dict):
            thing = event[name]
            return f"{kind} {thing.get('code') or thing['id']}"
    if "rollbacks" in event:
        return f"{kind} {' '.join(each['redemption_id'] for each in event['rollbacks'])}"
    plain = [str(value) for name, value in event.items() if name.endswith(("_id", "_key"))]
    return " ".join([kind, *plain])


def _outcome(outcome: dict[str, Any]) -> str:
    if outcome["status"] == "APPLICABLE":
        taken = outcome.get("taken", {}).get("order", 0)
        return f"{outcome['id']} -{taken}"
    why = outcome.get("skipped_by") or outcome.get("refusal", {}).get("key", "")
    return f"{outcome['id']} {outcome['status'].lower()} ({why})"
