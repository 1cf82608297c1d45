"""The customers' data keys: what makes it possible to forget a person that the log still names.

Every owner (`project/customer id`) has keys of its own; what is personal is sealed with the newest
and names it. The keys lie, wrapped by the installation's wrapping key, in the compacted topic
`customer-keys` under `owner/key id`; every process folds that topic into a store. A key's id is
random, so two writers that make a key for one owner never overwrite one another's. When an owner
is forgotten all its keys get a tombstone, and what they sealed is noise from then on.

A key is acknowledged before a record uses it (`publish_pending`). So a reader that does not find a
record's key reads the topic to its end (`catch_up`); a key that is not there then was forgotten.
Publishing a key twice changes nothing, so a send in doubt is simply sent again.

A process that had a forgotten owner's key notes the owner, together with its removal, until
`note_cleaned`: until nothing is left of the key, and of what it sealed, in the files of this
process.

How data is sealed and keys are wrapped is in runtime/keys/sealing.py.

What lies in the topic is not trusted. An entry that is no key is skipped and counted. One that does
not unwrap is kept where there is no other, for a wrong master key is noticed by it, but nothing is
ever sealed with it.
"""

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence

import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from runtime.keys.places import KEYS, NOTED, POSITION, current_place, key_place, noted_place
from runtime.keys.recent import Recent
from runtime.keys.sealing import (
    KEY_BYTES,
    KeyringError,
    Sealed,
    Wrapping,
    open_box,
    require_wrapped,
    seal_box,
)
from runtime.log.log import Entry, InDoubt, Log, LogError, OutOfRange, StoredEntry, Unsent
from runtime.log.sender import EntrySender
from runtime.store.store import Store
from schemas.topics import CUSTOMER_KEYS

KEY_ID_BYTES = 12
PUBLISH_ATTEMPTS_MAX = 5
PUBLISH_RETRY_SECONDS = 0.2
RETRY_SECONDS = 1.0
#: How long a read waits for keys that may come, and for those that are there.
FOLLOW_WAIT_MS = 3000
CATCH_UP_WAIT_MS = 900
_READ_MAX = 1000
_PARTITION = 0

log = structlog.get_logger(__name__)


class KeyUnknown(Exception):
    """The key was not read yet, or it was forgotten; `catch_up`, then `settle`, tells."""

    def __init__(self, owner: str, key: str) -> None:
        super().__init__(f"key {key} of {owner}")
        self.owner = owner
        self.key = key


class Keyring:
    """The keys of one process, folded into `store`, which holds nothing else."""

    def __init__(
        self,
        source: Log,
        store: Store,
        wrapping_key: bytes,
        *,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._log = source
        self._store = store
        self._wrapping = Wrapping(wrapping_key, random_bytes)
        self._random_bytes = random_bytes
        self._ciphers = Recent[AESGCM]()
        #: Keys made here that were not read back yet: owner → key id.
        self._made = Recent[str]()
        self._pending: dict[str, Entry] = {}
        self._forgotten = Recent[None]()
        #: How many entries of the topic were no key, or none that could be used.
        self.skipped = 0
        #: Set when somebody was forgotten whom this process had a key of.
        self.noted = asyncio.Event()
        self._reading = asyncio.Lock()

    @property
    def pending(self) -> Sequence[Entry]:
        """The keys that were made and not acknowledged yet."""
        return tuple(self._pending.values())

    def seal(self, owner: str, data: bytes) -> Sealed:
        """Seals data for its owner, who gets a key when there is none."""
        key = self._key_of(owner)
        cipher = self._cipher(owner, key) if key is not None else None
        if key is None or cipher is None:
            key, cipher = self._make_key(owner)
        return {"key": key, "box": seal_box(cipher, owner, key, data, self._random_bytes)}

    def open(self, owner: str, key: str, box: str) -> bytes | None:
        """What was sealed; None when the owner was forgotten.

        Raises KeyUnknown, KeyringError when the box is not one of this owner and key.
        """
        if key in self._forgotten:
            return None
        cipher = self._cipher(owner, key)
        if cipher is None:
            raise KeyUnknown(owner, key)
        return open_box(cipher, owner, key, box)

    def settle(self, unknown: KeyUnknown) -> None:
        """Notes, after a `catch_up`, that a key that is still unknown was forgotten."""
        if self._store.get(key_place(unknown.owner, unknown.key)) is None:
            self._forgotten.keep(unknown.key, None)

    async def publish_pending(self, sender: EntrySender) -> None:
        """Returns once every key made so far is acknowledged. Raises LogError after some tries."""
        for attempt in range(1, PUBLISH_ATTEMPTS_MAX + 1):
            publishing = dict(self._pending)
            if not publishing:
                return
            try:
                async with asyncio.TaskGroup() as group:
                    for entry in publishing.values():
                        group.create_task(sender.send(CUSTOMER_KEYS, _PARTITION, entry))
            except* (Unsent, InDoubt) as faults:
                if attempt == PUBLISH_ATTEMPTS_MAX:
                    raise LogError("customers' keys cannot be published") from faults
                await asyncio.sleep(PUBLISH_RETRY_SECONDS)
            else:
                for key in publishing:
                    self._pending.pop(key, None)

    async def forget(self, owners: Sequence[str], sender: EntrySender) -> None:
        """Destroys all keys of these owners, for every process. Raises LogError.

        Nothing may be sealed for them any more. Where it failed it is simply done again.
        """
        await self.catch_up()
        for owner in owners:
            self._made.pop(owner, None)
            prefix = f"{owner}/"
            pending = [key for key, e in self._pending.items() if e.key.decode().startswith(prefix)]
            for key in pending:
                del self._pending[key]
                self._ciphers.pop(key, None)
        try:
            async with asyncio.TaskGroup() as group:
                for place in (each for owner in owners for each in self._places_of(owner)):
                    entry = Entry(place.removeprefix(KEYS), b"")
                    group.create_task(sender.send(CUSTOMER_KEYS, _PARTITION, entry))
        except* (Unsent, InDoubt) as faults:
            raise LogError("customers' keys cannot be destroyed") from faults
        await self.catch_up()

    def is_forgotten(self, owner: str) -> bool:
        """Whether this process has no key of the owner, and nothing else is left of it either."""
        noted = self._store.get(noted_place(owner))
        return noted is None and next(self._places_of(owner), None) is None

    def forgotten_owners(self) -> list[str]:
        """The forgotten owners of whom something may be left in the files of this process."""
        return [place.removeprefix(NOTED).decode() for place, _ in self._store.scan(NOTED)]

    def compact(self) -> None:
        """Erases what the store's files hold of keys that are gone; it may run in a thread."""
        self._store.compact()

    def note_cleaned(self, owners: Sequence[str]) -> None:
        """Notes that nothing is left of them."""
        self._store.write({noted_place(owner): None for owner in owners})

    async def catch_up(self) -> None:
        """Folds the topic to its end as it is now. Raises LogError, Corrupt."""
        async with self._reading:
            start, end = await self._log.bounds(CUSTOMER_KEYS, _PARTITION)
            if self._position > end:
                log.warning("customers' keys were cut, reading them anew", position=self._position)
                self._begin_anew()
            await self._fold(max(start, self._position), end)

    def require_master_key(self) -> None:
        """Raises KeyringError when the stored keys were wrapped by another master key.

        One that unwraps is proof enough; others may be forgeries.
        """
        fault: KeyringError | None = None
        for place, stored in self._store.scan(key_place("", "")[:-1]):
            owner, _, key = place.removeprefix(KEYS).decode().rpartition("/")
            try:
                self._wrapping.unwrap(owner, key, stored)
            except KeyringError as error:
                fault = fault or error
            else:
                return
        if fault is not None:
            raise fault

    async def follow(self) -> None:
        """Reads what comes, for ever, so that what is forgotten is noticed at once."""
        while True:
            try:
                await self.catch_up()
                await self._follow_on()
            except LogError as fault:
                log.warning("customers' keys unreachable", reason=str(fault))
                await asyncio.sleep(RETRY_SECONDS)

    async def _follow_on(self) -> None:
        """Folds what comes from here on, which `catch_up` may have folded before."""
        reader = await self._log.reader(CUSTOMER_KEYS, _PARTITION, self._position)
        try:
            while True:
                entries = await reader.read(records_max=_READ_MAX, wait_ms=FOLLOW_WAIT_MS)
                async with self._reading:
                    self._fold_entries(entries)
        finally:
            await reader.close()

    async def close(self) -> None:
        """Gives the store back."""
        self._store.close()

    @property
    def _position(self) -> int:
        return int(self._store.get(POSITION) or b"0")

    def _places_of(self, owner: str) -> Iterator[bytes]:
        return (place for place, _ in self._store.scan(key_place(owner, "")))

    def _key_of(self, owner: str) -> str | None:
        made = self._made.get(owner)
        if made is not None:
            return made
        current = self._store.get(current_place(owner))
        return current.decode() if current is not None else None

    def _make_key(self, owner: str) -> tuple[str, AESGCM]:
        key = self._random_bytes(KEY_ID_BYTES).hex()
        secret = self._random_bytes(KEY_BYTES)
        value = self._wrapping.wrap(owner, key, secret)
        self._pending[key] = Entry(f"{owner}/{key}".encode(), value)
        cipher = AESGCM(secret)
        self._ciphers.keep(key, cipher)
        self._made.keep(owner, key)
        return key, cipher

    def _cipher(self, owner: str, key: str) -> AESGCM | None:
        found = self._ciphers.look(key)
        if found is not None:
            return found
        pending = self._pending.get(key)
        stored = pending.value if pending else self._store.get(key_place(owner, key))
        if stored is None:
            return None
        cipher = AESGCM(self._wrapping.unwrap(owner, key, stored))
        self._ciphers.keep(key, cipher)
        return cipher

    async def _fold(self, position: int, end: int) -> None:
        if position >= end:
            return
        reader = await self._log.reader(CUSTOMER_KEYS, _PARTITION, position)
        try:
            while position < end:
                entries = await reader.read(records_max=_READ_MAX, wait_ms=CATCH_UP_WAIT_MS)
                if not entries:
                    raise OutOfRange(f"{CUSTOMER_KEYS} gave nothing at offset {position} of {end}")
                self._fold_entries(entries)
                position = entries[-1].offset + 1
        finally:
            await reader.close()

    def _fold_entries(self, entries: Sequence[StoredEntry]) -> None:
        """Folds those that were not folded before."""
        known = self._position
        changes: dict[bytes, bytes | None] = {}
        for entry in entries:
            if entry.offset >= known:
                self._note(entry, changes)
                changes[POSITION] = str(entry.offset + 1).encode()
        if changes:
            self._store.write(changes)
        if any(place.startswith(NOTED) for place in changes):
            self.noted.set()

    def _note(self, entry: StoredEntry, changes: dict[bytes, bytes | None]) -> None:
        try:
            owner, _, key = entry.key.decode().rpartition("/")
            if entry.value:
                require_wrapped(entry.value)
        except (ValueError, RecursionError):
            owner = key = ""
        if not owner or not key:
            self._skip(entry, "it is not a wrapped key")
            return
        place = key_place(owner, key)
        if entry.value:
            try:
                self._wrapping.unwrap(owner, key, entry.value)
            except KeyringError:
                self._skip(entry, "it does not unwrap")
                if (changes[place] if place in changes else self._store.get(place)) is None:
                    changes[place] = entry.value
                return
            changes[place] = entry.value
            changes[current_place(owner)] = key.encode()
        else:
            if (changes[place] if place in changes else self._store.get(place)) is not None:
                changes[noted_place(owner)] = b"1"
            changes[place] = None
            # whatever the owner does after being forgotten is sealed with a new key
            changes[current_place(owner)] = None
            self._ciphers.pop(key, None)
        if self._made.get(owner) == key:
            del self._made[owner]

    def _skip(self, entry: StoredEntry, reason: str) -> None:
        self.skipped += 1
        log.warning(
            "entry among the customers' keys skipped",
            offset=entry.offset,
            reason=reason,
            skipped=self.skipped,
        )

    def _begin_anew(self) -> None:
        self._ciphers.clear()
        self._forgotten.clear()
        self._store.write({key: None for key, _ in self._store.scan(b"")})
