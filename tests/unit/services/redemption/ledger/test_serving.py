"""What was found in a state is known until something is decided, or another state takes its place."""

from engine.fold import StateFold
from services.redemption.ledger.serving import Found, Serving
from tests.unit.engine.world import World


def served(fold: StateFold, position: int = 7, partition: int = 3) -> Serving:
    return Serving(partition, fold, 0, position)


def test_what_was_found_is_known_in_that_state_alone() -> None:
    fold, found = World().fold, Found[str]()
    assert found.recall(served(fold)) is None
    found.keep(served(fold), "nothing")
    assert found.recall(served(fold)) == "nothing"
    assert found.recall(served(fold, position=8)) is None
    assert found.recall(served(fold, partition=4)) is None
    assert found.recall(served(World().fold)) is None


def test_what_is_found_later_takes_its_place() -> None:
    fold, found = World().fold, Found[str]()
    found.keep(served(fold), "nothing")
    found.keep(served(fold, position=8), "something")
    assert found.recall(served(fold, position=8)) == "something"
    assert found.recall(served(fold)) is None
