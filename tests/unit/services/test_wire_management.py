"""The management API, as clients of it are held to see it."""

from typing import Final

import pytest

from tests.unit.services.world import MANAGEMENT, World

PROJECTS: Final = "/management/v1/projects"
NEW: Final = {
    "name": "P", "timezone": "Europe/Warsaw", "currency": "EUR",
    "api_version": "v2018-08-01", "webhook_version": "v2024-01-01",
}  # fmt: skip


@pytest.mark.parametrize("case_sensitive", [True, False])
@pytest.mark.parametrize("cluster", ["eu1", "dev2", "127", "self-hosted", None])
async def test_any_cluster_is_taken_and_the_installations_own_is_shown(
    world: World, cluster: str | None, case_sensitive: bool
) -> None:
    body = NEW | {"cluster_id": cluster, "case_sensitive_codes": case_sensitive}
    made = await world.call("POST", PROJECTS, body, MANAGEMENT)
    assert made.status_code == 200, made.text
    assert made.json()["cluster_id"] == "self-hosted"
    assert made.json()["case_sensitive_codes"] is case_sensitive
    path = f"{PROJECTS}/{made.json()['id']}"
    terms = {"dial_code": "+48", "webhook_version": "v2024-01-01"}
    changed = await world.call("PUT", path, terms, MANAGEMENT)
    assert (changed.status_code, changed.json()["dial_code"]) == (200, "+48")
    assert (await world.call("DELETE", path, headers=MANAGEMENT)).status_code == 204


@pytest.mark.parametrize("tells_case", [True, False])
async def test_a_project_says_whether_its_codes_tell_case(
    world: World, *, tells_case: bool
) -> None:
    body = NEW | {"case_sensitive_codes": tells_case, "cluster_id": "eu1"}
    made = await world.call("POST", PROJECTS, body, MANAGEMENT)
    assert (made.status_code, made.json()["case_sensitive_codes"]) == (200, tells_case)
    assert made.json()["id"]
