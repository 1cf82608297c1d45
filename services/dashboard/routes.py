"""The table of all pages, one line a section."""

from typing import Final

from services.dashboard.sections import (
    finding,
    notifications,
    saved_views,
    sessions,
    trash_bin,
    validations,
    whats_new,
)
from services.dashboard.sections.audit import calls, changes, events, everything, send_outs, tasks
from services.dashboard.sections.campaigns import pages as campaigns
from services.dashboard.sections.campaigns.programs import pages as programs
from services.dashboard.sections.categories import pages as categories
from services.dashboard.sections.customers import pages as customers
from services.dashboard.sections.exports import pages as exports
from services.dashboard.sections.home import pages as home
from services.dashboard.sections.integrations import pages as integrations
from services.dashboard.sections.locations import pages as locations
from services.dashboard.sections.orders import pages as orders
from services.dashboard.sections.products import collections
from services.dashboard.sections.products import pages as products
from services.dashboard.sections.profile import general, password, security, two_factor
from services.dashboard.sections.promotions import pages as promotions
from services.dashboard.sections.redemptions import pages as redemptions
from services.dashboard.sections.rewards import pages as rewards
from services.dashboard.sections.rules import pages as rules
from services.dashboard.sections.segments import pages as segments
from services.dashboard.sections.settings import brand, keys, oauth_clients, schemas, usage
from services.dashboard.sections.settings import general as settings
from services.dashboard.sections.stacking import pages as stacking
from services.dashboard.sections.team import data, members, projects, roles, told
from services.dashboard.sections.team import security as team_security
from services.dashboard.sections.vouchers import pages as vouchers
from services.dashboard.web.routes import Page

PAGES: Final[tuple[Page, ...]] = (
    *home.PAGES,
    *finding.PAGES,
    *campaigns.PAGES,
    *programs.PAGES,
    *redemptions.PAGES,
    *vouchers.PAGES,
    *promotions.PAGES,
    *rewards.PAGES,
    *categories.PAGES,
    *orders.PAGES,
    *products.PAGES,
    *collections.PAGES,
    *customers.PAGES,
    *segments.PAGES,
    *locations.PAGES,
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
    *saved_views.PAGES,
    *trash_bin.PAGES,
    *whats_new.PAGES,
    *general.PAGES,
    *security.PAGES,
    *two_factor.PAGES,
    *password.PAGES,
    *members.PAGES,
    *roles.PAGES,
    *projects.PAGES,
    *team_security.PAGES,
    *data.PAGES,
    *told.PAGES,
    *settings.PAGES,
    *oauth_clients.PAGES,
    *keys.PAGES,
    *brand.PAGES,
    *schemas.PAGES,
    *usage.PAGES,
    *integrations.PAGES,
)
