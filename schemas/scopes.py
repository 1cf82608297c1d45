"""The scopes of OAuth tokens, and which of them a path asks for.

Source: the API contract's security scheme.
"""

from collections.abc import Collection
from typing import Final

SERVER_SCOPE: Final = "api"
CLIENT_SCOPE: Final = "client_api"
#: Each of them stands for the paths that begin with it, below `/v1/`.
_RESOURCES: Final = [
    "assets",
    "async-actions",
    "campaigns",
    "categories",
    "consents",
    "customers",
    "events",
    "exports",
    "locations",
    "loyalties",
    "metadata-schemas",
    "orders",
    "product-collections",
    "products",
    "promotions",
    "publications",
    "qualifications",
    "redemptions",
    "referrals",
    "rewards",
    "segments",
    "skus",
    "task-results",
    "templates",
    "trash-bin",
    "validation-rules",
    "validation-rules-assignments",
    "validations",
    "vouchers",
]
_CLIENT_RESOURCES: Final = [
    "consents",
    "customers",
    "events",
    "promotions",
    "publish",
    "qualifications",
    "redeem",
    "redemptions",
    "validate",
    "validations",
    "vouchers",
]
SCOPES: Final = frozenset(
    (SERVER_SCOPE, CLIENT_SCOPE, *_RESOURCES, *(f"client_{name}" for name in _CLIENT_RESOURCES))
)
#: The endpoints that give and take tokens ask for the key pair itself.
_ONLY_KEYS: Final = "/v1/oauth/"


def scopes_of(path: str) -> tuple[str, ...]:
    """The scopes of which a token needs one for a path; none where only keys are taken."""
    if path.startswith(_ONLY_KEYS):
        return ()
    for prefix, whole, word, known in (
        ("/v1/", SERVER_SCOPE, "", _RESOURCES),
        ("/client/v1/", CLIENT_SCOPE, "client_", _CLIENT_RESOURCES),
    ):
        if path.startswith(prefix):
            name = path.removeprefix(prefix).partition("/")[0]
            return (whole, f"{word}{name}") if name in known else (whole,)
    return ()


def lies_within(scope: str, held: Collection[str]) -> bool:
    """Whether who holds these scopes may do what that one allows."""
    if scope in held:
        return True
    whole = SERVER_SCOPE if scope in _RESOURCES else CLIENT_SCOPE
    return scope != SERVER_SCOPE and whole in held
