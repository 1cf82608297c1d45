"""Custom events: noted with their customer, who may be new."""

from schemas.api import CustomerInput
from schemas.custom_events import CustomEventTracked, TrackCustomEvent
from schemas.customers import CustomerCreated
from tests.unit.engine.world import NOON, World, customer, only, refused


def test_an_event_creates_the_customer_who_is_unknown() -> None:
    world = World()
    record = world.when(TrackCustomEvent("visited", customer(name="Ann"), {"page": 1}))
    made = only(record, CustomerCreated).customer
    event = only(record, CustomEventTracked).event
    assert (event.name, event.customer_id, event.metadata) == ("visited", made.id, {"page": 1})
    assert (event.created_at, event.id[:6]) == (NOON, "evcus_")


def test_an_event_of_a_known_customer_names_it() -> None:
    world = World()
    first = world.when(TrackCustomEvent("visited", customer()))
    again = world.when(TrackCustomEvent("visited", customer()))
    made = only(first, CustomerCreated).customer
    assert len(again.events) == 1
    assert again.customer == made
    assert only(again, CustomEventTracked).event.id != only(first, CustomEventTracked).event.id


def test_an_event_of_nobody_is_refused() -> None:
    assert refused(World().when(TrackCustomEvent("visited", CustomerInput()))) == "missing_customer"
    unknown = TrackCustomEvent("visited", CustomerInput(id="cust_1"))
    assert refused(World().when(unknown)) == "not_found"
