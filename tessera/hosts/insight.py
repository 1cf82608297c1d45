"""The host `insight`: audit and analytics over the sinks that fill their tables."""

from collections.abc import Sequence
from functools import partial

from runtime.base.clock import clock_ms
from runtime.base.disk import MIB
from runtime.base.settings import Settings
from runtime.clickhouse.apart import Apart, Limits
from runtime.clickhouse.database import Database
from runtime.clickhouse.sinks import Sinks
from runtime.clickhouse.source import LogSources
from runtime.http.host import Host
from runtime.http.internal import InternalGate
from runtime.http.links import LinkSigner
from runtime.http.service import Service
from runtime.http.serving import serve_host
from runtime.kafka.admin import client_options
from runtime.keys.erasing import Erasing
from runtime.replica.past import find_offset
from runtime.replica.past_states import PastStates
from schemas.topics import LEDGER
from services.analytics.live.live import Live, LiveOutfit
from services.analytics.live.service import live_service
from services.analytics.service import analytics_service
from services.analytics.simulations.front import simulation_service
from services.analytics.simulations.runs import Simulations
from services.analytics.sql.asking import sql_service
from services.analytics.sql.views import TABLES as TABLES_OF_VIEWS
from services.audit.bulk.choosing import choosing_service
from services.audit.exports.download import export_file_service
from services.audit.exports.exporter import Exporter, ExporterOutfit
from services.audit.exports.files import ExportFiles
from services.audit.exports.reports import ReportOutfit, Reports
from services.audit.exports.writing import write_export
from services.audit.history.records import StoredRecord
from services.audit.notifications.listing import notification_list_service
from services.audit.service import Kept, audit_service
from services.validation.past import past_service
from tessera.hosts.insight_tables import decoder_of, insight_fillings, insight_retentions
from tessera.hosts.parts import Parts
from tessera.hosts.past import Past, fold_by_child, past_folder
from tessera.hosts.past_cleaner import PastCleaner
from tessera.hosts.simulations import simulate_by_child
from tessera.hosts.table_cleaner import TableCleaner


async def run_insight(settings: Settings) -> None:
    """Audit and analytics over the sinks that fill their tables."""
    parts = Parts(settings, "insight")
    database = await Database.open(settings.clickhouse_dsn())
    sources = LogSources(parts.log, chained=frozenset((LEDGER,)))
    sinks = Sinks(
        database,
        sources,
        insight_fillings(parts),
        settings.partitions,
        retentions=insight_retentions(settings),
    )
    record_of = decoder_of(parts)

    async def read_record(partition: int, offset: int) -> StoredRecord:
        entry = await parts.log.read_at(LEDGER, partition, offset)
        return StoredRecord(await record_of(entry), len(entry.value))

    kept = Kept(settings.validations_days, settings.api_calls_days)
    files = ExportFiles(settings.home / "exports")
    send, encode = parts.sender.send, parts.codec.encode_command
    reports = Reports(ReportOutfit(send, encode, clock_ms))
    exporter = Exporter(
        ExporterOutfit(sinks.reads, files, reports, write_export, parts.disk.shortage)
    )
    sinks.tell_all(LEDGER, exporter.note)
    cleaner = TableCleaner(database, sinks.reads)
    states = PastStates(past_folder(settings) / "states", fold_by_child)
    past = Past(parts.log, states, parts.disk.shortage)
    simulations = _simulations(parts, states)

    async def clean_tables(owners: Sequence[str]) -> Sequence[str]:
        gone = await cleaner.clean(owners)
        # the tables know by now which files have to go
        return gone if not gone or await exporter.has_tidied() else ()

    clean = PastCleaner((states.forget, simulations.begin_again), clean_tables).clean

    keys = Service("keys", tasks={"customer-keys": parts.keep_keys})
    host = Host(
        "insight",
        (
            parts.disk_watch(),
            keys,
            Erasing(parts.keyring, clean).service,
            sinks.service,
            export_file_service(exporter, sinks.reads, files),
            audit_service(sinks.reads, read_record, sinks.listen, kept=kept),
            choosing_service(sinks.reads),
            notification_list_service(sinks.reads, LinkSigner(parts.secrets.exports)),
            analytics_service(sinks.reads, clock_ms=clock_ms),
            simulation_service(simulations, parts.disk.shortage),
            past_service(past.open, parts.secrets.idempotency, parts.secrets.tracking),
            sql_service(sinks.reads, Apart(database, _limits_of(settings), TABLES_OF_VIEWS)),
            _live(parts, sinks, sources),
        ),
        InternalGate(parts.internal_secret),
    )
    try:
        await serve_host(host, bind="127.0.0.1", port=settings.insight_port)
    finally:
        await states.close()
        await parts.close()


def _limits_of(settings: Settings) -> Limits:
    """What a statement of an analyst may take."""
    return Limits(
        settings.query_seconds,
        settings.query_rows,
        settings.query_result_mib * MIB,
        settings.query_memory_mib * MIB,
        settings.query_threads,
    )


def _simulations(parts: Parts, states: PastStates) -> Simulations:
    home = parts.settings.home
    return Simulations(
        home / "simulations",
        past_folder(parts.settings) / "simulations",
        simulate_by_child,
        states,
        partial(find_offset, parts.log),
        clock_ms,
    )


def _live(parts: Parts, sinks: Sinks, sources: LogSources) -> Service:
    return live_service(
        Live(LiveOutfit(parts.sender.send, parts.codec.encode_command, clock_ms)),
        parts.log,
        sources,
        sinks,
        decoder_of(parts),
        client_options(parts.settings),
        parts.settings.home / "live",
        parts.settings.partitions,
    )
