"""Access tokens: what one says of itself, and what is kept of one that was revoked.

A token is never stored, nor a hash of it: it is signed, and a record knows only the random id of
one that was revoked, until it would have expired anyway.
"""

from typing import Final

from schemas.base import Ident, Millis, Shape, Unanswered


class AccessToken(Shape, frozen=True, array_like=True):
    """What a token grants: some scopes of a server-side key, for a while."""

    id: str
    project: str
    #: The public id of the server-side key that it was made with; it ends with that key.
    key_id: str
    scopes: tuple[str, ...]
    #: Seconds since 1970.
    expires_at: int


class RevokedToken(Shape, frozen=True):
    """A token that works no longer, although its time is not over."""

    id: str
    project_id: str
    expires_at: Millis


class RevokeToken(Shape, tag="revoke_token", frozen=True):
    """Ends a token before its time; belongs to the control project."""

    project_id: Ident
    token_id: Ident
    expires_at: Millis


class TokenRevoked(Unanswered, tag="token.revoked", frozen=True):
    """A token works no longer."""

    token: RevokedToken


class TokensForgotten(Unanswered, tag="tokens.forgotten", frozen=True):
    """Revoked tokens whose time is over left the state."""

    token_ids: tuple[str, ...]


OAuthCommand = RevokeToken
OAuthEvent = TokenRevoked | TokensForgotten
#: Tokens that are no longer valid.
OAUTH_EVENTS: Final = frozenset({TokenRevoked, TokensForgotten})
