"""The addresses of promotion tiers and combined promotions."""

from typing import Final

from services.dashboard.sections.promotions import (
    stack_form,
    stacks,
    tier_actions,
    tier_form,
    tiers,
)
from services.dashboard.web.routes import Page

PAGES: Final[tuple[Page, ...]] = (
    *tier_actions.PAGES,
    *tier_form.PAGES,
    *tiers.PAGES,
    *stack_form.PAGES,
    *stacks.PAGES,
)
