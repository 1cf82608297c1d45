"""The addresses of the page of one campaign, a tab each."""

from typing import Final

from services.dashboard.sections.campaigns import adding, binding, copying, embedded, history, tiers
from services.dashboard.sections.campaigns.making import settings
from services.dashboard.sections.campaigns.overview import OVERVIEW

PAGES: Final = (
    *adding.PAGES,
    *binding.PAGES,
    *copying.PAGES,
    *embedded.PAGES,
    *history.PAGES,
    *settings.PAGES,
    *tiers.PAGES,
    OVERVIEW,
)
