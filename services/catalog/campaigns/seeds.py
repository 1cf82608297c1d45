"""The seeds of giveaways: committed to when one is made, told when it is drawn, stored nowhere.

A seed is made with a key of the installation of a random text that the giveaway keeps. So nobody
who reads the log or the state knows it before the draw, and the installation knows it again.
"""

import os
from typing import Final

from msgspec import structs

from engine.giveaways.drawing import commitment_of
from runtime.base.secrets import Secrets
from schemas.campaigns import Campaign, CreateCampaign
from schemas.giveaway_terms import GiveawayTerms

_NONCE_BYTES: Final = 16


class Seeds:
    """Commits to seeds, and knows them again."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def commit(self, project: str, command: CreateCampaign) -> CreateCampaign:
        """The command, with the commitment to a new seed where it creates a giveaway."""
        terms = command.campaign.giveaway
        if terms is None:
            return command
        nonce = os.urandom(_NONCE_BYTES).hex()
        seed = self._secrets.draw_seed(project, nonce)
        terms = structs.replace(terms, nonce=nonce, commitment=commitment_of(seed))
        campaign: Campaign = structs.replace(command.campaign, giveaway=terms)
        return structs.replace(command, campaign=campaign)

    def seed_of(self, project: str, terms: GiveawayTerms) -> str:
        """The seed that a giveaway committed to."""
        return self._secrets.draw_seed(project, terms.nonce)
