"""The tables of `docs/api.md`: endpoints that are served, those that are not, events of webhooks."""

import re
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from tests.architecture.tables import rows_of, spans_of
from tests.contract.answers import CONTRACT, NOT_BUILT, OWN
from tests.contract.payloads import DATA
from tests.contract.served import OF_A_HOST, served_routes, unnamed
from tests.unit.services.world import MANAGEMENT, SERVER, World

PAGE = "docs/api.md"
#: Services that stand in the folder of another.
WITHIN = {
    "oauth": "catalog",
    "pictures": "catalog",
    "bulk": "audit",
    "exports": "audit",
    "alerts": "analytics",
    "live": "analytics",
    "simulations": "analytics",
    "sql": "analytics",
    "notifications": "audit",
    "notification-list": "audit",
}


def _endpoints(section: str) -> Iterator[tuple[str, str]]:
    """Each route of the section's table, as in `GET PUT /v1/orders/{id}`, with its service."""
    for cell, _, service in rows_of(PAGE, section):
        for span in spans_of(cell):
            *methods, path = span.split(" ")
            yield from ((unnamed(f"{method} {path}"), service) for method in methods)


@pytest.mark.parametrize(
    ("section", "routes"),
    [("## Endpoints", CONTRACT), ("### Beside the Voucherify API", OWN)],
    ids=["of the contract", "beside it"],
)
async def test_the_table_of_endpoints_is_what_is_served(section: str, routes: set[str]) -> None:
    served = await served_routes() | dict.fromkeys(OF_A_HOST, "host")
    wanted = {each: served[each] for each in map(unnamed, routes)}
    wanted = {route: WITHIN.get(service, service) for route, service in wanted.items()}
    told = list(_endpoints(section))
    assert dict(told) == wanted
    assert [
        route for route, times in Counter(route for route, _ in told).items() if times > 1
    ] == []


def test_the_table_of_what_is_not_there_holds_all_of_it_and_nothing_else() -> None:
    patterns = [span for cell, _ in rows_of(PAGE, "### Not there") for span in spans_of(cell)]
    paths = {re.sub(r"\{[^}]*\}", "x", name.split(" ")[1]) for name in NOT_BUILT}
    held = {each: [path for path in paths if fnmatchcase(path, each)] for each in patterns}
    assert [each for each, found in held.items() if not found] == []
    assert {path for found in held.values() for path in found} == paths
    served = {name.split(" ")[1] for name in CONTRACT | OWN}
    assert [path for path in served for each in patterns if fnmatchcase(path, each)] == []


async def test_what_is_not_there_is_not_found() -> None:
    async with World() as world:
        for route in sorted(NOT_BUILT):
            method, path = re.sub(r"\{[^}]*\}", "x", route).split(" ")
            keys = MANAGEMENT if path.startswith("/management/") else SERVER
            answer = await world.call(method, path, headers=keys)
            assert answer.status_code in (404, 405), route


def test_the_table_of_webhooks_holds_every_event_that_is_sent() -> None:
    told = []
    for cell, _, _ in rows_of(PAGE, "## Decisions: webhooks"):
        first, *more = spans_of(cell)
        stem = first.rpartition(".")[0]
        told += [first, *(stem + each if each.startswith(".") else each for each in more)]
    assert sorted(told) == sorted(DATA)
