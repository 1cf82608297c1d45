"""`tessera state`: one entity as a state has it, and the records that name it.

The state is that of the host `api`, which has all of it wherever commands are decided, opened
read-only beside it, so it is as far as the host was when the command looked; the records are read
from the ledger to its end.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

from engine.fold import StateFold, state_fingerprint
from engine.kernel import tables
from engine.kernel.lookup import find_campaign, find_customer, find_order, find_voucher
from engine.kernel.state import Table, View, encode
from runtime.base.settings import Settings
from runtime.kafka.admin import client_options
from runtime.kafka.log import KafkaLog
from runtime.log.log import Log, Place
from runtime.store.folders import state_folder
from runtime.store.store import RocksStore, Store
from schemas.base import Shape
from schemas.projects import CONTROL_PROJECT
from schemas.topics import LEDGER
from schemas.vouchers import Voucher
from tessera.hosts.parts import CONTROL_PARTITION
from tessera.installation import NoInstallation, reach_installation
from tessera.selection import Wanted, as_text, find_matching, object_of
from tessera.tail import escape_text, record_line

HOST = "api"
MASKED = "***"
_OWNER = "owner"
#: What a token is known by.
_SECRETS = frozenset(("token_hash",))

Find = Callable[[View, str], Shape | None]


def _by_id(table: Table[Any]) -> Find:
    def find(view: View, name: str) -> Shape | None:
        return view.get(table, name)

    return find


#: How each kind is found in a project's state.
_FINDS: Final[Mapping[str, Find]] = MappingProxyType(
    {
        "voucher": find_voucher,
        "campaign": find_campaign,
        "customer": find_customer,
        "order": find_order,
        "redemption": _by_id(tables.REDEMPTIONS),
        "publication": _by_id(tables.PUBLICATIONS),
        "session": _by_id(tables.SESSIONS),
        "async-action": _by_id(tables.ACTIONS),
        "bin-entry": _by_id(tables.BIN),
        "webhook": _by_id(tables.WEBHOOKS),
        "project": _by_id(tables.PROJECTS),
        "key": _by_id(tables.KEYS),
    }
)
_OF_CONTROL: Final = ("project", "key")


async def show_entity(
    settings: Settings,
    kind: str,
    name: str,
    write: Callable[[str], None],
    *,
    project: str | None,
    reveal: bool,
    as_json: bool,
) -> bool:
    """Writes what is known of an entity; whether anything is. Raises NoInstallation, StoreError."""
    async with reach_installation(settings) as installation:
        home = installation.settings.home
        partition, owner = CONTROL_PARTITION, CONTROL_PROJECT
        if kind not in _OF_CONTROL:
            owner, partition = find_project(home, project)
        entity = _read(home, partition, owner, _FINDS[kind], name)
        log = KafkaLog(client_options(installation.settings))
        try:
            names = names_of(entity, name)
            records = await records_of(log, partition, owner, names, as_json=as_json)
        finally:
            await log.close()
    shown = None if entity is None else plain_entity(entity, reveal=reveal)
    if as_json:
        head = {"kind": kind, "project": owner, "partition": partition, "entity": shown}
        write(json.dumps(head | {"records": [json.loads(each) for each in records]}))
        return shown is not None or bool(records)
    if shown is not None:
        write(f"{kind} of project {escape_text(owner)}, partition {partition}")
        write(json.dumps(shown, indent=2))
    elif records:
        write(f"The state has no such {kind} any more.")
    if records:
        write(f"{len(records)} records name it:")
    for each in records:
        write(each)
    return shown is not None or bool(records)


def names_of(entity: Shape | None, name: str) -> frozenset[str]:
    """What records call an entity. A source id is not among it: it is sealed, or too common."""
    if entity is None:
        return frozenset((name,))
    own = str(getattr(entity, "id", None) or getattr(entity, "key", name))
    return frozenset((own, entity.code)) if isinstance(entity, Voucher) else frozenset((own,))


async def records_of(
    log: Log, partition: int, project: str, names: frozenset[str], *, as_json: bool
) -> list[str]:
    """The lines of a project's records in which one of the names stands."""
    start, end = await log.bounds(LEDGER, partition)
    texts = tuple(sorted(as_text(each) for each in names))
    wanted = Wanted(projects=frozenset((project,)), texts=texts)
    return [
        record_line(partition, entry, as_json=as_json)
        async for entry in find_matching(log, Place(LEDGER, partition), start, end, wanted)
        if object_of(entry.value) is not None
    ]


def plain_entity(entity: Shape, *, reveal: bool) -> Any:
    """The entity as plain values, with what is personal masked."""
    plain = msgspec.json.decode(encode(entity))
    return plain if reveal else mask_plain(plain)


def mask_plain(value: Any) -> Any:
    """Plain values with what is personal or secret in them masked."""
    if isinstance(value, dict):
        if set(value) == {_OWNER, "data"}:
            data = value["data"]
            return {**value, "data": data and dict.fromkeys(_present_names(data), MASKED)}
        return {
            name: MASKED if name in _SECRETS else mask_plain(each) for name, each in value.items()
        }
    return [mask_plain(each) for each in value] if isinstance(value, list) else value


def _present_names(data: Mapping[str, Any]) -> list[str]:
    return [name for name, each in data.items() if each is not None]


def find_project(home: Path, named: str | None) -> tuple[str, int]:
    """A project and its partition; the one there is, where none is named. Raises NoInstallation."""
    store = open_state(home, CONTROL_PARTITION)
    try:
        known = {
            each.id: each.partition
            for each in StateFold(store).view(CONTROL_PROJECT).scan(tables.PROJECTS)
        }
    finally:
        store.close()
    if named is None and len(known) == 1:
        (named,) = known
    if named is None or named not in known:
        which = "Name one with --project" if named is None else f"There is no project {named}"
        raise NoInstallation(f"{which}: {', '.join(sorted(known)) or 'there is none yet'}.")
    return named, known[named]


def _read(home: Path, partition: int, project: str, find: Find, name: str) -> Shape | None:
    store = open_state(home, partition)
    try:
        return find(StateFold(store).view(project), name)
    finally:
        store.close()


def open_state(home: Path, partition: int) -> Store:
    """The state of the host `api`, to be read beside it. Raises NoInstallation, StoreError."""
    folder = state_folder(home, HOST, partition, state_fingerprint())
    try:
        return RocksStore(folder, read_only=True)
    except FileNotFoundError:
        raise NoInstallation(
            f"The host {HOST} has no state of this version in {folder}; start it once."
        ) from None
