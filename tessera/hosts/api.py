"""The host `api`: validation, the front of redemption, and the catalog."""

import os
from collections.abc import Sequence

import httpx

from engine.answers.answer import render_answer
from engine.kernel.encode import to_json
from engine.kernel.zones import zone_name_of
from fronts.spelling import spell_target
from fronts.writes import Writes
from runtime.base.clock import clock_ms
from runtime.base.settings import Settings
from runtime.http.api_calls import ApiCalls
from runtime.http.auth import KeyGate
from runtime.http.forward import Forward, make_client
from runtime.http.host import Host
from runtime.http.internal import Positions
from runtime.http.links import LinkSigner
from runtime.http.oauth import TokenSigner
from runtime.http.service import Service
from runtime.http.serving import serve_host
from runtime.http.session_uses import SessionUses
from runtime.keys.erasing import Erasing
from runtime.store.folders import drop_rebuilt
from schemas.topics import LEDGER, VALIDATIONS
from services.analytics.live.front import alert_service
from services.audit.bulk.front import BulkOutfit, bulk_service
from services.audit.exports.front import ExportOutfit, export_service
from services.audit.notifications.front import notification_service
from services.catalog.campaigns.simulations import simulation_front
from services.catalog.projects.api_keys import KeyOutfit
from services.catalog.projects.bootstrap import Bootstrap, Installation
from services.catalog.projects.directory import KeyDirectory
from services.catalog.projects.keys import Presets
from services.catalog.projects.oauth import OAuth, oauth_service
from services.catalog.projects.projects import Issuance
from services.catalog.service import catalog_service
from services.catalog.users.control import Control
from services.catalog.users.service import user_service
from services.catalog.users.sign_in import make_guard
from services.catalog.users.uses import TellingUses
from services.catalog.vouchers.pictures import picture_service
from services.redemption.front import Redemptions
from services.redemption.service import redemption_service
from services.validation.front import Validations
from services.validation.observations import Observations
from services.validation.qualification import Qualifications
from services.validation.service import validation_service
from tessera import __version__
from tessera.hosts.diagnostics import Diagnostics, installation_service
from tessera.hosts.erasing import Erased, StateCleaner
from tessera.hosts.insight_asked import InsightAsked
from tessera.hosts.neighbours import Neighbours
from tessera.hosts.parts import Parts, Replicas
from tessera.hosts.writing import Writing


async def run_api(settings: Settings) -> None:
    """Validation, redemption front and catalog; what it does not serve goes on to insight."""
    parts = Parts(settings, "api")
    replicas = Replicas(parts)
    observations = Observations(parts.sender, replicas.partition_of)
    insight_url = f"http://127.0.0.1:{settings.insight_port}"
    urls = {
        "insight": insight_url,
        "distribution": f"http://127.0.0.1:{settings.distribution_port}",
    }
    writing: tuple[Service, ...] = ()
    if settings.ledger == "inside":
        writing = (Writing(parts, replicas.followed).service,)
    else:
        urls["ledger"] = f"http://127.0.0.1:{settings.ledger_port}"
    client = make_client(insight_url)
    api_calls = ApiCalls(parts.sender, replicas.partition_of)
    cleaner = StateCleaner(
        lambda: [each.replica.store for each in replicas.followed.values()],
        drop=drop_rebuilt(settings.home, parts.host),
    )
    erasing = Erasing(parts.keyring, cleaner.clean)
    erased = Erased(replicas, erasing, urls, parts.internal_secret)
    insight = InsightAsked(client, parts.internal_secret)
    forward = _forward(parts, replicas, observations, client)
    uses = SessionUses()
    diagnostics = Diagnostics(settings, insight.errors, clock_ms)
    host = Host(
        "api",
        (
            Neighbours(urls).service(),
            api_calls.service,
            erasing.service,
            *_api_services(parts, replicas, observations, erased, forward, insight),
            TellingUses(uses, replicas.commands(), clock_ms).service,
            *writing,
            installation_service(diagnostics),
        ),
        KeyGate(
            KeyDirectory(replicas.view, replicas.keys_are_younger, uses),
            parts.secrets.hash_token,
            TokenSigner(parts.secrets.oauth),
            clock_ms,
            LinkSigner(parts.secrets.exports),
        ),
        forward=forward,
        note=api_calls.note,
    )
    diagnostics.ask_health = host.look
    try:
        await serve_host(host, bind=settings.bind, port=settings.port)
    finally:
        await client.aclose()
        await replicas.close()
        await parts.close()


def _forward(
    parts: Parts, replicas: Replicas, observations: Observations, client: httpx.AsyncClient
) -> Forward:
    """Passes on what other hosts answer, with how far they have to be."""

    async def positions(project: str) -> Positions:
        partition = replicas.partition_of(project)
        found = {(LEDGER, partition): await replicas.caught_up(partition)}
        observed = await observations.position(project)
        # one that was just started knows of nothing that was observed before it
        if observed >= 0:
            found[VALIDATIONS, partition] = observed
        return found

    return Forward(
        client,
        parts.internal_secret,
        positions,
        lambda each: zone_name_of(replicas.view(each)),
        lambda each, *target: spell_target(replicas.view(each), *target),
    )


def _api_services(
    parts: Parts,
    replicas: Replicas,
    observations: Observations,
    erased: Erased,
    pass_on: Forward,
    insight: InsightAsked,
) -> Sequence[Service]:
    settings, secrets = parts.settings, parts.secrets
    commands = replicas.commands()
    writes = Writes(commands, secrets.idempotency, render_answer, to_json)
    validations = Validations(
        writes,
        replicas.view,
        replicas.fresh_view,
        observations.observe,
        secrets.tracking,
        clock_ms=clock_ms,
        make_id=lambda: f"valid_{os.urandom(9).hex()}",
    )
    bootstrap = Bootstrap(
        _installation(settings), commands, replicas.current_view, secrets.hash_token
    )
    return (
        replicas.service(),
        validation_service(
            validations,
            observations,
            Qualifications(writes, replicas.fresh_view, secrets.tracking, clock_ms),
            pass_on,
        ),
        redemption_service(Redemptions(writes, secrets.tracking)),
        bulk_service(BulkOutfit(writes, replicas.current_view, pass_on)),
        catalog_service(
            writes,
            replicas.current_view,
            bootstrap,
            Issuance(secrets, settings.partitions, settings.webhooks_allow_private),
            erased,
            KeyOutfit(secrets, insight.keys_used, clock_ms),
        ),
        simulation_front(replicas.current_view, pass_on),
        picture_service(replicas.view),
        notification_service(writes),
        alert_service(writes, replicas.current_view),
        export_service(
            ExportOutfit(
                writes, replicas.current_view, LinkSigner(secrets.exports), pass_on, clock_ms
            )
        ),
        oauth_service(
            OAuth(writes, commands, replicas.current_view, TokenSigner(secrets.oauth), clock_ms)
        ),
        user_service(
            Control(writes, replicas.current_view, secrets, clock_ms, __version__),
            make_guard(secrets),
        ),
        Service("clean-up", tasks={"clean-up": replicas.clean_up}),
        parts.disk_watch(),
    )


def _installation(settings: Settings) -> Installation:
    def plain(name: str) -> str | None:
        found = getattr(settings, name)
        return None if found is None else found.get_secret_value()

    preset = "trusted_origins" in settings.model_fields_set
    return Installation(
        keys_file=settings.home / "keys.json",
        presets=Presets(
            project_id=settings.project_id,
            app_id=settings.app_id,
            app_token=plain("app_token"),
            client_app_id=settings.client_app_id,
            client_token=plain("client_token"),
            management_id=settings.management_id,
            management_token=plain("management_token"),
            trusted_origins=settings.trusted_origins if preset else None,
        ),
        trusted_origins=settings.trusted_origins,
        partitions=settings.partitions,
    )
