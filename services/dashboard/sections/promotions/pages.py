"""The addresses of promotion tiers and combined promotions."""

from typing import Final

from services.dashboard.sections.promotions import stacks, tier_actions, tiers
from services.dashboard.web.routes import Page

PAGES: Final[tuple[Page, ...]] = (*tier_actions.PAGES, *tiers.PAGES, *stacks.PAGES)
