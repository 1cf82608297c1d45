"""`tessera simulate`: what a campaign would have done with what really was asked.

The draft is made in the state that the host `api` has, opened read-only beside it. The past is
folded in this process, in a folder that lasts as long, so nothing that runs is asked or changed.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from pydantic import ValidationError

from engine.fold import StateFold
from runtime.base.settings import Settings
from runtime.http.errors import ApiError
from runtime.http.payload import describe_pydantic
from schemas.simulations import SimulationAsked, SimulationResult
from services.analytics.simulations.front import result_body
from services.analytics.simulations.simulate import Progress, SimulationJob, simulate
from services.catalog.campaigns.simulations import SimulationBody, read_simulation
from tessera.entity import find_project, open_state
from tessera.hosts.past import past_parts
from tessera.installation import reach_installation
from tessera.tail import escape_text

Write = Callable[[str], None]
#: What the columns of a day are.
_COLUMNS = (
    "redemptions", "redemptions_matched", "discount_amount", "order_amount", "displaced_amount",
)  # fmt: skip


class DraftError(Exception):
    """The draft cannot be simulated; the message names what of it."""


async def simulate_draft(
    settings: Settings,
    draft: bytes,
    period: tuple[str, str],
    write: Write,
    tell: Write,
    *,
    placing: str = "last",
    project: str | None = None,
    as_json: bool = False,
) -> None:
    """Writes what the draft would have done. Raises DraftError, NoInstallation, LogError, StoreError."""
    body = read_draft(draft, period, placing)
    async with reach_installation(settings) as installation:
        found = installation.settings
        owner, partition = find_project(found.home, project)
        store = open_state(found.home, partition)
        try:
            asked = _read(StateFold(store), owner, body)
        finally:
            store.close()
        parts = past_parts(found, "simulate")
        try:
            with TemporaryDirectory(prefix="tessera-simulate-") as folder:
                job = SimulationJob(owner, partition, asked, str(Path(folder) / "state"))
                await parts.keyring.catch_up()
                result = await simulate(parts.log, parts.codec, job, _progress(tell))
        finally:
            await parts.close()
    if as_json:
        write(json.dumps(result_body(result), separators=(",", ":")))
        return
    for line in result_lines(asked, result):
        write(line)


def read_draft(draft: bytes, period: tuple[str, str], placing: str) -> SimulationBody:
    """The body that a file stands for: of a campaign, or of one with `validation_rules` beside it.

    Raises DraftError.
    """
    try:
        given = msgspec.json.decode(draft)
    except (msgspec.DecodeError, UnicodeDecodeError):
        given = None
    if not isinstance(given, dict):
        raise DraftError("The draft has to be a JSON object")
    named: dict[str, Any] = given if "campaign" in given else {"campaign": given}
    try:
        return SimulationBody.model_validate(
            named | {"from": period[0], "to": period[1], "placing": placing}
        )
    except ValidationError as fault:
        errors: list[Any] = list(fault.errors())
        raise DraftError(describe_pydantic(errors)) from None


def _read(fold: StateFold, project: str, body: SimulationBody) -> SimulationAsked:
    try:
        return read_simulation(fold.view(project), body, "")
    except ApiError as fault:
        refusal = fault.refusal
        raise DraftError(f"{refusal.message}: {refusal.details or refusal.key}") from None


def _progress(tell: Write) -> Callable[[Progress], None]:
    told = -1

    def note(progress: Progress) -> None:
        nonlocal told
        tens = 10 * progress.done // max(progress.of, 1)
        if tens != told:
            told = tens
            tell(f"{progress.done} of {progress.of} records are read")

    return note


def result_lines(asked: SimulationAsked, result: SimulationResult) -> Iterator[str]:
    """The numbers for a reader; amounts in minor units."""
    body = result_body(result)
    yield f"{escape_text(asked.draft.campaign.name)}: what it would have done"
    for name, value in body["totals"].items():
        yield f"{name:>26}  {value}"
    yield ""
    yield f"{'day':<24}" + "".join(f"{name:>21}" for name in _COLUMNS)
    for day in body["days"]:
        yield f"{day['from']:<24}" + "".join(f"{day[name]:>21}" for name in _COLUMNS)
    for title, rows in (("tiers", body["tiers"]), ("displaced", body["displaced"])):
        if rows:
            yield ""
            yield f"{title}:"
        for row in rows:
            yield "  " + escape_text(", ".join(f"{name} {row[name]}" for name in row))
    if body["not_matched"]:
        yield ""
        yield "not matched: " + ", ".join(
            f"{count} {key}" for key, count in body["not_matched"].items()
        )
    if result.unread:
        yield f"{result.unread} requests could not be asked again"
