"""Segments whose members a list is asked for."""

from engine.kernel import tables
from fronts.query_string import invalid_parameter
from runtime.clickhouse.reads import Reads
from services.audit.lists import queries
from services.audit.sink.segment_rows import KIND


async def find_kept_segment(reads: Reads, project: str, segment: str, parameter: str) -> bool:
    """Whether there is that segment. Raises ApiError for one of which nobody keeps who is in it."""
    found = await reads.rows(queries.entities(project, KIND, [segment]))
    if not found:
        return False
    if tables.SEGMENTS.decode(found[0][1].encode()).type == "passive":
        raise invalid_parameter(
            parameter, "is a passive segment, of which nobody keeps who is in it"
        )
    return True
