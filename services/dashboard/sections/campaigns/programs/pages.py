"""All addresses of programs below that of a campaign."""

from typing import Final

from services.dashboard.sections.campaigns.programs import (
    expiring_page,
    exporting,
    member,
    member_actions,
    members,
    rewards,
    rule_form,
    rules,
    tier_form,
    tiers,
)

PAGES: Final = (
    *expiring_page.PAGES,
    *exporting.PAGES,
    *members.PAGES,
    *member_actions.PAGES,
    *rule_form.PAGES,
    *rules.PAGES,
    *tier_form.PAGES,
    *tiers.PAGES,
    *rewards.PAGES,
    *member.PAGES,
)
