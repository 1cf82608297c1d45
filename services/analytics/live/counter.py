"""What counts a partition of the ledger into the same partition of `campaign-rates`.

The feeds of the tables tell each record as they take it; counting holds nobody up, and what has
gathered is sent beside them. The topic is its own checkpoint: its last record says up to which
offset everything is counted. What the feeds took before that, or take again after a crash, is
passed over; what they do not tell any more is read from the log.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import structlog

from runtime.clickhouse.source import LogSources
from runtime.clickhouse.table import Checkpoint
from runtime.log.log import Appender, Entry, Log, LogError, OutOfRange, Place, StoredEntry
from schemas.base import tag_of
from schemas.rates import RatesCounted
from schemas.records import Decided, Record
from schemas.topics import CAMPAIGN_RATES, LEDGER
from services.analytics.live.counting import Counts

#: How long counts gather before they are sent.
GATHER_SECONDS: Final = 0.25
#: After so many records without a count a mark says how far counting is.
MARK_RECORDS: Final = 5000
#: How many redeemables, and projects for some, are counted at most before the rest waits for them to be sent: what they
#: come to fits into one batch.
STRETCH_MAX: Final = 3000
READ_RECORDS_MAX: Final = 1000
READ_WAIT_MS: Final = 1000
RETRY_SECONDS: Final = 1.0

#: Has each record of a place told, with its offset; gives the offset after which that is so.
Listen = Callable[[Place, Callable[[Any, int], None]], AbstractContextManager[int]]

log = structlog.get_logger(__name__)
_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(RatesCounted)


@dataclass(frozen=True, slots=True)
class CountingOutfit:
    """What counting needs of its host."""

    log: Log
    sources: LogSources
    listen: Listen
    decode: Callable[[StoredEntry], Awaitable[Record]]
    #: Hears of the newest offset of a partition of `campaign-rates`.
    appended: Callable[[int, int], None]


def rates_entry(counted: RatesCounted) -> Entry:
    """The record as it lies in its topic."""
    headers = (("type", tag_of(RatesCounted).encode()), ("version", b"1"))
    return Entry(counted.project.encode(), _encoder.encode(counted), headers)


class Counter:
    """Counts one partition; `run` is its task."""

    def __init__(self, outfit: CountingOutfit, partition: int) -> None:
        #: Why counting is interrupted, if it is.
        self.fault: str | None = None
        self._outfit = outfit
        self._partition = partition
        self._place = Place(LEDGER, partition)
        self._appender: Appender | None = None
        self._counts = Counts()
        #: The batch that was appended last, until it is known to be there.
        self._unsure: list[RatesCounted] = []
        #: Up to there everything is counted, void records included; None: nothing says so.
        self._read: int | None = None
        #: The last record that counted, and the last one that was sent.
        self._applied = -1
        self._sent = -1
        #: The newest offset that the feed told.
        self._told = -1
        #: Whether what the feed tells follows what was read; else the log is read up to there.
        self._is_live = False
        self._has_more = asyncio.Event()

    async def run(self) -> None:
        """Counts for ever; begins anew, from what the topic holds, after a fault that passes."""
        while True:
            try:
                await self._follow()
            except LogError as fault:
                self.fault = f"{self._place}: {fault}"
                log.warning("counting interrupted", place=str(self._place), reason=str(fault))
            finally:
                await self._abandon()
            await asyncio.sleep(RETRY_SECONDS)

    def note(self, record: Any, offset: int) -> None:
        """Hears of a record that the feed takes."""
        read = self._read
        if self._is_live and (read is None or offset == read + 1):
            if read is None:
                # nothing before it will be counted
                self._sent = offset - 1
            self._read = self._applied = offset
            if type(record) is Decided:
                self._counts.add(record)
            self._is_live = self._counts.size < STRETCH_MAX
        elif read is not None and offset > read:
            # between them is what is void, or what the feed took when nobody listened
            self._is_live = False
        else:
            return
        self._told = offset
        self._has_more.set()

    async def _follow(self) -> None:
        self._is_live, self._counts, self._told = False, Counts(), -1
        with self._outfit.listen(self._place, self.note) as joined:
            at = await self._settle(await self._read_end())
            self._read = at
            self._applied = self._sent = -1 if at is None else at
            self._told = max(self._told, joined)
            if at is None:
                self._is_live = True
            elif self._told > at:
                self._has_more.set()
            else:
                self._is_live = True
            self.fault = None
            while True:
                await self._has_more.wait()
                if self._is_live:
                    await asyncio.sleep(GATHER_SECONDS)
                self._has_more.clear()
                await self._send()
                if not self._is_live:
                    await self._catch_up()

    async def _catch_up(self) -> None:
        """Counts what the feed told of and was not listened to. Raises LogError."""
        found = await self._outfit.sources.hash_at(self._place, self._applied)
        at = Checkpoint() if found is None else Checkpoint(self._applied, found)
        source = await self._outfit.sources.open(self._place, at)
        try:
            while source.position < self._told:
                for each in await source.read(records_max=READ_RECORDS_MAX, wait_ms=READ_WAIT_MS):
                    record = await self._outfit.decode(each.entry)
                    if type(record) is Decided:
                        self._counts.add(record)
                    self._applied = each.offset
                    if self._counts.size >= STRETCH_MAX:
                        await self._send()
            self._read = source.position
            self._is_live = True
            if self._counts.size:
                self._has_more.set()
        finally:
            await source.close()

    async def _read_end(self) -> int | None:
        """Up to where it is counted; None where the topic is empty, or of another log."""
        _, end = await self._outfit.log.bounds(CAMPAIGN_RATES, self._partition)
        try:
            entry = await self._outfit.log.read_at(CAMPAIGN_RATES, self._partition, end - 1)
        except OutOfRange:
            return None
        last = _decoder.decode(entry.value).last
        found = await self._outfit.sources.hash_at(self._place, last)
        return None if found is None else last

    async def _settle(self, end: int | None) -> int | None:
        """Appends again what may not be there; up to where it is counted then. Raises LogError.

        It may come late, so it is the same stretch: whoever reads it twice counts it once.
        """
        told, self._unsure = self._unsure, []
        if not told or end not in (None, told[0].first - 1):
            return end
        await self._append(told)
        return told[0].last

    async def _send(self) -> None:
        """Appends what has gathered as one batch. Raises LogError, and counting begins anew."""
        first, last = self._sent + 1, self._applied
        told = self._counts.records(first, last)
        if not told and last - self._sent >= MARK_RECORDS:
            told = [RatesCounted("", first, last)]
        if told:
            self._counts = Counts()
            await self._append(told)
            self._sent = last

    async def _append(self, told: list[RatesCounted]) -> None:
        self._unsure = told
        if self._appender is None:
            self._appender = await self._outfit.log.appender(CAMPAIGN_RATES, self._partition)
        offset = await self._appender.append([rates_entry(each) for each in told])
        self._unsure = []
        self._outfit.appended(self._partition, offset + len(told) - 1)

    async def _abandon(self) -> None:
        if self._appender is not None:
            appender, self._appender = self._appender, None
            await appender.abandon()
