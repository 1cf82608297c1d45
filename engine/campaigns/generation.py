"""The vouchers of campaigns: made in numbers, or one at a time; each has its campaign's next number."""

from msgspec import structs

from engine.background.chunk import CODES_BYTES_MAX, ID_BYTES, Chunk
from engine.codes.code import CodeRule, code_rule, draw_free_codes
from engine.kernel import tables
from engine.kernel.ids import new_ids
from engine.kernel.lookup import tells_case
from engine.kernel.state import View, encode
from schemas.actions import CHUNK_ROWS_MAX, AsyncAction, GenerateVouchers, RowFailure, Rows
from schemas.base import Millis
from schemas.campaigns import Campaign, CodeConfig, VouchersGenerated
from schemas.commands import Command
from schemas.errors import Refusal, refuse
from schemas.vouchers import LoyaltyCard, Voucher

#: The type of the action, as the API names it.
GENERATE = "CAMPAIGN.VOUCHERS_GENERATE"
#: How many vouchers a campaign may have, and be asked for.
VOUCHERS_MAX = 20_000_000
#: What the vouchers of one chunk may amount to in the state; their record holds what they share once.
CHUNK_VOUCHER_BYTES_MAX = 8 * 1024 * 1024


def template_of(campaign: Campaign, now: Millis) -> Voucher:
    """What a voucher made now is like, without its id and code.

    It shows its own dates and rules only; those of the campaign bind it where they are looked up.
    """
    terms = campaign.voucher
    assert terms is not None
    card = terms.loyalty_card
    return Voucher(
        id="",
        code="",
        type=terms.type,
        created_at=now,
        discount=terms.discount,
        gift=terms.gift,
        loyalty_card=None if card is None else LoyaltyCard(card.points, card.points),
        quantity=terms.quantity,
        campaign=campaign.name,
        campaign_id=campaign.id,
        is_referral_code=terms.is_referral_code,
    )


def code_rule_of(
    view: View, campaign: Campaign, config: CodeConfig | None = None
) -> CodeRule | Refusal:
    """How codes of a campaign are made; `config` goes before the campaign's own."""
    own = CodeConfig() if campaign.voucher is None else campaign.voucher.code_config
    return code_rule(own if config is None else config, tells_case=tells_case(view))


def chunk_rows(rule: CodeRule, template: Voucher) -> int:
    """How many such vouchers are made at once: CHUNK_ROWS_MAX, or fewer large ones."""
    widest = max(len(encode(each)) for each in rule.charset)
    code = len(encode(rule.prefix + rule.pattern + rule.postfix)) + rule.places * widest
    bytes_each = code + ID_BYTES
    rows = min(
        CODES_BYTES_MAX // bytes_each,
        CHUNK_VOUCHER_BYTES_MAX // (len(encode(template)) + bytes_each),
    )
    return min(max(rows, 1), CHUNK_ROWS_MAX)


def too_many_vouchers(campaign: Campaign, count: int) -> Refusal | None:
    """The refusal of more vouchers than a campaign may have, those to come included."""
    if campaign.vouchers_count + campaign.generating + count <= VOUCHERS_MAX:
        return None
    return refuse("invalid_campaign", f"A campaign has at most {VOUCHERS_MAX} vouchers")


def campaign_without_vouchers(campaign: Campaign) -> Refusal:
    """The refusal of vouchers for a campaign whose offers need none."""
    return refuse(
        "invalid_campaign", f"A {campaign.campaign_type} has no vouchers: {campaign.name}"
    )


def vouchers_generated_event(
    campaign: Campaign, template: Voucher, seed: str, codes: list[str]
) -> VouchersGenerated:
    """The event that makes vouchers with these codes, which are free."""
    after = structs.replace(
        campaign,
        vouchers_count=campaign.vouchers_count + len(codes),
        voucher_seq=campaign.voucher_seq + len(codes),
    )
    ids = new_ids(seed, "v_", len(codes), template.created_at)
    return VouchersGenerated(after, template, ids, tuple(codes), campaign.voucher_seq)


def generate_on_demand(
    view: View, command: Command, campaign: Campaign, count: int, now: Millis
) -> VouchersGenerated | Refusal:
    """The event that makes so many vouchers at once, for a publication that found none free."""
    if campaign.voucher is None:
        return campaign_without_vouchers(campaign)
    rule = too_many_vouchers(campaign, count) or code_rule_of(view, campaign)
    if isinstance(rule, Refusal):
        return rule
    codes = draw_free_codes(view, command.seed, rule, count)
    if len(codes) < count:
        return no_free_code(rule)
    return vouchers_generated_event(campaign, template_of(campaign, now), command.seed, codes)


def voucher_joined_event(campaign: Campaign, voucher: Voucher) -> VouchersGenerated | Refusal:
    """The event by which a voucher with its own id, code and terms becomes one of a campaign's."""
    if campaign.voucher is None or campaign.voucher.type != voucher.type:
        return refuse(
            "invalid_voucher", f"A {voucher.type} cannot be one of {campaign.campaign_type}"
        )
    refusal = too_many_vouchers(campaign, 1)
    if refusal is not None:
        return refusal
    after = structs.replace(
        campaign,
        vouchers_count=campaign.vouchers_count + 1,
        voucher_seq=campaign.voucher_seq + 1,
    )
    template = structs.replace(
        voucher,
        id="",
        code="",
        campaign=campaign.name,
        campaign_id=campaign.id,
        is_referral_code=campaign.voucher.is_referral_code,
    )
    return VouchersGenerated(after, template, (voucher.id,), (voucher.code,), campaign.voucher_seq)


def no_free_code(rule: CodeRule) -> Refusal:
    """The refusal where a rule leaves no free code."""
    return refuse(
        "invalid_code_config", f"No free code was found; the code config has {rule.space}"
    )


def generate_vouchers(
    view: View,
    command: Command,
    action: AsyncAction,
    work: GenerateVouchers,
    _: Rows | None,
    now: Millis,
) -> Chunk:
    """Makes the next vouchers; `cursor` counts those that are made.

    It ends early when the campaign is gone, or when no free code is found any more.
    """
    left = work.count - action.cursor
    campaign = view.get(tables.CAMPAIGNS, work.campaign_id)
    if campaign is None or campaign.deleted_at is not None:
        return _end_generation(action, work, "The campaign was deleted")
    rule = code_rule_of(view, campaign, work.code_config)
    codes: list[str] = []
    template = work.template or template_of(campaign, now)
    if isinstance(rule, CodeRule):
        codes = draw_free_codes(view, command.seed, rule, min(left, chunk_rows(rule, template)))
    over = len(codes) if codes else left
    campaign = structs.replace(campaign, generating=max(campaign.generating - over, 0))
    event = vouchers_generated_event(
        campaign, structs.replace(template, created_at=now), command.seed, codes
    )
    if not codes:
        return _end_generation(action, work, "No free code was found")._replace(events=(event,))
    cursor = action.cursor + len(codes)
    return Chunk((event,), len(codes), cursor=cursor, finished=cursor >= work.count)


def give_up_generation(
    view: View, action: AsyncAction, now: Millis
) -> tuple[VouchersGenerated, ...]:
    """The event after which a campaign waits no longer for vouchers of an action that ends."""
    if not isinstance(action.work, GenerateVouchers):
        return ()
    campaign = view.get(tables.CAMPAIGNS, action.work.campaign_id)
    if campaign is None or campaign.deleted_at is not None:
        return ()
    left = action.work.count - action.cursor
    after = structs.replace(campaign, generating=max(campaign.generating - left, 0))
    return (vouchers_generated_event(after, template_of(campaign, now), action.id, []),)


def _end_generation(action: AsyncAction, work: GenerateVouchers, reason: str) -> Chunk:
    failure = RowFailure(row=action.cursor + 1, reason=reason)
    return Chunk((), 0, work.count - action.cursor, (failure,), work.count)
