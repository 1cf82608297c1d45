"""Campaigns: created with their first vouchers, changed, switched, deleted, and added to.

A campaign's switch, dates, days, hours and rules bind its vouchers whenever they are decided on
(engine/evaluation/eligibility.py); what an update says of discount, gift and codes is for those
made later.
"""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import structs

from engine.assignments.decide import assign_rules, rule_ids_of
from engine.background.decide import start_action_event
from engine.campaigns.delete import delete_campaign
from engine.campaigns.generation import (
    GENERATE,
    campaign_without_vouchers,
    chunk_rows,
    code_rule_of,
    no_free_code,
    template_of,
    too_many_vouchers,
    voucher_joined_event,
    vouchers_generated_event,
)
from engine.campaigns.joining import joining_started_event, joins_by_itself, too_many_joined
from engine.campaigns.programs import with_program
from engine.campaigns.switching import disable_campaign, enable_campaign
from engine.campaigns.template import changed_giveaway, changed_template, with_template_items
from engine.campaigns.tiers.decide import create_promotion, shown_categories, shown_tiers
from engine.codes.code import CodeRule, draw_free_codes, too_few_codes
from engine.kernel import tables
from engine.kernel.changes import named_changes, unchangeable_member, with_changes
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.lookup import find_campaign, taken_code, unify_category, with_named_category
from engine.kernel.room import Decisions
from engine.kernel.state import View, encode
from engine.loyalty_tiers.members import recalculation_started_event
from engine.terms.validity import invalid_campaign, invalid_voucher
from schemas.actions import (
    ActionStarted,
    GenerateVouchers,
)
from schemas.base import Millis
from schemas.campaigns import (
    AddVouchers,
    Campaign,
    CampaignCreated,
    CampaignUpdated,
    CreateCampaign,
    DeleteCampaign,
    DisableCampaign,
    EnableCampaign,
    UpdateCampaign,
)
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.events import Event
from schemas.vouchers import Voucher

#: What names nothing that differs from the campaign's own.
NO_FIELDS = msgspec.Raw(b"{}")

#: What an update may name; of the template's members only these.
UPDATABLE = frozenset(
    {
        "type",
        "description",
        "start_date",
        "expiration_date",
        "validity_timeframe",
        "validity_day_of_week",
        "validity_hours",
        "activity_duration_after_publishing",
        "auto_join",
        "join_once",
        "metadata",
        "unset_metadata_fields",
        "discount",
        "gift",
        "referral_program",
        "loyalty_tiers_expiration",
        "category",
        "category_id",
    }
)
#: What may be named in part, as it was read.
_READ = frozenset({"voucher", "giveaway"})
#: What may be named as it is: official clients send back what they read.
FIXED = ("id", "name", "campaign_type", "active", "use_voucher_metadata_schema")


def create_campaign(
    view: View, command: Command, body: CreateCampaign, now: Millis
) -> Decision | Refusal:
    """Creates a campaign with its first vouchers; the rest of them is left to an action."""
    campaign = structs.replace(
        body.campaign,
        id=new_id(command.seed, "camp_"),
        voucher=with_template_items(view, body.campaign),
        created_at=now,
        updated_at=None,
        rule_ids=(),
    )
    refusal = invalid_campaign(campaign) or too_many_joined(view, campaign)
    if refusal is None and view.get(tables.CAMPAIGN_NAMES, campaign.name) is not None:
        refusal = refuse(
            "duplicate_found",
            f"Duplicated campaign exists with id {campaign.name}",
            resource_id=campaign.name,
            resource_type="campaign",
        )
    if refusal is not None:
        return refusal
    within = with_named_category(view, campaign)
    within = within if isinstance(within, Refusal) else with_program(view, within)
    if isinstance(within, Refusal):
        return within
    campaign = within
    if campaign.campaign_type == "PROMOTION":
        return create_promotion(view, command, body, campaign, now)
    rule = _rule_for(view, campaign, body.vouchers_count)
    if isinstance(rule, Refusal):
        return rule
    assigned = assign_rules(view, command, body.validation_rules, campaign, now)
    if isinstance(assigned, Refusal):
        return assigned
    campaign = structs.replace(campaign, rule_ids=rule_ids_of(assigned))
    created = CampaignCreated(campaign)
    if not body.vouchers_count:
        return Decision((*assigned, created))
    template = template_of(campaign, now)
    at_once = min(body.vouchers_count, chunk_rows(rule, template))
    codes = draw_free_codes(view, command.seed, rule, at_once)
    if not codes:
        return no_free_code(rule)
    left = body.vouchers_count - len(codes)
    campaign = structs.replace(campaign, generating=left)
    events: list[Event] = [*assigned, created]
    if left:
        work = GenerateVouchers(campaign.id, body.vouchers_count)
        events.append(_generation_started_event(command, work, now, done=len(codes)))
    # The last event is the one that answers.
    events.append(vouchers_generated_event(campaign, template, command.seed, codes))
    return Decision(tuple(events))


def update_campaign(
    view: View, command: Command, body: UpdateCampaign, now: Millis
) -> Decision | Refusal:
    """Sets the named fields; metadata is merged, null clears."""
    campaign = find_campaign(view, body.campaign)
    if campaign is None or body.kind not in (None, campaign.campaign_type):
        return not_found("campaign", body.campaign)
    changed = _change_campaign(view, campaign, body.changes)
    if isinstance(changed, Refusal):
        return changed
    if changed.voucher != campaign.voucher:
        changed = structs.replace(changed, voucher=with_template_items(view, changed))
    changed = structs.replace(changed, updated_at=now)
    refusal = invalid_campaign(changed) or too_many_joined(view, changed)
    if refusal is not None:
        return refusal
    tiers = shown_tiers(view, changed)
    categories = shown_categories(view, changed, tiers)
    updated = CampaignUpdated(changed, tiers, categories)
    if body.recalculate_tiers and changed.campaign_type != "LOYALTY_PROGRAM":
        details = (
            "Property `.options.recalculate_tiers` belongs to the campaign_type LOYALTY_PROGRAM"
        )
        return refuse("invalid_payload", details)
    events: list[Event] = []
    if body.recalculate_tiers:
        events.append(recalculation_started_event(command, changed.id, now))
    if joins_by_itself(changed) and not campaign.auto_join:
        events.append(joining_started_event(command, changed.id, now))
    # the last event is the one that answers
    return Decision((*events, updated))


def add_vouchers(
    view: View, command: Command, body: AddVouchers, now: Millis
) -> Decision | Refusal:
    """Adds one voucher at once, or many by an action; what is named differs from the campaign's."""
    campaign = find_campaign(view, body.campaign)
    if campaign is None:
        return not_found("campaign", body.campaign)
    if campaign.voucher is None:
        return campaign_without_vouchers(campaign)
    template = _with_fields(view, template_of(campaign, now), body.fields)
    if isinstance(template, Refusal):
        return template
    if body.code is not None:
        template = structs.replace(template, code=body.code)
        return _add_with_code(view, command, campaign, template, body.validation_rules)
    rule = _rule_for(view, campaign, body.count, body)
    if isinstance(rule, Refusal):
        return rule
    if body.count == 1:
        codes = draw_free_codes(view, command.seed, rule, 1)
        if not codes:
            return no_free_code(rule)
        if body.validation_rules:
            template = structs.replace(template, code=codes[0])
            return _add_with_code(view, command, campaign, template, body.validation_rules)
        return Decision((vouchers_generated_event(campaign, template, command.seed, codes),))
    own = template if body.fields != NO_FIELDS else None
    work = GenerateVouchers(campaign.id, body.count, own, body.code_config)
    asked = structs.replace(campaign, generating=campaign.generating + body.count)
    none_yet = vouchers_generated_event(asked, template, command.seed, [])
    return Decision((none_yet, _generation_started_event(command, work, now)))


def _add_with_code(
    view: View, command: Command, campaign: Campaign, voucher: Voucher, rules: Sequence[str]
) -> Decision | Refusal:
    """Adds a voucher that has its code, bound by these validation rules."""
    voucher = structs.replace(voucher, id=new_id(command.seed, "v_"))
    refusal = invalid_voucher(voucher) or taken_code(view, voucher.code)
    if refusal is not None:
        return refusal
    assigned = assign_rules(view, command, rules, voucher, voucher.created_at)
    if isinstance(assigned, Refusal):
        return assigned
    event = voucher_joined_event(campaign, structs.replace(voucher, rule_ids=rule_ids_of(assigned)))
    return event if isinstance(event, Refusal) else Decision((*assigned, event))


def _rule_for(
    view: View, campaign: Campaign, count: int, added: AddVouchers | None = None
) -> CodeRule | Refusal:
    """The rule for so many more codes, where it has them."""
    refusal = too_many_vouchers(campaign, count)
    if refusal is not None:
        return refusal
    total = campaign.vouchers_count + campaign.generating + count
    config = None if added is None else added.code_config
    rule = code_rule_of(view, campaign, config)
    if isinstance(rule, Refusal):
        return rule
    return too_few_codes(rule, total if config is None else count) or rule


def _generation_started_event(
    command: Command, work: GenerateVouchers, now: Millis, done: int = 0
) -> ActionStarted:
    started = start_action_event(command, GENERATE, work, work.count, now)
    return ActionStarted(structs.replace(started.action, done=done, cursor=done))


def _with_fields(view: View, template: Voucher, fields: msgspec.Raw) -> Voucher | Refusal:
    if fields == NO_FIELDS:
        return template
    try:
        named = msgspec.json.decode(fields, type=dict[str, Any])
        own = msgspec.json.decode(encode(template), type=dict[str, Any])
        voucher = msgspec.json.decode(encode(own | named), type=Voucher)
    except msgspec.MsgspecError as error:
        return refuse("invalid_payload", str(error))
    return invalid_voucher(structs.replace(voucher, code="-")) or with_named_category(view, voucher)


def _change_campaign(view: View, campaign: Campaign, given: msgspec.Raw) -> Campaign | Refusal:
    changes = named_changes(campaign, given, UPDATABLE | _READ, FIXED)
    if isinstance(changes, Refusal):
        return changes
    otherwise = changed_template(campaign, changes.pop("voucher", None)) or changed_giveaway(
        campaign, changes.pop("giveaway", None)
    )
    if otherwise is not None:
        return unchangeable_member(otherwise)
    for name in changes.pop("unset_metadata_fields", None) or ():
        changes.setdefault("metadata", dict(campaign.metadata)).pop(name, None)
    named_category = unify_category(changes)
    template = msgspec.to_builtins(campaign.voucher)
    for name in ("discount", "gift"):
        terms = changes.pop(name, None)
        if terms is None:
            continue
        if (template or {}).get(name) is None:
            return refuse("invalid_campaign", f"The campaign's vouchers have no {name}")
        changes["voucher"] = template = template | {name: terms}
    changed = with_changes(campaign, changes)
    if not isinstance(changed, Refusal) and changed.referral_program != campaign.referral_program:
        changed = with_program(view, changed)
    if isinstance(changed, Refusal):
        return changed
    return with_named_category(view, changed) if named_category else changed


DECISIONS: Decisions = MappingProxyType(
    {
        CreateCampaign: create_campaign,
        UpdateCampaign: update_campaign,
        EnableCampaign: enable_campaign,
        DisableCampaign: disable_campaign,
        DeleteCampaign: delete_campaign,
        AddVouchers: add_vouchers,
    }
)
