"""The management API with the official client: projects, their keys, webhooks."""

from collections.abc import Iterator
from typing import Any

import pytest
import voucherify as sdk

from tests.contract.answers import client
from tests.e2e.manager import Manager
from tests.e2e.plain import Plain
from tests.e2e.plain import refused as refused_plainly
from tests.e2e.shop import Shop, refused, told
from tests.e2e.system import System, eventually


@pytest.fixture(scope="module")
def manager(system: System) -> Iterator[Manager]:
    made = Manager(system.url, system.keys)
    yield made
    made.close()


def shop_of(system: System, project: object) -> Shop:
    """A shop with a new project's keys."""
    keys = project.server_side_key, project.client_side_key  # type: ignore[attr-defined]
    return Shop(
        system.url,
        {
            "app_id": keys[0].app_id,
            "app_token": keys[0].app_token,
            "client_app_id": keys[1].app_id,
            "client_token": keys[1].app_token,
        },
    )


def test_a_new_project_is_a_shop_of_its_own_until_it_is_deleted(
    system: System, shop: Shop, manager: Manager
) -> None:
    made = manager.new_project(description="The second shop")
    second = shop_of(system, made)
    code = second.discount().code
    assert second.redeem(code).redemptions[0].result == "SUCCESS"
    assert shop.not_redeemed(code).key == "not_found"
    assert second.listed(voucher_code=code).total == 1
    listed = told(manager.api.list_projects)
    assert {manager.project, made.id} <= {each.id for each in listed.data}
    changed = told(
        manager.api.update_project,
        made.id,
        sdk.ManagementProjectsUpdateRequestBody.from_dict({"name": "Renamed", "currency": "EUR"}),
    )
    assert (changed.name, changed.currency, changed.description) == (
        "Renamed",
        "EUR",
        "The second shop",
    )
    told(manager.api.delete_project, made.id)
    assert refused(manager.api.get_project, made.id)[:2] == (404, None)
    assert refused(second.vouchers.get_voucher, code)[:2] == (401, "unauthorized")
    second.close()


def test_the_tokens_lie_nowhere_but_in_the_answer(system: System, manager: Manager) -> None:
    made = manager.new_project()
    tokens = [made.server_side_key.app_token, made.client_side_key.app_token, made.webhook_token]
    shown = manager.api.get_project_with_http_info(made.id).raw_data
    for token in tokens[:2]:
        assert token.encode() not in shown
    for file, content in system.contents():
        if "kafka" not in file.name:
            for token in tokens:
                assert token.encode() not in content, file


def test_a_webhook_is_made_read_changed_and_deleted(manager: Manager) -> None:
    hook = manager.webhook("https://example.com/hook", "voucher.created")
    assert told(manager.api.get_webhook, manager.project, hook.id) is not None
    listed = told(manager.api.list_webhooks, manager.project)
    assert hook.id in {each.id for each in listed.data}
    asked = sdk.ManagementProjectsWebhooksUpdateRequestBody.from_dict(
        {"target_url": "https://example.com/two", "events": ["customer.created"], "active": False}
    )
    changed = told(manager.api.update_webhook, manager.project, hook.id, asked)
    assert (changed.target_url, changed.active) == ("https://example.com/two", False)
    told(manager.api.delete_webhook, manager.project, hook.id)
    for call in (manager.api.get_webhook, manager.api.delete_webhook):
        assert refused(call, manager.project, hook.id)[:2] == (404, None)


def test_nothing_is_sent_into_the_own_network(system: System, manager: Manager) -> None:
    path = f"/management/v1/projects/{manager.project}/webhooks"
    with client(base_url=system.url, headers=manager.headers, patient=True) as http:
        for url in (system.url, "http://169.254.169.254/", "http://[::1]/", "ftp://example.com/"):
            answer = http.post(path, json={"target_url": url, "events": []})
            assert refused_plainly(answer) == (400, "invalid_payload")


def test_other_keys_manage_nothing(plain: Plain, manager: Manager) -> None:
    answer = plain.ask("GET", f"/management/v1/projects/{manager.project}/webhooks")
    assert refused_plainly(answer) == (403, "forbidden")


def test_a_project_sees_who_changed_its_terms(manager: Manager, system: System) -> None:
    made = manager.new_project()
    path = f"/management/v1/projects/{made.id}"
    with client(base_url=system.url, headers=manager.headers, patient=True) as managing:
        renamed = managing.put(path, json={"name": "Third"})
    assert renamed.status_code == 200
    keys = {
        "X-App-Id": made.server_side_key.app_id,
        "X-App-Token": made.server_side_key.app_token,
    }
    with client(base_url=system.url, headers=keys, patient=True) as own:

        def updates() -> list[Any]:
            found = own.get("/v1/audit/changes?object=project").json()["data"]
            return [each for each in found if each["action"] == "updated" and each["api_calls"]]

        eventually(updates)
        (change,) = updates()
        assert change["changes"] == [{"path": "name", "from": "Second", "to": "Third"}]
        (call,) = change["api_calls"]
        assert call["id"] == renamed.headers["x-request-id"]
        assert call["key_id"] == manager.headers["X-Management-Id"]
        added = own.get("/v1/audit/changes?object=key").json()["data"]
    assert {each["action"] for each in added} == {"added"}
    assert len(added) == 3
