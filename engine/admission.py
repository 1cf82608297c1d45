"""Which commands are decided at all: once each, and in time.

The first test is whether the command is known. A repeat gets the first answer, also when it comes
late. Ids that a client chose (`idem_`) are remembered for seven days; those that a front made up
can repeat only while it tries to send, so that two days are enough.
"""

from engine.kernel import tables
from engine.kernel.state import View
from schemas.base import DAY_MS, Millis
from schemas.commands import Command
from schemas.records import Conflicted, Duplicate, Expired, Seen

#: How far the front's clock may be ahead of the log's.
SKEW_MS_MAX = 5000
SEEN_DAYS = 7
IDEMPOTENCY_PREFIX = "idem_"


def admit(
    view: View,
    command: Command,
    appended_at: Millis,
    now: Millis,
    command_offset: int,
    *,
    is_new: bool = False,
) -> Duplicate | Conflicted | Expired | None:
    """The record of a command that is not to be decided; None: decide it.

    `appended_at` is the log's time of the command, `now` that of the decision. One that `is_new`
    is known to have no record, and is not looked for.
    """
    first = None if is_new else find_seen(view, command.id, now)
    if first is not None:
        if first.fingerprint != command.fingerprint:
            return Conflicted(command_offset, now, command.id, command.project)
        return Duplicate(command_offset, now, command.id, command.project)
    if is_in_time(command, appended_at):
        return None
    return Expired(command_offset, now, command.id, command.project)


def is_in_time(command: Command, appended_at: Millis) -> bool:
    """Whether the command reached the log while its front still waited for it."""
    return command.sent_at - SKEW_MS_MAX <= appended_at <= command.deadline


def day_bucket(day: int) -> str:
    """The name under which a day's commands are remembered; `day` counts from 1970."""
    return f"{day:05d}"


def find_seen(view: View, command_id: str, now: Millis) -> Seen | None:
    """What is remembered of a command with this id."""
    days = SEEN_DAYS if command_id.startswith(IDEMPOTENCY_PREFIX) else 1
    today = now // DAY_MS
    for day in range(today, today - days - 1, -1):
        found = view.get(tables.SEEN, day_bucket(day), command_id)
        if found is not None:
            return found
    return None
