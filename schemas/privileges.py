"""What users may do: the privileges, which of them a route asks for, and which of them a role has.

A key pair may do everything that its kind may; a user what the role in the project gives. The
lines of `ROUTES` are looked at from the first on, and what is in no line no user may do.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

#: By what of a shop, what may be done with it.
_OF_A_SHOP: Final[Mapping[str, str]] = MappingProxyType(
    {
        "campaigns": "read write",
        "vouchers": "read write",
        "promotions": "read write",
        "categories": "read write",
        "rules": "read write",
        "products": "read write",
        "orders": "read write",
        "rewards": "read write",
        "locations": "read write",
        "customers": "read write forget",
        "segments": "read write",
        "redemptions": "read redeem rollback",
        "validations": "read validate",
        "publications": "read publish",
        "sessions": "read release",
        "exports": "read create",
        "imports": "create",
        "analytics": "read query simulate",
        "alerts": "write",
        "audit": "read",
        "notifications": "read",
        "bin": "read write",
        "project": "read write",
    }
)
#: What whoever administers the members of a project has.
MANAGES_TEAM: Final = "team.manage"
_BESIDE: Final = ("keys.manage", MANAGES_TEAM, "projects.create", "projects.delete")
#: All that there are; what belongs together stands together.
PRIVILEGES: Final = (
    *(f"{thing}.{verb}" for thing, verbs in _OF_A_SHOP.items() for verb in verbs.split()),
    *_BESIDE,
)

ADMIN: Final = "ADMIN"
_OF_USERS: Final = frozenset(PRIVILEGES) - frozenset(_BESIDE)
_READS: Final = frozenset(each for each in PRIVILEGES if each.endswith(".read"))
_OF_MERCHANTS: Final = _READS | {
    "customers.write",
    "redemptions.redeem",
    "redemptions.rollback",
    "validations.validate",
    "publications.publish",
    "sessions.release",
}
#: The roles that every project has. Source: the contract's names of roles.
ROLES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        ADMIN: frozenset(PRIVILEGES),
        "USER": _OF_USERS,
        "VIEWER": _READS,
        "MERCHANT": _OF_MERCHANTS,
    }
)
#: What no user may do with any role: it is for key pairs themselves.
KEYS_ALONE: Final = "-"

#: A method, or `*` for any; a path, in which `{}` is one segment and `**` any rest, also none; and
#: the privilege.
_LINES: Final = """
* /v1/oauth/** -

POST /v1/campaigns/qualification validations.validate
POST /v1/campaigns/{}/import imports.create
POST /v1/campaigns/{}/importCSV imports.create
POST /v1/campaigns/{}/transactions/export exports.create
GET /v1/campaigns/** campaigns.read
* /v1/campaigns/** campaigns.write

POST /v1/loyalties/members/{}/redemption redemptions.redeem
POST /v1/loyalties/{}/members/{}/redemption redemptions.redeem
POST /v1/loyalties/{}/qualifications validations.validate
POST /v1/loyalties/{}/members publications.publish
POST /v1/loyalties/members/{}/transactions/export exports.create
POST /v1/loyalties/{}/members/{}/transactions/export exports.create
POST /v1/loyalties/{}/transactions/export exports.create
POST /v1/loyalties/{}/points-expiration/export exports.create
GET /v1/loyalties/{}/members/** vouchers.read
GET /v1/loyalties/members/** vouchers.read
* /v1/loyalties/{}/members/** vouchers.write
* /v1/loyalties/members/** vouchers.write
GET /v1/referrals/{}/members/** vouchers.read
GET /v1/referrals/members/** vouchers.read
* /v1/referrals/{}/members/** vouchers.write
* /v1/referrals/members/** vouchers.write
GET /v1/referrals/** campaigns.read
* /v1/referrals/** campaigns.write
GET /v1/giveaways/** campaigns.read
* /v1/giveaways/** campaigns.write
GET /v1/loyalties/** campaigns.read
* /v1/loyalties/** campaigns.write

POST /v1/vouchers/qualification validations.validate
POST /v1/vouchers/import imports.create
POST /v1/vouchers/importCSV imports.create
POST /v1/vouchers/{}/redemption redemptions.redeem
POST /v1/vouchers/{}/validate validations.validate
POST /v1/vouchers/{}/transactions/export exports.create
DELETE /v1/vouchers/{}/sessions/{} sessions.release
GET /v1/vouchers/** vouchers.read
* /v1/vouchers/** vouchers.write

POST /v1/promotions/tiers/{}/redemption redemptions.redeem
POST /v1/promotions/tiers/{}/validation validations.validate
POST /v1/promotions/validation validations.validate
GET /v1/promotions/** promotions.read
* /v1/promotions/** promotions.write

GET /v1/categories/** categories.read
* /v1/categories/** categories.write
POST /v1/stacking-rules/try project.read
POST /v1/validation-rules/try rules.read
GET /v1/validation-rules/** rules.read
GET /v1/validation-rules-assignments/** rules.read
* /v1/validation-rules/** rules.write

POST /v1/products/importCSV imports.create
POST /v1/skus/importCSV imports.create
GET /v1/products/** products.read
GET /v1/skus/** products.read
GET /v1/product-collections/** products.read
* /v1/products/** products.write
* /v1/skus/** products.write
* /v1/product-collections/** products.write

POST /v1/orders/import imports.create
POST /v1/orders/export exports.create
GET /v1/orders/** orders.read
* /v1/orders/** orders.write
GET /v1/rewards/** rewards.read
* /v1/rewards/** rewards.write
GET /v1/locations/** locations.read
* /v1/locations/** locations.write

POST /v1/customers/importCSV imports.create
POST /v1/customers/{}/permanent-deletion customers.forget
GET /v1/customers/** customers.read
* /v1/customers/** customers.write
* /v1/events customers.write
GET /v1/segments/** segments.read
* /v1/segments/** segments.write

POST /v1/redemptions redemptions.redeem
POST /v1/redemptions/{}/rollback redemptions.rollback
POST /v1/redemptions/{}/rollbacks redemptions.rollback
GET /v1/redemptions/** redemptions.read
POST /v1/validations validations.validate
POST /v1/qualifications validations.validate
GET /v1/validations/** validations.read
GET /v1/publications/create publications.publish
GET /v1/publications/** publications.read
POST /v1/publications publications.publish
GET /v1/sessions/** sessions.read
DELETE /v1/sessions/{} sessions.release

GET /v1/exports/** exports.read
* /v1/exports/** exports.create
POST /v1/analytics/query analytics.query
GET /v1/analytics/views analytics.read
GET /v1/analytics/simulations/** analytics.read
* /v1/analytics/simulations/** analytics.simulate
PUT /v1/analytics/alerts/** alerts.write
GET /v1/analytics/** analytics.read
GET /v1/audit/** audit.read
GET /v1/diagnostics audit.read
GET /v1/releases project.read
GET /v1/webhook-deliveries/** audit.read
GET /v1/async-actions/** project.read
* /v1/notifications/** notifications.read
GET /v1/trash-bin/** bin.read
* /v1/trash-bin/** bin.write
GET /v1/metadata-schemas/** project.read

* /management/v1/projects/users/invite team.manage
GET /management/v1/projects project.read
POST /management/v1/projects projects.create
DELETE /management/v1/projects/{} projects.delete
* /management/v1/projects/{}/users/** team.manage
* /management/v1/projects/{}/invitations/** team.manage
* /management/v1/projects/{}/roles/** team.manage
* /management/v1/projects/{}/security team.manage
* /management/v1/projects/{}/keys/** keys.manage
GET /management/v1/projects/{}/callers audit.read
GET /management/v1/projects/{}/** project.read
* /management/v1/projects/{}/** project.write
"""


class RouteLine(NamedTuple):
    """What a route asks for."""

    method: str
    path: str
    privilege: str


ROUTES: Final = tuple(RouteLine(*line.split()) for line in _LINES.splitlines() if line)


def _pattern(path: str) -> "re.Pattern[str]":
    """Matches the paths that a line means."""
    whole = re.escape(path.removesuffix("/**")).replace(r"\{\}", "[^/]+")
    return re.compile(whole + ("(?:/.*)?" if path.endswith("/**") else ""))


_MATCHERS: Final = tuple((line, _pattern(line.path)) for line in ROUTES)


@lru_cache(maxsize=4096)
def privilege_of(method: str, path: str) -> str | None:
    """The privilege that a user needs for a request; None where no line says."""
    asked = "GET" if method == "HEAD" else method
    for line, pattern in _MATCHERS:
        if line.method in ("*", asked) and pattern.fullmatch(path):
            return line.privilege
    return None
