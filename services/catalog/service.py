"""The endpoints of the catalog, and the task that makes the first project."""

from collections.abc import Mapping

from fronts.writes import Writes
from runtime.http.service import Part, Service
from services.catalog.campaigns.campaigns import campaign_router
from services.catalog.campaigns.promotions import promotion_router
from services.catalog.campaigns.seeds import Seeds
from services.catalog.imports.imports import import_router
from services.catalog.loyalty.balances import member_balance_router
from services.catalog.loyalty.earning_rules import earning_rule_router
from services.catalog.loyalty.estimates import estimate_router
from services.catalog.loyalty.giveaways import draw_router, entry_router
from services.catalog.loyalty.holders import holder_router
from services.catalog.loyalty.members import member_router
from services.catalog.loyalty.pending_points import pending_points_router
from services.catalog.loyalty.points import member_points_router
from services.catalog.loyalty.programs import program_router
from services.catalog.loyalty.referrals import referral_router
from services.catalog.loyalty.rewards import program_reward_router, reward_assignment_router
from services.catalog.loyalty.standings import standing_router
from services.catalog.loyalty.tier_contents import tier_contents_router
from services.catalog.loyalty.tiers import loyalty_tier_router
from services.catalog.people.custom_events import custom_event_routes
from services.catalog.people.customers import Erased, customer_router
from services.catalog.people.segments import segment_router
from services.catalog.projects.api_keys import KeyOutfit, key_router
from services.catalog.projects.bootstrap import Bootstrap
from services.catalog.projects.branding import branding_router
from services.catalog.projects.event_schemas import event_schema_router
from services.catalog.projects.metadata_schemas import older_schema_router, schema_router
from services.catalog.projects.projects import Issuance, project_router
from services.catalog.projects.webhooks import webhook_router
from services.catalog.reads import Reads
from services.catalog.rules.categories import category_router
from services.catalog.rules.rules import rule_router
from services.catalog.rules.stacking import stacking_router
from services.catalog.shop.collections import collection_router
from services.catalog.shop.locations import location_router
from services.catalog.shop.orders import order_router
from services.catalog.shop.products import product_router
from services.catalog.shop.rewards import reward_router
from services.catalog.trials.trials import trial_router
from services.catalog.vouchers.balances import balance_router
from services.catalog.vouchers.bin import bin_router
from services.catalog.vouchers.client_side import client_router
from services.catalog.vouchers.publications import publication_router
from services.catalog.vouchers.vouchers import voucher_router


def catalog_service(
    writes: Writes,
    view_of: Reads,
    bootstrap: Bootstrap,
    issuance: Issuance,
    erased: Erased,
    keys: KeyOutfit,
) -> Service:
    """The service, to be mounted in a host."""

    def health() -> Mapping[str, Part]:
        return {"project": Part("starting") if bootstrap.keys is None else Part()}

    seeds = Seeds(issuance.secrets)
    return Service(
        name="catalog",
        routes=custom_event_routes(writes, view_of),
        routers=(
            import_router(writes, view_of),
            voucher_router(writes, view_of),
            campaign_router(writes, view_of, seeds),
            member_router(writes, view_of),
            member_balance_router(writes, view_of),
            earning_rule_router(writes, view_of),
            pending_points_router(writes, view_of),
            estimate_router(writes, view_of),
            program_router(writes, view_of),
            holder_router(writes, view_of),
            referral_router(writes, view_of),
            entry_router(writes, view_of),
            draw_router(writes, view_of, seeds, keys.clock_ms),
            member_points_router(writes, view_of),
            promotion_router(writes, view_of),
            rule_router(writes, view_of),
            customer_router(writes, view_of, erased),
            order_router(writes, view_of),
            product_router(writes, view_of),
            collection_router(writes, view_of),
            publication_router(writes),
            client_router(writes),
            balance_router(writes),
            bin_router(writes),
            project_router(writes, view_of, issuance),
            webhook_router(writes, view_of, allow_private=issuance.allow_private),
            key_router(writes, view_of, keys),
            event_schema_router(writes, view_of),
            branding_router(writes, view_of),
            schema_router(writes, view_of),
            older_schema_router(writes, view_of),
            stacking_router(writes, view_of),
            category_router(writes, view_of),
            reward_router(writes, view_of),
            reward_assignment_router(writes, view_of),
            program_reward_router(writes, view_of),
            loyalty_tier_router(writes, view_of),
            standing_router(writes, view_of),
            tier_contents_router(writes, view_of),
            location_router(writes, view_of),
            segment_router(writes, view_of),
            trial_router(writes, view_of),
        ),
        tasks={"bootstrap": bootstrap.run},
        health=health,
    )
