"""Record batches as Kafka stores them: entries to bytes, and bytes to entries without trust.

A batch's checksum covers its records, but not its first 17 bytes: base offset, length, leader
epoch, format. So those are checked here: batches must follow one another without a gap (a
compacted topic may have gaps), each must be complete, and of the only format that is written.
Whatever byte of a stored batch is changed, what is read is either what was written or Corrupt.

An empty value is stored as null, since a null is what removes a key from a compacted topic.
"""

import struct
from collections.abc import Iterator, Sequence

from aiokafka.errors import KafkaError
from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder

from runtime.log.log import Corrupt, Entry, Place, StoredEntry
from schemas.base import Millis
from schemas.topics import BATCH_BYTES_MAX

_FORMAT = 2
_NO_PRODUCER = -1
_START = struct.Struct(">qiib")
_LENGTH_END = 12
#: Everything before a batch's records.
_HEADER_BYTES = 61

CODECS = {
    "none": 0,
    "lz4": DefaultRecordBatch.CODEC_LZ4,
    "zstd": DefaultRecordBatch.CODEC_ZSTD,
}


def encode_batch(entries: Sequence[Entry], timestamp: Millis, codec: int) -> bytes:
    """One batch of all entries; `codec` is one of CODECS. The entries fit (see require_batch)."""
    builder = DefaultRecordBatchBuilder(
        _FORMAT, codec, 0, _NO_PRODUCER, _NO_PRODUCER, -1, BATCH_BYTES_MAX
    )
    for number, entry in enumerate(entries):
        added = builder.append(
            number, timestamp, entry.key, entry.value or None, list(entry.headers)
        )
        if added is None:
            raise ValueError(f"a batch of {len(entries)} entries exceeds {BATCH_BYTES_MAX} bytes")
    return bytes(builder.build())


class Batches:
    """The batches of a partition from an offset on, as answers to fetches bring them.

    `position` is the offset to be fetched next.
    """

    def __init__(self, place: Place, position: int, *, compacted: bool) -> None:
        self.position = position
        self._place = place
        self._compacted = compacted
        self._wanted = position
        self._is_first = True

    def decode(self, raw: bytes) -> Iterator[StoredEntry]:
        """The entries of what was fetched at `position`, which it moves behind each batch.

        What is before the damage is given before Corrupt is raised. The end may hold the
        beginning of a batch, which is fetched again.
        """
        at = 0
        while len(raw) - at >= _HEADER_BYTES:
            base, length, _, layout = _START.unpack_from(raw, at)
            end = at + _LENGTH_END + length
            if length < _HEADER_BYTES - _LENGTH_END or layout != _FORMAT:
                raise self._damage("its header is not that of a batch")
            if end > len(raw):
                break
            yield from self._batch(base, raw[at:end])
            at = end
        if at == 0:
            raise self._damage("its length is wrong")

    def _batch(self, base: int, raw: bytes) -> Iterator[StoredEntry]:
        batch = DefaultRecordBatch(raw)
        if not batch.validate_crc():
            raise self._damage("its checksum does not match")
        if not self._follows(base, batch.next_offset):
            raise self._damage(f"it says that it begins at offset {base}")
        is_control = batch.is_control_batch
        try:
            for record in batch:
                if record.offset >= self._wanted and not is_control:
                    yield StoredEntry(
                        record.offset,
                        record.timestamp,
                        record.key or b"",
                        record.value or b"",
                        tuple([(name, value or b"") for name, value in record.headers]),
                    )
        except (KafkaError, ValueError, IndexError) as error:
            raise self._damage(f"its records cannot be read ({error})") from error
        self.position = batch.next_offset
        self._is_first = False

    def _follows(self, base: int, following: int) -> bool:
        if self._is_first and base < self.position < following:
            return True  # reading began within a batch
        return self.position <= base < following if self._compacted else base == self.position

    def _damage(self, reason: str) -> Corrupt:
        return Corrupt(f"{self._place}: the batch at offset {self.position} is damaged: {reason}")
