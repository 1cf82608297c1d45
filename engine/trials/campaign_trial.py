"""A campaign that nobody saved: what a voucher of it, or each of its tiers, would give for a cart."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import structs

from engine.campaigns.decide import create_campaign
from engine.campaigns.tiers.decide import tiers_of
from engine.evaluation.evaluate import evaluate_for
from engine.kernel import tables
from engine.kernel.ids import new_id, numbered_command
from engine.kernel.state import State
from engine.rules.decide import create_validation_rule
from engine.trials.asking import find_asker, fold_decision
from engine.trials.results import OfferTried
from schemas.api import Redeemable
from schemas.base import Millis
from schemas.campaigns import Campaign, CreateCampaign
from schemas.commands import Command
from schemas.errors import Refusal
from schemas.evaluations import RequestContext
from schemas.rules import CreateValidationRule
from schemas.trials import Cart

#: Of a campaign with more tiers the first are tried.
TIERS_TRIED_MAX: Final = 100


def try_campaign(
    state: State,
    command: Command,
    body: CreateCampaign,
    rules: Sequence[CreateValidationRule],
    cart: Cart,
    now: Millis,
    at: Millis,
) -> list[OfferTried] | Refusal:
    """Creates the campaign now and asks its offers at another time; the state is the try's own.

    Sets of rules that are not saved, either, are bound by their names.
    """
    own = _create_rules(state, command, rules, now)
    if isinstance(own, Refusal):
        return own
    body = _bind_rules(body, own)
    made = create_campaign(state, command, body, now)
    if not isinstance(made, Refusal) and body.campaign.campaign_type != "PROMOTION":
        # one voucher is enough to try, now that there is room for all
        made = create_campaign(state, command, structs.replace(body, vouchers_count=1), now)
    refusal = fold_decision(state, made, now)
    if refusal is not None:
        return refusal
    asker = find_asker(state, command, cart, now)
    if isinstance(asker, Refusal):
        return asker
    campaign = state.get(tables.CAMPAIGNS, new_id(command.seed, "camp_"))
    assert campaign is not None
    tried: list[OfferTried] = []
    for name, redeemable in _offers_of(state, campaign):
        request = RequestContext((redeemable,), cart.order, metadata=cart.metadata)
        tried.append(OfferTried(name, evaluate_for(state, request, asker, at)))
    return tried


def _offers_of(state: State, campaign: Campaign) -> list[tuple[str | None, Redeemable]]:
    """Each offer with its name, where it has one."""
    if campaign.campaign_type == "PROMOTION":
        tiers = list(tiers_of(state, campaign))[:TIERS_TRIED_MAX]
        return [(each.name, Redeemable("promotion_tier", each.id)) for each in tiers]
    ids = state.scan(tables.CAMPAIGN_VOUCHERS, campaign.id)
    vouchers = (state.get(tables.VOUCHERS, each) for each in ids)
    return [(None, Redeemable("voucher", each.code)) for each in vouchers if each is not None]


def _create_rules(
    state: State, command: Command, rules: Sequence[CreateValidationRule], now: Millis
) -> dict[str, str] | Refusal:
    """The ids of sets by their names."""
    own: dict[str, str] = {}
    for number, each in enumerate(rules):
        numbered = numbered_command(command, "rule", number)
        made = create_validation_rule(state, numbered, each, now)
        refusal = fold_decision(state, made, now)
        if refusal is not None:
            return refusal
        own[each.rule.name] = new_id(numbered.seed, "val_")
    return own


def _bind_rules(body: CreateCampaign, own: Mapping[str, str]) -> CreateCampaign:
    """The campaign bound by sets of its own, where it names them."""

    def ids(named: Sequence[str]) -> tuple[str, ...]:
        return tuple(own.get(each, each) for each in named)

    return structs.replace(
        body,
        validation_rules=ids(body.validation_rules),
        tiers=tuple(
            structs.replace(each, validation_rules=ids(each.validation_rules))
            for each in body.tiers
        ),
    )
