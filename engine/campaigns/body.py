"""Campaigns. Source: the API contract, section 10; unlike vouchers they leave out what is not set."""

from collections.abc import Sequence
from types import MappingProxyType

from engine.assignments.body import assignments_body
from engine.campaigns.program_body import card_template_body, tiers_expiration_body
from engine.campaigns.referral_body import giveaway_terms_body, referral_program_body
from engine.campaigns.tiers.body import tier_body
from engine.categories.body import category_body
from engine.codes.code import CHARSET, CODE_LENGTH_DEFAULT
from engine.kernel.calendar import iso
from engine.kernel.encode import EMPTY_LIST, Body
from engine.kernel.room import Answers, Rendered
from engine.terms.body import discount_body, gift_body, hours_body
from schemas.assignments import RuleAssignment
from schemas.campaigns import (
    Campaign,
    CampaignCreated,
    CampaignDisabled,
    CampaignEnabled,
    CampaignUpdated,
    CodeConfig,
    VoucherTemplate,
)
from schemas.categories import Category
from schemas.projects import KeyKind
from schemas.promotions import TIERS_SHOWN_MAX, PromotionTier
from schemas.records import Decided


def campaign_body(
    campaign: Campaign,
    assignments: Sequence[RuleAssignment] = (),
    promotion: Body | None = None,
    categories: Sequence[Category] = (),
) -> Body:
    """The campaign as every endpoint shows it.

    Of the assignments those that bind it are shown, of the categories the one that it is in.
    `promotion` is what it shows of its tiers (engine/campaigns/tiers/body.py), where it has some.
    """
    within = [each for each in categories if each.id == campaign.category_id]
    generation = "IN_PROGRESS" if campaign.generating else "DONE"
    body: Body = {
        "id": campaign.id,
        "name": campaign.name,
        "campaign_type": campaign.campaign_type,
        "type": campaign.type,
    }
    if campaign.voucher is not None:
        body["voucher"] = template_body(campaign.voucher)
    if promotion is not None:
        body["promotion"] = promotion
    body |= {
        "auto_join": campaign.auto_join,
        "join_once": campaign.join_once,
        "use_voucher_metadata_schema": campaign.use_voucher_metadata_schema,
        "active": campaign.active,
        "created_at": iso(campaign.created_at),
        "creation_status": "DONE",
        "vouchers_generation_status": generation,
        "protected": False,
        "category_id": within[0].id if within else None,
        "categories": list(map(category_body, within)),
        "object": "campaign",
        "access_settings_assignments": EMPTY_LIST,
    }
    bound = assignments_body(assignments, campaign.id)
    # a promotion has no vouchers, and does not say that nothing binds it
    if campaign.campaign_type != "PROMOTION":
        body["vouchers_count"] = campaign.vouchers_count
    if campaign.campaign_type != "PROMOTION" or bound["total"]:
        body["validation_rules_assignments"] = bound
    if within:
        body["category"] = within[0].name
    _put_what_is_set(body, campaign)
    return body


def _put_what_is_set(body: Body, campaign: Campaign) -> None:
    for name in ("description", "activity_duration_after_publishing"):
        text = getattr(campaign, name)
        if text is not None:
            body[name] = text
    for name in ("start_date", "expiration_date", "updated_at"):
        at = getattr(campaign, name)
        if at is not None:
            body[name] = iso(at)
    if campaign.referral_program is not None:
        body["referral_program"] = referral_program_body(campaign.referral_program)
    if campaign.giveaway is not None:
        body["giveaway"] = giveaway_terms_body(campaign.giveaway)
    if campaign.metadata:
        body["metadata"] = campaign.metadata
    if campaign.validity_day_of_week is not None:
        body["validity_day_of_week"] = campaign.validity_day_of_week
    timeframe = campaign.validity_timeframe
    if timeframe is not None:
        body["validity_timeframe"] = {
            "interval": timeframe.interval,
            "duration": timeframe.duration,
        }
    if campaign.validity_hours is not None:
        body["validity_hours"] = hours_body(campaign.validity_hours)
    if campaign.loyalty_tiers_expiration is not None:
        body["loyalty_tiers_expiration"] = tiers_expiration_body(campaign.loyalty_tiers_expiration)


def template_body(template: VoucherTemplate) -> Body:
    """What the campaign's vouchers are made with, as the campaign shows it."""
    body: Body = {"type": template.type}
    if template.discount is not None:
        body["discount"] = discount_body(template.discount)
    if template.gift is not None:
        body["gift"] = gift_body(template.gift)
    if template.loyalty_card is not None:
        body["loyalty_card"] = card_template_body(template.loyalty_card)
    body["redemption"] = {"quantity": template.quantity}
    body["code_config"] = _config_body(template.code_config)
    body["is_referral_code"] = template.is_referral_code
    return body


def _config_body(config: CodeConfig) -> Body:
    """The rule, completed by what stands for what was not said."""
    length = CODE_LENGTH_DEFAULT if config.length is None else config.length
    pattern = "#" * length if config.pattern is None else config.pattern
    body: Body = {
        "length": pattern.count("#"),
        "charset": config.charset or CHARSET,
        "pattern": pattern,
    }
    for name in ("prefix", "postfix", "initial_count"):
        value = getattr(config, name)
        if value is not None:
            body[name] = value
    return body


def promotion_campaign_body(
    campaign: Campaign,
    tiers: Sequence[PromotionTier],
    categories: Sequence[Category] = (),
    assignments: Sequence[RuleAssignment] = (),
) -> Body:
    """A campaign, and where it is a promotion its first tiers."""
    if campaign.campaign_type != "PROMOTION":
        return campaign_body(campaign, assignments, categories=categories)
    promotion = promotion_body(tiers, campaign, categories, assignments)
    return campaign_body(campaign, assignments, promotion, categories)


def promotion_body(
    tiers: Sequence[PromotionTier],
    campaign: Campaign,
    categories: Sequence[Category] = (),
    assignments: Sequence[RuleAssignment] = (),
) -> Body:
    """What a campaign shows of its tiers: the first ones, by hierarchy, and how many there are."""
    return {
        "object": "list",
        "data_ref": "tiers",
        "tiers": [
            # here, and only here, a tier also says whose it is by this name
            tier_body(each, campaign, categories, assignments) | {"promotion_id": campaign.id}
            for each in tiers[:TIERS_SHOWN_MAX]
        ],
        "total": campaign.tiers_count,
        "has_more": campaign.tiers_count > min(len(tiers), TIERS_SHOWN_MAX),
    }


def _campaign(event: CampaignCreated | CampaignUpdated, record: Decided, _: KeyKind) -> Rendered:
    body = promotion_campaign_body(
        event.campaign, event.tiers, event.categories, record.assignments
    )
    return Rendered(200, body)


def _campaign_switched(*_: object) -> Rendered:
    return Rendered(200, {})


ANSWERS: Answers = MappingProxyType(
    {
        CampaignCreated: _campaign,
        CampaignUpdated: _campaign,
        CampaignEnabled: _campaign_switched,
        CampaignDisabled: _campaign_switched,
    }
)
