"""Who earns by what: the rules of a program, and in which programs a customer has a card."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from engine.kernel import tables
from engine.kernel.held import find_held
from engine.kernel.state import View
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.earning import EarningRule, Trigger
from schemas.points import PointsExpirationRules


class Asked(NamedTuple):
    """A program with rules for what happened, and the customer's card in it."""

    campaign: Campaign
    card_id: str


def rules_of(view: View, campaign_id: str, event: str | None = None) -> list[EarningRule]:
    """The rules of a program, or those for an event, the oldest first."""
    below = (campaign_id,) if event is None else (campaign_id, event)
    found = (view.get(tables.EARNING_RULES, each) for each in view.scan(tables.EARNING_OF, *below))
    rules = [each for each in found if each is not None]
    return sorted(rules, key=lambda each: (each.created_at, each.id))


def programs_asked(
    view: View,
    campaign_ids: Iterable[str],
    trigger: Trigger,
    customer_id: str,
    now: Millis,
    card_id: str | None = None,
) -> Iterator[Asked]:
    """Those of the programs with rules for it in which the customer has a card, or that card."""
    for campaign_id in campaign_ids:
        if next(view.scan(tables.EARNING_OF, campaign_id, trigger.event), None) is None:
            continue
        if card_id is None:
            card = find_held(view, customer_id, campaign_id, now)
        else:
            card = view.get(tables.VOUCHERS, card_id)
        campaign = view.get(tables.CAMPAIGNS, campaign_id)
        if card is not None and campaign is not None and campaign.deleted_at is None:
            yield Asked(campaign, card.id)


def expiration_of(rule: EarningRule, campaign: Campaign) -> PointsExpirationRules | None:
    """When what a rule gives expires: as itself says, else as its program."""
    if rule.expiration_rules is not None:
        return rule.expiration_rules
    template = None if campaign.voucher is None else campaign.voucher.loyalty_card
    return None if template is None else template.expiration_rules
