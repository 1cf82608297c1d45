"""The stories: what happens in a shop, feature by feature, as its clients make it happen."""

from collections.abc import Mapping
from types import MappingProxyType

from tests.examples.stories.alerts import alerts
from tests.examples.stories.campaigns import campaigns
from tests.examples.stories.catalogue import catalogue
from tests.examples.stories.clients import clients
from tests.examples.stories.customers import customers
from tests.examples.stories.earning import earning
from tests.examples.stories.exports import exports
from tests.examples.stories.giveaways import giveaways
from tests.examples.stories.imports import imports
from tests.examples.stories.keeping import keeping
from tests.examples.stories.loyalty_tiers import loyalty_tiers
from tests.examples.stories.member_points import member_points
from tests.examples.stories.programs import programs
from tests.examples.stories.projects import projects
from tests.examples.stories.promotions import promotions
from tests.examples.stories.publications import publications
from tests.examples.stories.redemptions import redemptions
from tests.examples.stories.referrals import referrals
from tests.examples.stories.rewards import rewards
from tests.examples.stories.rules import rules
from tests.examples.stories.sessions import sessions
from tests.examples.stories.users import users
from tests.examples.stories.vouchers import vouchers
from tests.examples.telling import Story

_ALL: tuple[Story, ...] = (
    alerts,
    campaigns,
    catalogue,
    clients,
    customers,
    earning,
    exports,
    giveaways,
    imports,
    keeping,
    loyalty_tiers,
    member_points,
    programs,
    projects,
    promotions,
    publications,
    redemptions,
    referrals,
    rewards,
    rules,
    sessions,
    users,
    vouchers,
)
#: By name, which is that of the folder in `schemas/examples`.
STORIES: Mapping[str, Story] = MappingProxyType({each.__name__: each for each in _ALL})
