"""What is kept of a validation: enough to render its answer, and nothing of a person."""

from typing import Any

import pytest

from schemas.records import Decided
from schemas.sessions import SessionLocked, SessionRefused
from services.validation import front
from tests.unit.services.world import World, asked

CUSTOMER = {"source_id": "ann", "name": "Ann"}


async def test_of_a_large_validation_no_details_are_observed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "DETAILS_BYTES_MAX", 100)
    await world.voucher("A")
    await world.call("POST", "/v1/validations", asked("A"))
    await world.observations.drain()
    (seen,) = world.topic.entries
    assert (seen["redeemables"], "details" in seen) == (["A"], False)


async def test_a_lock_holds_what_was_asked_but_for_the_customer(world: World) -> None:
    await world.voucher("A", redemption={"quantity": 1})
    lock: dict[str, Any] = {
        "session": {"type": "LOCK", "key": "cart"},
        "customer": CUSTOMER,
        "metadata": {"a": 1},
    }
    await world.call("POST", "/v1/validations", asked("A", **lock))
    lock["session"] = {"type": "LOCK", "key": "late"}
    await world.call("POST", "/v1/validations", asked("A", **lock))
    decided = [each for each in world.ledger.records if isinstance(each, Decided)]
    events = [each for record in decided for each in record.events]
    (held,) = (each for each in events if isinstance(each, SessionLocked))
    (refused,) = (each for each in events if isinstance(each, SessionRefused))
    wanted = {
        "redeemables": [{"object": "voucher", "id": "A"}],
        "order": {"amount": 10_000},
        "metadata": {"a": 1},
    }
    assert held.asked == refused.asked == wanted
    assert refused.session_key == "late"
