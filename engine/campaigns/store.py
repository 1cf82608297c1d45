"""How a campaign lies in the state."""

from msgspec import structs

from engine.kernel import tables
from engine.kernel.state import State
from schemas.campaigns import Campaign


def store_campaign(state: State, campaign: Campaign) -> None:
    """Stores a campaign; what validation rules bind it is kept by their assignments alone."""
    stored = state.get(tables.CAMPAIGNS, campaign.id)
    if stored is not None and stored.rule_ids != campaign.rule_ids:
        campaign = structs.replace(campaign, rule_ids=stored.rule_ids)
    state.put(tables.CAMPAIGNS, campaign, campaign.id)
