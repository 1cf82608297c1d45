"""Custom events: tracked from the shop's server and from its customers' browsers."""

from typing import Any

import pytest
import voucherify as sdk

from tests.e2e.plain import ORIGIN, Plain
from tests.e2e.plain import refused as refused_plainly
from tests.e2e.shop import Shop, new_code, refused, told


def tracked(shop: Shop, **said: Any) -> Any:
    body = sdk.EventsCreateRequestBody.from_dict({"event": "visited"} | said)
    return told(shop.events.track_custom_event, body)


def test_an_event_creates_the_customer_who_is_unknown(shop: Shop) -> None:
    name = new_code()
    answer = tracked(shop, customer={"source_id": name, "name": "Ann"}, metadata={"page": "cart"})
    assert (answer.object, answer.type, answer.metadata) == ("event", "visited", {"page": "cart"})
    assert (answer.referral, answer.loyalty) == (None, None)
    found = shop.customer(name)
    assert (answer.customer.id, answer.customer.name) == (found.id, "Ann")
    again = tracked(shop, customer={"source_id": name})
    assert (again.customer.id, again.metadata) == (found.id, {})


def test_events_are_in_the_feed_of_their_customer(shop: Shop) -> None:
    name = new_code()
    for number in range(3):
        tracked(shop, event=f"step {number}", customer={"source_id": name}, metadata={"n": number})
    listed = told(shop.customers.list_customer_activity, name, type="customer.custom_event")
    events = [entry.data["data"]["event"] for entry in listed.data]
    assert [event["type"] for event in events] == ["step 2", "step 1", "step 0"]
    assert [event["metadata"] for event in events] == [{"n": 2}, {"n": 1}, {"n": 0}]
    assert [event["id"] for event in events] == [entry.id for entry in listed.data]


def test_a_browser_tracks_and_learns_nothing_of_the_customer(shop: Shop) -> None:
    name = new_code()
    tracked(shop, customer={"source_id": name, "name": "Ann", "metadata": {"secret": 1}})
    body = sdk.ClientEventsCreateRequestBody.from_dict(
        {"event": "clicked", "customer": {"source_id": name}}
    )
    answer = told(shop.browser.track_custom_event_client_side, ORIGIN, body)
    assert (answer.type, answer.customer.source_id) == ("clicked", name)
    assert (answer.customer.name, answer.customer.metadata) == (None, None)


def test_an_unknown_id_is_not_found(shop: Shop) -> None:
    body = sdk.EventsCreateRequestBody.from_dict(
        {"event": "visited", "customer": {"id": "cust_unknown"}}
    )
    assert refused(shop.events.track_custom_event, body)[:2] == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"customer": {"source_id": "x"}}, "invalid_payload"),
        ({"event": "x"}, "invalid_payload"),
        ({"event": "x" * 301, "customer": {"source_id": "x"}}, "invalid_payload"),
        ({"event": "x", "customer": {}}, "missing_customer"),
        ({"event": "x", "customer": {"source_id": "x", "birthdate": "soon"}}, "invalid_payload"),
        (
            {"event": "x", "customer": {"source_id": "x"}, "referral": {"referrer_id": "y"}},
            "invalid_payload",
        ),
    ],
)
def test_an_event_that_is_wrong_is_refused(plain: Plain, body: Any, key: str) -> None:
    assert refused_plainly(plain.ask("POST", "/v1/events", json=body)) == (400, key)
