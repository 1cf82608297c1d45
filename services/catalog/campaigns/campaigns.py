"""The endpoints of campaigns: create, read, change, switch, delete, add vouchers."""

from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.campaigns.generation import VOUCHERS_MAX
from engine.kernel.lookup import find_campaign
from fronts.query_string import (
    flag_of,
    invalid_parameter,
    read_parameters,
    require_known,
    single_parameter,
)
from fronts.writes import Writes
from runtime.http.errors import ApiError, invalid_payload, request_id_of
from runtime.http.ignored import note_ignored, take_strange
from runtime.http.routing import Captured, caller_of, management_router
from schemas.campaigns import (
    AddVouchers,
    Campaign,
    CampaignType,
    CodeConfig,
    CreateCampaign,
    DeleteCampaign,
    DisableCampaign,
    EnableCampaign,
    UpdateCampaign,
    VoucherTemplate,
)
from schemas.errors import not_found
from services.catalog.campaigns.campaign_bodies import (
    KINDS,
    AddVouchersBody,
    CampaignTerms,
    CampaignVoucherBody,
    CreateCampaignBody,
    UpdateCampaignBody,
    VoucherOfCampaignBody,
)
from services.catalog.campaigns.program_bodies import card_template_of, tiers_expiration_of
from services.catalog.campaigns.promotions import new_tier, shown_campaign
from services.catalog.campaigns.referral_bodies import giveaway_of, referral_program_of
from services.catalog.campaigns.seeds import Seeds
from services.catalog.dates import place_own_days
from services.catalog.reads import Reads
from services.catalog.terms.values import (
    CATEGORY,
    category_of,
    code_config,
    days_of,
    discount_of,
    gift_of,
    hours_of,
    make_if_given,
    timeframe_of,
)

#: Members that an update copies as they are.
_PLAIN = (
    "name",
    "campaign_type",
    "description",
    "start_date",
    "expiration_date",
    "validity_day_of_week",
    "activity_duration_after_publishing",
    "metadata",
    "unset_metadata_fields",
)
#: Members of which null is the same as nothing.
_NEVER_NULL = (
    "type",
    "auto_join",
    "join_once",
    # these the engine compares with the campaign's own
    "id",
    "active",
    "use_voucher_metadata_schema",
    "voucher",
    "giveaway",
)


def campaign_router(writes: Writes, view_of: Reads, seeds: Seeds) -> APIRouter:
    """Campaigns; their list and their numbers are read elsewhere."""
    router = management_router("campaigns")

    @router.post("/v1/campaigns")
    async def create(request: Request, body: CreateCampaignBody) -> Response:
        command = create_campaign_command(
            await place_own_days(view_of, request, body), request_id_of(request)
        )
        command = seeds.commit(caller_of(request).project, command)
        return await writes.write(request, "campaign.create", command)

    @router.get("/v1/campaigns/{campaign:ident}")
    async def get(request: Request, campaign: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        found = find_campaign(view, campaign)
        if found is None:
            raise ApiError(not_found("campaign", campaign))
        return writes.respond(request, 200, shown_campaign(view, found))

    @router.put("/v1/campaigns/{campaign:ident}")
    async def update(request: Request, campaign: Captured, body: UpdateCampaignBody) -> Response:
        # it has to be as it is shown, but for what nobody knows
        note_ignored(request, take_strange(CampaignVoucherBody, body.voucher, ("voucher",)))
        asked = await place_own_days(view_of, request, body)
        command = update_campaign_command(asked, campaign, request_id_of(request))
        return await writes.write(request, "campaign.update", command)

    @router.delete("/v1/campaigns/{campaign:ident}")
    async def delete(request: Request, campaign: Captured) -> Response:
        given = read_parameters(request.query_params.multi_items())
        require_known(given, frozenset({"force"}))
        command = DeleteCampaign(campaign, flag_of(given, "force"), request_id_of(request))
        return await writes.write(request, "campaign.delete", command)

    @router.post("/v1/campaigns/{campaign:ident}/enable")
    async def enable(request: Request, campaign: Captured) -> Response:
        return await writes.write(request, "campaign.enable", EnableCampaign(campaign))

    @router.post("/v1/campaigns/{campaign:ident}/disable")
    async def disable(request: Request, campaign: Captured) -> Response:
        return await writes.write(request, "campaign.disable", DisableCampaign(campaign))

    @router.post("/v1/campaigns/{campaign:ident}/vouchers")
    async def add(
        request: Request, campaign: Captured, body: AddVouchersBody | None = None
    ) -> Response:
        asked = await place_own_days(view_of, request, body or AddVouchersBody())
        command = add_vouchers_command(asked, campaign, request)
        return await writes.write(request, "campaign.vouchers.add", command)

    @router.post("/v1/campaigns/{campaign:ident}/vouchers/{code:ident}")
    async def add_with_code(
        request: Request,
        campaign: Captured,
        code: Captured,
        body: VoucherOfCampaignBody | None = None,
    ) -> Response:
        fields = _fields(await place_own_days(view_of, request, body or VoucherOfCampaignBody()))
        command = AddVouchers(campaign, code=code, fields=fields)
        return await writes.write(request, "campaign.vouchers.add", command)

    return router


def create_campaign_command(body: CreateCampaignBody, request_id: str) -> CreateCampaign:
    """The command that creates a campaign. Raises ApiError for what it names and is not there."""
    _refuse_areas(body)
    kind = campaign_type_of(body)
    campaign = Campaign(
        id="",
        name=body.name,
        campaign_type=kind,
        type=body.type or "STATIC",
        created_at=0,
        voucher=make_if_given(template_of, body.voucher),
        description=body.description,
        start_date=body.start_date,
        expiration_date=body.expiration_date,
        validity_timeframe=make_if_given(timeframe_of, body.validity_timeframe),
        validity_day_of_week=days_of(body.validity_day_of_week),
        validity_hours=make_if_given(hours_of, body.validity_hours),
        activity_duration_after_publishing=body.activity_duration_after_publishing,
        active=body.active is not False,
        auto_join=bool(body.auto_join),
        # a customer has one card of a program, unless it is said otherwise
        join_once=(kind == "LOYALTY_PROGRAM") if body.join_once is None else body.join_once,
        use_voucher_metadata_schema=(
            kind != "PROMOTION"
            if body.use_voucher_metadata_schema is None
            else body.use_voucher_metadata_schema
        ),
        metadata=body.metadata or {},
        category_id=category_of(body.category_id, body.category),
        loyalty_tiers_expiration=make_if_given(tiers_expiration_of, body.loyalty_tiers_expiration),
        referral_program=make_if_given(referral_program_of, body.referral_program),
        giveaway=make_if_given(giveaway_of, body.giveaway),
    )
    rules = tuple(body.validation_rules or ())
    tiers = body.promotion.tiers if body.promotion is not None else None
    return CreateCampaign(
        campaign, body.vouchers_count or 0, request_id, rules, tuple(map(new_tier, tiers or ()))
    )


def campaign_type_of(body: CreateCampaignBody) -> CampaignType:
    """The type of the campaign, which what it offers must fit. Raises ApiError."""
    if body.campaign_type == "PROMOTION":
        for name in ("voucher", "vouchers_count"):
            if getattr(body, name):
                raise invalid_payload(f"Property `.{name}` does not belong to a PROMOTION")
        return "PROMOTION"
    if body.promotion is not None:
        raise invalid_payload("Property `.promotion` belongs to the campaign_type PROMOTION")
    if body.campaign_type == "GIVEAWAY":
        # its codes may be another campaign's
        return "GIVEAWAY"
    if body.voucher is None:
        raise invalid_payload("Property `.voucher` is required")
    kind = KINDS[body.voucher.kind]
    if body.voucher.is_referral_code and kind != "LOYALTY_PROGRAM":
        kind = "REFERRAL_PROGRAM"
    if body.campaign_type not in (None, kind):
        raise invalid_payload(f"Property `.voucher` does not belong to a {body.campaign_type}")
    return kind


def template_of(voucher: CampaignVoucherBody) -> VoucherTemplate:
    """What the campaign's vouchers are made with."""
    return VoucherTemplate(
        type=voucher.kind,
        discount=make_if_given(discount_of, voucher.discount),
        gift=make_if_given(gift_of, voucher.gift),
        loyalty_card=make_if_given(card_template_of, voucher.loyalty_card),
        is_referral_code=bool(voucher.is_referral_code),
        quantity=make_if_given(lambda redemption: redemption.quantity, voucher.redemption),
        code_config=make_if_given(code_config, voucher.code_config) or CodeConfig(),
    )


def update_campaign_command(
    body: UpdateCampaignBody, campaign: str, request_id: str
) -> UpdateCampaign:
    """The command that sets what the body names. Raises ApiError as `create_campaign_command`."""
    _refuse_areas(body)
    named = body.model_fields_set
    changes: dict[str, Any] = {name: getattr(body, name) for name in _PLAIN if name in named}
    if named & CATEGORY:
        changes["category_id"] = category_of(body.category_id, body.category)
    for name in _NEVER_NULL:
        if getattr(body, name) is not None:
            changes[name] = getattr(body, name)
    if body.discount is not None:
        changes["discount"] = discount_of(body.discount)
    if body.gift is not None:
        changes["gift"] = gift_of(body.gift)
    if "validity_timeframe" in named:
        changes["validity_timeframe"] = make_if_given(timeframe_of, body.validity_timeframe)
    if "validity_hours" in named:
        changes["validity_hours"] = make_if_given(hours_of, body.validity_hours)
    if body.referral_program is not None:
        changes["referral_program"] = referral_program_of(body.referral_program)
    if "loyalty_tiers_expiration" in named:
        changes["loyalty_tiers_expiration"] = make_if_given(
            tiers_expiration_of, body.loyalty_tiers_expiration
        )
    return UpdateCampaign(
        campaign,
        msgspec.Raw(msgspec.json.encode(changes)),
        recalculate_tiers=body.options is not None and bool(body.options.recalculate_tiers),
        request_id=request_id,
    )


def _refuse_areas(body: CampaignTerms) -> None:
    if body.access_settings is not None and body.access_settings.area is not None:
        raise ApiError(not_found("area", body.access_settings.area))


def add_vouchers_command(body: AddVouchersBody, campaign: str, request: Request) -> AddVouchers:
    """The command that adds as many vouchers as the query or the body says, else one."""
    given = read_parameters(request.query_params.multi_items())
    require_known(given, frozenset({"vouchers_count"}))
    asked = single_parameter(given, "vouchers_count")
    count = 1 if body.vouchers_count is None else body.vouchers_count
    if asked is not None:
        known = asked.value.isascii() and asked.value.isdecimal() and len(asked.value) < 10
        count = int(asked.value) if known else 0
        if not 1 <= count <= VOUCHERS_MAX:
            raise invalid_parameter(asked.name, f"must be a whole number from 1 to {VOUCHERS_MAX}")
    if body.code is not None and (count > 1 or body.code_config is not None):
        raise invalid_payload("Property `.code` is for one voucher, without a code_config")
    return AddVouchers(
        campaign,
        count,
        body.code,
        _fields(body),
        make_if_given(code_config, body.code_config),
        request_id_of(request),
    )


def _fields(body: VoucherOfCampaignBody) -> msgspec.Raw:
    """The members of a voucher that were named."""
    fields: dict[str, Any] = {}
    for name in ("category", "additional_info", "start_date", "expiration_date", "metadata"):
        value = getattr(body, name)
        if value is not None:
            fields[name] = value
    if body.redemption is not None and "quantity" in body.redemption.model_fields_set:
        fields["quantity"] = body.redemption.quantity
    return msgspec.Raw(msgspec.json.encode(fields))
