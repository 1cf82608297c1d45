"""Access tokens: they are signed, so only the end of one before its time is decided here."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.base import Millis
from schemas.commands import Command
from schemas.oauth import RevokedToken, RevokeToken, TokenRevoked


def revoke_token(view: View, _: Command, body: RevokeToken, now: Millis) -> Decision:
    """Notes the token until it would have expired; again, or too late, is without an effect."""
    known = view.get(tables.REVOKED_TOKENS, body.token_id)
    if known is not None or body.expires_at <= now:
        return Decision()
    token = RevokedToken(body.token_id, body.project_id, body.expires_at)
    return Decision((TokenRevoked(token),))


DECISIONS: Decisions = MappingProxyType(
    {
        RevokeToken: revoke_token,
    }
)
