"""The eraser: keys, then commands, then the record that ends it; whatever fails comes again."""

from collections.abc import Sequence

import msgspec
import pytest

from runtime.log.log import Entry, InDoubt, LogError, Unsent
from schemas.actions import RunChunk
from schemas.commands import Command
from schemas.customers import CustomerCreated
from schemas.erasures import EndErasures, Erasure, ForgetCustomer
from schemas.user_commands import ForgetUser
from schemas.user_events import UserForgotten
from services.redemption.ledger.eraser import Eraser, EraserOutfit
from services.redemption.ledger.serving import Serving
from tests.unit.engine.erasures.test_erasures import ACTION, Recorded, import_started, made
from tests.unit.engine.users.user_world import Team
from tests.unit.engine.world import NOON, PROJECT, World, customer, only

PARTITION = 3


class Steps:
    """What an eraser did, in order; the step of that name fails as long as there is a fault."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.done: list[tuple[object, ...]] = []
        self.faults: dict[str, LogError] = {}
        self.sent: list[Command] = []
        #: The topic's last command that was decided, if the last records decided none of them.
        self.decided: int | None = None
        outfit = EraserOutfit(
            self.forget, self.delete_commands, self.send, msgspec.json.encode, lambda: NOON
        )
        self.eraser = Eraser(self._serving, outfit)

    def _serving(self) -> list[Serving]:
        decided = self.world.offset if self.decided is None else self.decided
        return [Serving(PARTITION, self.world.fold, decided, self.world.offset)]

    def _step(self, name: str, *said: object) -> None:
        if name in self.faults:
            raise self.faults[name]
        self.done.append((name, *said))

    async def forget(self, owners: Sequence[str]) -> None:
        self._step("forget", *owners)

    async def delete_commands(self, partition: int, before: int) -> None:
        self._step("delete", partition, before)

    async def send(self, topic: str, partition: int, entry: Entry) -> int:
        self._step("send", topic, partition)
        self.sent.append(msgspec.json.decode(entry.value, type=Command))
        return self.world.offset + len(self.sent)


@pytest.fixture
def world() -> World:
    return World()


async def test_nothing_is_done_where_nobody_is_to_be_forgotten(world: World) -> None:
    made(world, customer())
    steps = Steps(world)
    await steps.eraser.look()
    assert steps.done == []


async def test_whoever_is_forgotten_by_a_command_that_was_handed_over_is_erased_too(
    world: World,
) -> None:
    ann = made(world, customer())
    steps = Steps(world)
    steps.decided = world.offset
    await steps.eraser.look()
    world.when(ForgetCustomer(ann.id))
    await steps.eraser.look()
    assert steps.done == [
        ("forget", f"{PROJECT}/{ann.id}"),
        ("delete", PARTITION, steps.decided + 1),
        ("send", "commands", PARTITION),
    ]


async def test_keys_go_before_the_end_is_recorded_and_commands_up_to_the_last_decided(
    world: World,
) -> None:
    ann = made(world, customer())
    world.when(ForgetCustomer(ann.id))
    steps = Steps(world)
    await steps.eraser.look()
    assert steps.done == [
        ("forget", f"{PROJECT}/{ann.id}"),
        ("delete", PARTITION, world.offset + 1),
        ("send", "commands", PARTITION),
    ]
    (command,) = steps.sent
    assert (command.project, command.body) == (PROJECT, EndErasures((ann.id,)))
    # on its way: it is not sent again
    await steps.eraser.look()
    assert len(steps.sent) == 1
    world.when(command.body, key_kind="system")
    await steps.eraser.look()
    assert len(steps.sent) == 1


async def test_commands_that_named_a_user_go_with_the_user() -> None:
    team = Team()
    bea = team.member("b@shop.test", "USER")
    forgotten = only(team.by(team.owner, ForgetUser(bea.id, "shop")), UserForgotten)
    steps = Steps(team)
    await steps.eraser.look()
    owners = sorted(f"control/{each}" for each in (bea.id, *forgotten.invitation_ids))
    assert steps.done[:2] == [("forget", *owners), ("delete", PARTITION, team.offset + 1)]


async def test_an_end_that_was_not_taken_is_sent_again(world: World) -> None:
    ann = made(world, customer())
    world.when(ForgetCustomer(ann.id))
    steps = Steps(world)
    await steps.eraser.look()
    # what was sent expired: something else was decided at its place
    made(world, customer("ben"))
    await steps.eraser.look()
    assert len(steps.sent) == 2


@pytest.mark.parametrize("name", ["forget", "delete", "send"])
@pytest.mark.parametrize("fault", [Unsent("down"), InDoubt("lost")])
async def test_what_fails_is_done_again_from_the_start(
    world: World, name: str, fault: LogError
) -> None:
    ann = made(world, customer())
    world.when(ForgetCustomer(ann.id))
    steps = Steps(world)
    steps.faults = {name: fault}
    await steps.eraser.look()
    assert steps.sent == []
    steps.faults = {}
    steps.done = []
    await steps.eraser.look()
    assert [done[0] for done in steps.done] == ["forget", "delete", "send"]


async def test_the_rows_of_an_action_leave_the_commands_alone() -> None:
    world = Recorded()
    import_started(world)
    world.when(RunChunk(ACTION, 0), key_kind="system")
    assert any(isinstance(each, CustomerCreated) for each in world.records[-1].events)
    steps = Steps(world)
    await steps.eraser.look()
    assert [done[0] for done in steps.done] == ["forget", "send"]


async def test_a_state_in_which_nothing_changed_is_not_looked_through(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, real = 0, world.fold.erasures

    def erasures(count_max: int) -> list[Erasure]:
        nonlocal looks
        looks += 1
        return real(count_max)

    monkeypatch.setattr(world.fold, "erasures", erasures)
    ann = made(world, customer())
    steps = Steps(world)
    for _ in range(3):
        await steps.eraser.look()
    assert looks == 1
    world.when(ForgetCustomer(ann.id))
    await steps.eraser.look()
    assert (looks, len(steps.sent)) == (2, 1)
