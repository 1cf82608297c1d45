"""One simulation: past records are read in order, and what they tell that was asked is asked again.

A replica of the project's own records is folded on from before the period. Just before a record
moves the state on, the draft, which was put into that state and belongs to nobody else there, is
tried with what the record tells that was asked; so are, at their times between the records, the
validations without a session, which lie in a topic of their own.
"""

import heapq
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

import msgspec

from engine.counters.tallies import read_sums
from engine.evolve import fold_event, fold_facts
from engine.fold import StateFold
from engine.kernel.overlay import Bytes, ProjectState
from engine.kernel.zones import zone_named
from engine.simulations.draft import lay_draft
from engine.simulations.requests import Past, PastRequest, PastRollback, observed_of, past_of
from engine.simulations.sums import SimulationSums
from engine.simulations.trying import count_on_draft, take_back_from_draft, try_draft
from runtime.log.log import Log, LogError, Place, Reader, StoredEntry, decode_entry
from runtime.replica.fresh_storage import FreshStorage
from runtime.replica.past import SILENCE_MS_MAX, OwnRecords, find_offset, time_of
from runtime.replica.replica import Decode, Replica
from runtime.store.store import Store
from schemas.base import Millis
from schemas.observations import ValidationObserved
from schemas.products import PRODUCT_EVENTS
from schemas.records import Decided, Record
from schemas.simulations import SimulationAsked, SimulationResult
from schemas.topics import LEDGER, VALIDATIONS

#: How many observations are read at a time.
OBSERVED_RECORDS: Final = 1000
#: How many are read before the period, since they lie only nearly in the order of their times.
OBSERVED_SLACK: Final = 1000
#: Of how many it is known that they came: the same may come twice.
SEEN_MAX: Final = 10_000

_observed: Final = msgspec.json.Decoder(ValidationObserved)


class SimulationJob(msgspec.Struct, frozen=True):
    """What is to be simulated, and where; `folder` holds a state from before the period, or nothing."""

    project: str
    partition: int
    asked: SimulationAsked
    folder: str


class Progress(msgspec.Struct, frozen=True):
    """How many records are read, of how many."""

    done: int
    of: int


Tell = Callable[[Progress], None]


async def simulate(log: Log, decode: Decode, job: SimulationJob, tell: Tell) -> SimulationResult:
    """What the draft would have done. Raises LogError."""
    asked, partition = job.asked, job.partition
    begin = await find_offset(log, partition, asked.begins_at - 1)
    end = await find_offset(log, partition, asked.ends_at - 1)
    asking = _Asking(job)
    folded: list[_Folding] = []

    def make_fold(store: Store) -> _Folding:
        folded.append(_Folding(store, asking))
        return folded[-1]

    observed = _Observations(log, job)
    reading = _Reading(decode, job.project, asking, observed)
    replica = Replica(log, partition, FreshStorage(Path(job.folder)), make_fold, reading)
    first = replica.chain.state.position + 1
    try:
        await _read_to(replica, begin, lambda at: tell(Progress(at - first, end - first)))
        (fold,) = folded
        fold.begin()
        lay_draft(fold.view(job.project), asked.draft)
        replica.store.write(fold.commit())
        asking.state_of = lambda: fold.view(job.project)
        await _read_to(replica, end, lambda at: tell(Progress(at - first, end - first)))
        fold.begin()
        await reading.reach(asked.ends_at)
        scope = ("campaign", asked.draft.campaign.id)
        return asking.sums.result(read_sums(asking.state_of(), scope).customers)
    finally:
        await replica.close()
        await observed.close()


async def _read_to(replica: Replica, stop: int, tell: Callable[[int], None]) -> None:
    while replica.chain.state.position < stop - 1:
        before = replica.chain.state.position
        await replica.read(wait_ms=SILENCE_MS_MAX, until=stop - 1)
        if replica.chain.state.position == before:
            place = Place(LEDGER, replica.partition)
            raise LogError(f"nothing came of {place} from offset {before + 1} on")
        tell(replica.chain.state.position + 1)


class _Asking:
    """Asks again what was asked, once the draft lies in the state."""

    def __init__(self, job: SimulationJob) -> None:
        self._job = job
        self.sums = SimulationSums(job.asked.draft, zone_named(job.asked.zone))
        #: The state as it is folded; None: the period did not begin.
        self.state_of: Callable[[], ProjectState] | None = None

    def ask_record(self, record: Record) -> None:
        """Asks what a record tells, in the state before it."""
        if self.state_of is None or not isinstance(record, Decided):
            return
        state = self.state_of()
        view = state
        for event in record.events:
            # what a request says of the catalogue holds for itself, too
            if type(event) in PRODUCT_EVENTS:
                view = state.trial() if view is state else view
                fold_event(view, event, record.at)
        for past in past_of(view, record):
            self._ask(state, view, past)

    def ask_observed(self, seen: ValidationObserved) -> None:
        """Asks a validation without a session."""
        assert self.state_of is not None
        state = self.state_of()
        past = observed_of(state, seen)
        if past is not None:
            self._ask(state, state, past)

    def _ask(self, state: ProjectState, view: ProjectState, past: Past) -> None:
        if isinstance(past, PastRequest):
            tried = try_draft(view, self._job.asked.draft, past, self._job.asked.placing)
            redemption = None
            if past.is_redemption and tried.outcome is not None:
                redemption = count_on_draft(state, past, tried)
            self.sums.add(past, tried, redemption)
        elif isinstance(past, PastRollback):
            taken_back = take_back_from_draft(state, past.redemption_id)
            if taken_back is not None:
                self.sums.take_back(past.at, taken_back)
        else:
            self.sums.add_unread()


class _Folding(StateFold):
    """A fold that asks what a record tells before it moves the state on.

    Nobody looks for offers here, and no command comes: what would find them is left out.
    """

    def __init__(self, store: Bytes, asking: _Asking) -> None:
        super().__init__(store)
        self._asking = asking

    def apply(self, record: Record, offset: int) -> None:  # noqa: ARG002 - a protocol's
        self._asking.ask_record(record)
        if isinstance(record, Decided):
            fold_facts(self.view(record.project), record)


class _Reading(OwnRecords):
    """A `Decode` that has the observations from before each record asked first."""

    def __init__(
        self, decode: Decode, project: str, asking: _Asking, observed: "_Observations"
    ) -> None:
        super().__init__(decode, project)
        self._asking = asking
        self._observed = observed
        #: The one that was decoded last, while those who were observed before it are asked.
        self._record: Record | None = None

    def now(self, entry: StoredEntry) -> Record | None:
        record = self._record = super().now(entry)
        if record is None or self._asking.state_of is None or not isinstance(record, Decided):
            return record
        return None if self._observed.precede(record.at) else record

    async def later(self, entry: StoredEntry) -> Record:
        record = self._record or await super().later(entry)
        if self._asking.state_of is not None:
            await self.reach(record.at)
        return record

    async def reach(self, moment: Millis) -> None:
        """Asks all that was observed before then."""
        async for seen in self._observed.before(moment):
            self._asking.ask_observed(seen)


class _Observations:
    """The project's validations without a session, in the period and in order of their times."""

    def __init__(self, log: Log, job: SimulationJob) -> None:
        self._log = log
        self._job = job
        self._read: list[tuple[Millis, int, ValidationObserved]] = []
        self._reader: Reader | None = None
        self._position: int | None = None
        self._end = 0
        self._seen: OrderedDict[str, None] = OrderedDict()

    def precede(self, moment: Millis) -> bool:
        """Whether there may be some of before then that were not given yet."""
        if self._position is None or (self._position < self._end and not self._read):
            return True
        return bool(self._read) and self._read[0][0] < moment

    async def before(self, moment: Millis) -> AsyncIterator[ValidationObserved]:
        """Those of before then."""
        await self._fill()
        while self._read and self._read[0][0] < moment:
            yield heapq.heappop(self._read)[2]
            await self._fill()

    async def close(self) -> None:
        """Gives the reader back."""
        if self._reader is not None:
            await self._reader.close()

    async def _fill(self) -> None:
        """Reads on, so that what comes first is there."""
        partition, asked = self._job.partition, self._job.asked
        if self._position is None:
            start, self._end = await self._log.bounds(VALIDATIONS, partition)
            first = await self._find(start, self._end, asked.begins_at)
            self._position = max(start, first - OBSERVED_SLACK)
        while self._position < self._end and len(self._read) < OBSERVED_RECORDS:
            if self._reader is None:
                self._reader = await self._log.reader(VALIDATIONS, partition, self._position)
            wanted = min(OBSERVED_RECORDS, self._end - self._position)
            entries = await self._reader.read(records_max=wanted, wait_ms=SILENCE_MS_MAX)
            if not entries:
                raise LogError(f"nothing came of {Place(VALIDATIONS, partition)}")
            for entry in entries:
                self._take(entry)
            self._position = entries[-1].offset + 1

    def _take(self, entry: StoredEntry) -> None:
        asked = self._job.asked
        if entry.key != self._job.project.encode():
            return
        seen = decode_entry(_observed, entry)
        if seen is None or not asked.begins_at <= seen.at < asked.ends_at or seen.id in self._seen:
            return
        self._seen[seen.id] = None
        if len(self._seen) > SEEN_MAX:
            self._seen.popitem(last=False)
        heapq.heappush(self._read, (seen.at, entry.offset, seen))

    async def _find(self, low: int, high: int, moment: Millis) -> int:
        """The first offset of then or later, nearly."""
        while low < high:
            middle = (low + high) // 2
            if time_of(await self._log.read_at(VALIDATIONS, self._job.partition, middle)) < moment:
                low = middle + 1
            else:
                high = middle
        return low
