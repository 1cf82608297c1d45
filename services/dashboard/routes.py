"""The table of all pages, one line a section."""

from typing import Final

from services.dashboard.sections import (
    finding,
    notifications,
    sessions,
    trash_bin,
    validations,
    whats_new,
)
from services.dashboard.sections.audit import calls, changes, events, everything, send_outs, tasks
from services.dashboard.sections.campaigns import pages as campaigns
from services.dashboard.sections.exports import pages as exports
from services.dashboard.sections.home import pages as home
from services.dashboard.sections.profile import password
from services.dashboard.sections.redemptions import pages as redemptions
from services.dashboard.sections.rules import pages as rules
from services.dashboard.sections.stacking import pages as stacking
from services.dashboard.web.routes import Page

PAGES: Final[tuple[Page, ...]] = (
    *home.PAGES,
    *finding.PAGES,
    *campaigns.PAGES,
    *redemptions.PAGES,
    *rules.PAGES,
    *stacking.PAGES,
    *validations.PAGES,
    *sessions.PAGES,
    *calls.PAGES,
    *changes.PAGES,
    *events.PAGES,
    *everything.PAGES,
    *tasks.PAGES,
    *send_outs.PAGES,
    *exports.PAGES,
    *notifications.PAGES,
    *trash_bin.PAGES,
    *whats_new.PAGES,
    *password.PAGES,
)
