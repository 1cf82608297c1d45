"""Revoked tokens are known until they would have expired, in the control project alone."""

from engine.expiry import next_due
from engine.kernel import tables
from schemas.expiry import ExpireDue
from schemas.oauth import RevokedToken, RevokeToken, TokenRevoked, TokensForgotten
from schemas.projects import CONTROL_PROJECT
from tests.unit.engine.world import MINUTE, World, only, refused


def test_a_token_is_revoked_once_and_forgotten_in_time() -> None:
    world = World(CONTROL_PROJECT, opened=False)
    over = world.now + 15 * MINUTE
    record = world.when(RevokeToken("shop", "t1", over))
    assert only(record, TokenRevoked).token == RevokedToken("t1", "shop", over)
    assert world.when(RevokeToken("shop", "t1", over)).events == ()
    assert next_due(world.view) > over - 1
    assert next_due(world.view) <= over
    world.now = over - 1
    assert world.when(ExpireDue()).events == ()
    world.now = over
    assert only(world.when(ExpireDue()), TokensForgotten).token_ids == ("t1",)
    assert world.view.get(tables.REVOKED_TOKENS, "t1") is None
    assert list(world.view.scan(tables.DUE)) == []


def test_a_token_that_is_over_needs_no_revoking() -> None:
    world = World(CONTROL_PROJECT, opened=False)
    assert world.when(RevokeToken("shop", "t1", world.now)).events == ()


def test_tokens_belong_to_the_control_project() -> None:
    world = World()
    record = world.when(RevokeToken("shop", "t1", world.now + MINUTE))
    assert refused(record) == "not_found"
