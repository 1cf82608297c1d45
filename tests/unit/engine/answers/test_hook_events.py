"""What a record tells webhooks of vouchers that come into being."""

import msgspec
from msgspec import structs

from engine.answers.hook_events import NAMES_MAX, hook_events
from engine.answers.hook_payload import HookEvent, hook_payload
from engine.kernel import tables
from schemas.actions import RunChunk
from schemas.campaigns import AddVouchers, CreateCampaign
from schemas.projects import KeyKind
from schemas.publications import COUNT_MAX
from schemas.records import Decided
from schemas.vouchers import CreateVoucher
from tests.unit.engine.campaign_world import campaign, publish
from tests.unit.engine.world import World, found, voucher


def told(record: Decided) -> list[tuple[str, str]]:
    """The events' names, with the code where a single voucher is meant."""
    assert record.refusal is None, record.refusal
    return [
        (event.name, event.data["voucher"]["code"] if "voucher" in event.data else "")
        for event in hook_events(record)
    ]


def test_vouchers_made_for_a_publication_are_told_of_before_they_are_published() -> None:
    world = World()
    campaign(world, 1, type="AUTO_UPDATE")
    record = world.when(publish(count=3))
    events = told(record)
    published = [code for name, code in events if name == "voucher.published"]
    created = [code for name, code in events if name == "voucher.created"]
    assert len(published) == 3
    assert created == published[1:]
    names = [name for name, _ in events]
    assert names.count("campaign.vouchers.aded") == 1
    assert names.index("voucher.created") < names.index("voucher.published")
    made = next(each for each in hook_events(record) if each.name == "voucher.created").data
    assert made["voucher"]["publish"]["count"] == 0
    assert "holder_id" not in made["voucher"]


def test_as_many_as_a_publication_can_make_have_numbers_of_their_own() -> None:
    world = World()
    campaign(world, 0, type="AUTO_UPDATE")
    events = list(hook_events(world.when(publish(count=COUNT_MAX))))
    assert len({event.number for event in events}) == len(events)
    assert [e.name for e in events].count("voucher.created") == COUNT_MAX < NAMES_MAX


def test_a_voucher_added_by_itself_is_told_of_as_a_voucher_too() -> None:
    world = World()
    campaign(world, 0)
    added = told(world.when(AddVouchers("Spring", code="ONE")))
    created = told(world.when(CreateVoucher(voucher("TWO", campaign="Spring", id=""))))
    assert added == [("campaign.vouchers.aded", ""), ("voucher.created", "ONE")]
    assert created == [("campaign.vouchers.aded", ""), ("voucher.created", "TWO")]


def test_what_is_made_with_a_campaign_or_by_an_action_is_told_of_as_a_whole() -> None:
    world = World()
    spring = campaign(world, 0)
    copy = structs.replace(spring, id="", name="Autumn")
    created = world.when(CreateCampaign(copy, 3))
    assert told(created) == [("campaign.created", ""), ("campaign.vouchers.aded", "")]
    started = world.when(AddVouchers("Spring", 700))
    assert told(started) == [("campaign.vouchers.generation.started", "")]
    names = []
    while actions := list(world.view.scan(tables.OPEN_ACTIONS)):
        action = found(world.view.get(tables.ACTIONS, actions[0].id))
        names += told(world.when(RunChunk(action.id, action.next_chunk)))
    assert names == [("campaign.vouchers.generation.completed", "")]


def test_a_webhook_says_whether_a_shop_a_browser_or_the_system_itself_asked() -> None:
    event = HookEvent(0, "voucher.created", {})
    kinds: dict[KeyKind, str] = {"server": "API", "client": "CLIENT_API", "system": "INTERNAL"}
    for kind, channel in kinds.items():
        record = Decided(0, 1, "cmd_1", "x", "proj", "", key_kind=kind)
        body = msgspec.json.decode(hook_payload("proj", 0, record, event))
        assert body["source"] == {"channel": channel}
