"""The tables of limits in the documents are what the code holds requests and records to."""

from typing import Final

from engine.admission import SEEN_DAYS, SKEW_MS_MAX
from engine.campaigns.generation import VOUCHERS_MAX
from engine.codes.code import CHARSET_SIZE_MAX, CODE_LENGTH_MAX
from engine.earning.terms import REFS_MAX
from engine.effects import FOLLOWED_BYTES_MAX, ROUNDS_MAX
from engine.kernel.reacting import REACTING_MAX
from engine.loyalty_tiers.ends import EXTEND_MONTHS_MAX
from engine.orders.calculation import ORDER_ENTRIES_MAX
from engine.orders.overrides import OVERRIDES_MAX
from engine.points import expiration
from engine.points.buckets import BUCKETS_MAX
from engine.referrals import tree
from engine.rules import filters
from fronts.staging import ROWS_MAX
from fronts.writes import IDEMPOTENCY_KEY_LENGTH_MAX
from runtime.http.payload import BODY_BYTES_MAX, NESTING_MAX
from schemas import (
    collections,
    giveaway_terms,
    giveaways,
    loyalty_tiers,
    points,
    referrals,
    rewards,
    segments,
)
from schemas.actions import FAILURES_KEPT_MAX
from schemas.api import ITEMS_MAX, REDEEMABLES_MAX
from schemas.assignments import ASSIGNMENTS_MAX
from schemas.base import AMOUNT_MAX, ID_LENGTH_MAX, QUANTITY_MAX
from schemas.categories import CATEGORIES_MAX
from schemas.custom_events import CUSTOM_EVENT_NAME_LENGTH_MAX
from schemas.earning import EARNING_RULES_MAX, PENDING_DAYS_MAX, REASONS_TOLD_MAX
from schemas.event_schemas import EVENT_PROPERTIES_MAX, EVENT_SCHEMAS_MAX
from schemas.keys import KEYS_MAX, WORKING_KEYS_MAX
from schemas.locations import LOCATIONS_MAX, POINTS_MAX
from schemas.products import SKUS_MAX
from schemas.promotions import (
    STACK_TIERS_MAX,
    STACKS_MAX,
    TIERS_AT_ONCE_MAX,
    TIERS_MAX,
    TIERS_MOVED_MAX,
)
from schemas.publications import COUNT_MAX
from schemas.qualifications import LIMIT_MAX
from schemas.rewards import REWARD_ASSIGNMENTS_MAX, REWARDS_MAX
from schemas.stacking import CATEGORIES_NAMED_MAX
from schemas.topics import BATCH_BYTES_MAX, RECORD_BYTES_MAX
from schemas.webhooks import WEBHOOKS_MAX
from services.audit.bulk.front import NAMED_MAX
from services.catalog.imports.imports import ORDERS_MAX
from services.catalog.imports.uploads import FILE_BYTES_MAX
from services.catalog.loyalty import standings
from services.catalog.loyalty.giveaways import PAGE_MAX
from services.catalog.projects.project_bodies import ORIGINS_MAX
from services.redemption.ledger.writer import BATCH_COMMANDS_MAX
from tests.architecture.tables import rows_of

LIMITS: Final = {
    "bytes of a body": BODY_BYTES_MAX,
    "bytes of an import or bulk update": FILE_BYTES_MAX,
    "levels of a body": NESTING_MAX,
    "characters of an id, a source id or a code": ID_LENGTH_MAX,
    "characters of an `Idempotency-Key`": IDEMPOTENCY_KEY_LENGTH_MAX,
    "characters of a custom event's name": CUSTOM_EVENT_NAME_LENGTH_MAX,
    "an amount, in minor units": AMOUNT_MAX,
    "a quantity": QUANTITY_MAX,
    "redeemables of a request": REDEEMABLES_MAX,
    "rows of a page of qualifications": LIMIT_MAX,
    "items of an order": ITEMS_MAX,
    "redemptions of an order, with the parents of stacks": ORDER_ENTRIES_MAX,
    "products and SKUs that an order overrides": OVERRIDES_MAX,
    "vouchers of a campaign": VOUCHERS_MAX,
    "random characters of a code, also its `prefix`, `postfix` and `pattern`": CODE_LENGTH_MAX,
    "different characters of a `charset`": CHARSET_SIZE_MAX,
    "vouchers of a publication": COUNT_MAX,
    "tiers of a promotion": TIERS_MAX,
    "tiers that come with a new promotion": TIERS_AT_ONCE_MAX,
    "tiers that move because of another": TIERS_MOVED_MAX,
    "stacks of a promotion": STACKS_MAX,
    "tiers of a stack": STACK_TIERS_MAX,
    "sets of validation rules of an object": ASSIGNMENTS_MAX,
    "categories": CATEGORIES_MAX,
    "categories that stacking rules name": CATEGORIES_NAMED_MAX,
    "rewards": REWARDS_MAX,
    "rewards that a program offers": REWARD_ASSIGNMENTS_MAX,
    "loyalty programs with `auto_join`, with earning rules, with tiers, with `auto_redeem`; referral programs; giveaways, drawn ones included: of each": REACTING_MAX,
    "points that a reward costs": rewards.COST_MAX,
    "what points are worth, in major units: an `exchange_ratio`; for how many of them: a `points_ratio`": rewards.RATIO_MAX,
    "months until points expire": expiration.MONTHS_MAX,
    "days until points expire": expiration.DAYS_MAX,
    "days that it is told before": expiration.NOTICE_DAYS_MAX,
    "buckets of points of a card": BUCKETS_MAX,
    "cards that give points in one transfer": points.MOVES_MAX,
    "earning rules of a program": EARNING_RULES_MAX,
    "products, SKUs and collections that an earning rule is for": REFS_MAX,
    "days that points are pending": PENDING_DAYS_MAX,
    "rules that one note of what was not earned names": REASONS_TOLD_MAX,
    "tiers of a loyalty program": loyalty_tiers.TIERS_MAX,
    "earning rules, and rewards, that a tier gives or sells otherwise": loyalty_tiers.MAPPINGS_MAX,
    "times as many that a tier gives": loyalty_tiers.MULTIPLIER_MAX,
    "months that a tier lasts longer": EXTEND_MONTHS_MAX,
    "cards whose standings are asked for at once": standings.IDS_MAX,
    "referees of a code": referrals.REFEREES_MAX,
    "holders that are added at once": referrals.HOLDERS_AT_ONCE_MAX,
    "tiers of a referral program": referrals.REFERRAL_TIERS_MAX,
    "levels of a tree of referrals": tree.DEPTH_MAX,
    "referees that such a tree shows below a customer": tree.BELOW_MAX,
    "referees that it shows in all": tree.NODES_MAX,
    "codes of a customer that it follows": tree.CODES_MAX,
    "entries of a giveaway": giveaways.ENTRIES_MAX,
    "entries of a page of them": PAGE_MAX,
    "orders beside the first that keep an entry": giveaways.OTHER_ORDERS_MAX,
    "winners of a giveaway": giveaway_terms.WINNERS_MAX,
    "alternates of a giveaway": giveaway_terms.ALTERNATES_MAX,
    "entries that are drawn, those who stepped in included": giveaways.DRAWN_MAX,
    "rounds in which what follows of a decision is followed by something again": ROUNDS_MAX,
    "bytes of what follows of a decision, beyond which nothing more does": FOLLOWED_BYTES_MAX,
    "locations": LOCATIONS_MAX,
    "positions of a location": POINTS_MAX,
    "segments": segments.SEGMENTS_MAX,
    "`auto-update` segments": segments.FOLLOWED_MAX,
    "members of a `static` segment": segments.MEMBERS_MAX,
    "fields of a filter": filters.FIELDS_MAX,
    "characters of a filter": segments.FILTER_LENGTH_MAX,
    "SKUs of a product": SKUS_MAX,
    "collections": collections.COLLECTIONS_MAX,
    "members of a `STATIC` collection": collections.MEMBERS_MAX,
    "rows of an import or bulk update": ROWS_MAX,
    "codes or ids that a bulk action names": NAMED_MAX,
    "orders of an import": ORDERS_MAX,
    "failures that an action shows": FAILURES_KEPT_MAX,
    "webhooks": WEBHOOKS_MAX,
    "API keys that work": WORKING_KEYS_MAX,
    "API keys that are kept": KEYS_MAX,
    "schemas of custom events": EVENT_SCHEMAS_MAX,
    "properties of a schema of custom events": EVENT_PROPERTIES_MAX,
    "trusted origins": ORIGINS_MAX,
}


def test_the_table_of_limits_is_what_the_code_says() -> None:
    assert rewards.POINTS_RATIO_MAX == rewards.RATIO_MAX
    told = {cells[0]: cells[1] for cells in rows_of("docs/api.md", "## Limits")}
    assert told == {name: f"{most:,}" for name, most in LIMITS.items()}


def test_the_bounds_of_the_writer_are_what_the_code_says() -> None:
    wanted = (
        f"{BATCH_COMMANDS_MAX} commands",
        f"{BATCH_BYTES_MAX // 1024**2} MiB",
        f"{RECORD_BYTES_MAX // 1024} KiB",
        f"{SKEW_MS_MAX // 1000} s before it was sent",
        f"{SEEN_DAYS} days",
    )
    told = [cells[1] for cells in rows_of("docs/services/redemption.md", "## The writer")]
    assert [cell[: len(each)] for cell, each in zip(told, wanted, strict=True)] == list(wanted)
