"""Revoked access tokens in the state, until they would have expired anyway."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.due import drop_due, put_due
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.oauth import RevokedToken, TokenRevoked, TokensForgotten


def token_revoked(state: State, event: TokenRevoked, _: Millis) -> None:
    """The token works no longer."""
    token = event.token
    state.put(tables.REVOKED_TOKENS, token, token.id)
    put_due(state, _due(token))


def tokens_forgotten(state: State, event: TokensForgotten, _: Millis) -> None:
    """The tokens' own time is over; nobody needs to know that they were revoked."""
    for token_id in event.token_ids:
        token = state.get(tables.REVOKED_TOKENS, token_id)
        if token is not None:
            state.delete(tables.REVOKED_TOKENS, token_id)
            drop_due(state, _due(token))


def _due(token: RevokedToken) -> tables.Due:
    return tables.Due(tables.DUE_TOKEN, token.id, token.expires_at)


FOLDS: Folds = MappingProxyType(
    {
        TokenRevoked: token_revoked,
        TokensForgotten: tokens_forgotten,
    }
)
