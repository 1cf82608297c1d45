"""`tessera tail`: the records of the ledger, one readable line each."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from runtime.kafka_admin import client_options
from runtime.kafka_log import KafkaLog
from runtime.log import Log, StoredEntry, entries_between
from runtime.settings import Settings
from schemas.topics import LEDGER
from tessera.installation import reached

READ_RECORDS_MAX = 500
FOLLOW_WAIT_MS = 500
#: How much is shown of a value that is no record.
UNREADABLE_BYTES_MAX = 100


async def tail_installation(
    settings: Settings,
    partition: int | None,
    write: Callable[[str], None],
    *,
    last: int,
    follow: bool,
    as_json: bool,
) -> None:
    """Tails the ledger of the installation that the settings name; None: all partitions."""
    chosen = range(settings.partitions) if partition is None else range(partition, partition + 1)
    async with reached(settings) as installation:
        log = KafkaLog(client_options(installation.settings))
        try:
            await tail(log, chosen, write, last=last, follow=follow, as_json=as_json)
        finally:
            await log.close()


async def tail(
    log: Log,
    partitions: range,
    write: Callable[[str], None],
    *,
    last: int,
    follow: bool,
    as_json: bool,
) -> None:
    """Writes the last records of each partition, then, if asked, what comes, until cancelled."""
    readers = []
    for partition in partitions:
        first, end = await log.bounds(LEDGER, partition)
        start = max(first, end - last)
        async for entry in entries_between(log, LEDGER, partition, start, end):
            write(line(partition, entry, as_json=as_json))
        readers.append((partition, await log.reader(LEDGER, partition, end)))
    try:
        while follow:
            for partition, reader in readers:
                wait_ms = FOLLOW_WAIT_MS // len(readers)
                for entry in await reader.read(records_max=READ_RECORDS_MAX, wait_ms=wait_ms):
                    write(line(partition, entry, as_json=as_json))
    finally:
        for _, reader in readers:
            await reader.close()


def line(partition: int, entry: StoredEntry, *, as_json: bool) -> str:
    """One record for a reader or, with `as_json`, for a program. Personal data stays sealed.

    Whatever lies in the log, it is one line, and nothing in it moves a terminal's cursor.
    """
    record = _object(entry.value)
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
    return escaped(f"{place:>12}  {at[:23]}Z  {project:<16}  {what:<22}  {words}".rstrip())


def escaped(text: str) -> str:
    """The text with every character that does not print, as an escape sequence's, spelled out."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def _object(value: bytes) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _words(record: dict[str, Any] | None, value: bytes) -> tuple[str, str]:
    if record is not None:
        try:
            return str(record.get("command_type") or record.get("type", "?")), summary(record)
        except (AttributeError, LookupError, TypeError):
            pass
    shown = value[:UNREADABLE_BYTES_MAX].decode(errors="backslashreplace")
    more = "..." if len(value) > UNREADABLE_BYTES_MAX else ""
    return "unreadable", f"{len(value)} bytes: {shown}{more}"


def summary(record: dict[str, Any]) -> str:
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
