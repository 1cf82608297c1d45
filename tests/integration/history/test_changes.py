"""Changes over a real engine: of each entity from what to what, told by the events alone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from engine.codes.generated import generated_vouchers
from schemas.campaigns import Campaign, CampaignCreated, CampaignDeleted, CampaignUpdated
from schemas.events import Event
from schemas.keys import KeyCreated, KeyEnded, KeyForgotten, KeyRenamed, KeyRotated
from schemas.observations import ApiCall, ApiCallsObserved
from schemas.projects import (
    ApiKey,
    KeyAdded,
    KeyRevoked,
    Project,
    ProjectCreated,
    ProjectSettings,
    ProjectUpdated,
    TrustedOriginsChanged,
)
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherUpdated,
)
from tests.integration.history.test_api_calls import call
from tests.integration.insight_host import Insight, running
from tests.unit.services.audit.examples import (
    DAY,
    PROJECT,
    START,
    applicable,
    customer_created,
    decided,
    generated,
    succeeded,
    voucher,
)

CAMPAIGN = Campaign("camp_1", "Spring", "DISCOUNT_COUPONS", "STATIC", START)


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


def history(insight: Insight) -> None:
    """At offset 0 to 7, a second apart."""
    first = structs.replace(voucher("A", "camp_1"), metadata={"a": 1, "b": 2})
    second = structs.replace(first, metadata={"a": 1, "b": 3}, quantity=5, redeemed_quantity=1)
    events: list[tuple[Any, ...]] = [
        (CampaignCreated(CAMPAIGN),),
        (VoucherCreated(first), customer_created(1)),
        (succeeded(applicable("A", 100, "camp_1")),),
        (VoucherUpdated(second),),
        (CampaignUpdated(structs.replace(CAMPAIGN, name="Summer", vouchers_count=1)),),
        (VoucherDisabled(structs.replace(second, active=False)),),
        (VoucherDeleted("v_A", "A"),),
        (CampaignDeleted(CAMPAIGN),),
    ]
    insight.world.append(
        *(decided(*each, at=START + 1000 * n, command=n) for n, each in enumerate(events)),
        decided(CampaignCreated(CAMPAIGN), project="other", at=START + 9000),
    )


async def changes(insight: Insight, query: str = "") -> list[dict[str, Any]]:
    found = await insight.get(f"/v1/audit/changes?limit=100&{query}")
    assert found["total"] == len(found["data"])
    return list(found["data"])


async def test_a_change_says_from_what_to_what(insight: Insight) -> None:
    history(insight)
    found = {each["id"]: each for each in await changes(insight)}
    assert list(found) == [f"ev_0_{offset}_0" for offset in (7, 6, 5, 4, 3, 1, 0)]
    assert [(each["entity"]["id"], each["action"]) for each in found.values()] == [
        ("camp_1", "deleted"), ("v_A", "deleted"), ("v_A", "disabled"), ("camp_1", "updated"),
        ("v_A", "updated"), ("v_A", "created"), ("camp_1", "created"),
    ]  # fmt: skip
    assert found["ev_0_5_0"]["changes"] == [{"path": "active", "from": None, "to": False}]
    assert found["ev_0_4_0"]["changes"] == [{"path": "name", "from": "Spring", "to": "Summer"}]
    # what was redeemed meanwhile is nobody's change
    assert found["ev_0_3_0"]["changes"] == [
        {"path": "metadata.b", "from": 2, "to": 3},
        {"path": "quantity", "from": None, "to": 5},
    ]
    assert {"path": "code", "from": None, "to": "A"} in found["ev_0_1_0"]["changes"]
    assert found["ev_0_6_0"]["changes"] == []
    assert found["ev_0_5_0"]["entity"] == {"object": "voucher", "id": "v_A"}
    assert (found["ev_0_5_0"]["channel"], found["ev_0_5_0"]["command"]) == ("API", "any")


FOUND = {
    "object=voucher": "6531",
    "object=campaign": "740",
    "object=product": "",
    "entity=v_A": "6531",
    "entity=camp_1": "740",
    "entity=none": "",
    "order=created_at": "0134567",
    "created_at[after]=2023-11-14T22:13:24.000Z": "765",
}


async def test_changes_are_found_by_entity_kind_and_date(insight: Insight) -> None:
    history(insight)
    found = {query: await changes(insight, query) for query in FOUND}
    assert {
        query: "".join(each["id"].split("_")[2] for each in rows) for query, rows in found.items()
    } == FOUND


async def test_pages_of_changes_look_before_themselves(insight: Insight) -> None:
    history(insight)
    (one,) = (await insight.get("/v1/audit/changes?limit=1&page=3"))["data"]
    assert one["changes"] == [{"path": "active", "from": None, "to": False}]


async def test_the_first_change_of_what_was_made_in_numbers_knows_what_was_before(
    insight: Insight,
) -> None:
    made = generated("G1", "G2")
    first, second = generated_vouchers(made)
    events: list[Event] = [
        VoucherUpdated(structs.replace(second, additional_info="x")),
        VoucherUpdated(structs.replace(second, additional_info="y", active=False)),
        VoucherDisabled(structs.replace(first, active=False)),
        # of one that was made before the log begins nothing is known
        VoucherUpdated(structs.replace(first, id="v_old", code="old", created_at=START - 1)),
    ]
    insight.world.append(
        decided(made), *(decided(each, command=n) for n, each in enumerate(events, 1))
    )
    found = [each["changes"] for each in await changes(insight, "order=created_at")]
    assert found == [
        [{"path": "additional_info", "from": None, "to": "x"}],
        [
            {"path": "additional_info", "from": "x", "to": "y"},
            {"path": "active", "from": None, "to": False},
        ],
        [{"path": "active", "from": None, "to": False}],
        None,
    ]


def terms(insight: Insight) -> None:
    """A project of the control project, its keys and settings, and another's."""
    control = "control"
    project = Project(PROJECT, "Shop", 3, START, settings=ProjectSettings())
    dearer = structs.replace(
        project, name="Store", revision=1, settings=ProjectSettings(currency="EUR")
    )
    keys = [ApiKey(f"key_{n}", PROJECT, "server", f"hash{n}") for n in (1, 2)]
    other = structs.replace(project, id="other")
    events: list[tuple[Any, ...]] = [
        (ProjectCreated(project), KeyAdded(keys[0])),
        (ProjectUpdated(dearer),),
        (KeyAdded(keys[1]), KeyRevoked("key_1")),
        (ProjectCreated(other), KeyAdded(ApiKey("key_9", "other", "server", "hash9"))),
        (KeyRevoked("key_9"),),
        (TrustedOriginsChanged(PROJECT, ("https://a.test",)),),
        (TrustedOriginsChanged(PROJECT, ("https://b.test",)),),
    ]
    insight.world.append(
        *(
            structs.replace(
                decided(*each, at=START + 1000 * n, command=n, project=control),
                key_kind="management",
            )
            for n, each in enumerate(events)
        ),
        decided(CampaignCreated(CAMPAIGN), at=START + 7000),
    )


async def test_a_project_sees_what_became_of_its_own_terms_and_keys(insight: Insight) -> None:
    terms(insight)
    found = await changes(insight)
    told = [(each["entity"]["object"], each["entity"]["id"], each["action"]) for each in found]
    assert told == [
        ("campaign", "camp_1", "created"),
        ("trusted_origins", PROJECT, "changed"),
        ("trusted_origins", PROJECT, "changed"),
        ("key", "key_1", "revoked"),
        ("key", "key_2", "added"),
        ("project", PROJECT, "updated"),
        ("key", "key_1", "added"),
        ("project", PROJECT, "created"),
    ]
    assert found[1]["changes"] == [
        {"path": "trusted_origins", "from": ["https://a.test"], "to": ["https://b.test"]}
    ]
    assert found[2]["changes"] is None
    assert found[3]["changes"] == [{"path": "revoked", "from": None, "to": True}]
    assert found[4]["changes"] == [
        {"path": "id", "from": None, "to": "key_2"},
        {"path": "project_id", "from": None, "to": PROJECT},
        {"path": "kind", "from": None, "to": "server"},
    ]
    assert found[5]["changes"] == [
        {"path": "name", "from": "Shop", "to": "Store"},
        {"path": "settings.currency", "from": None, "to": "EUR"},
    ]
    assert "hash" not in str(found)
    keys = [each["action"] for each in await changes(insight, "entity=key_1")]
    assert keys == ["revoked", "added"]
    assert len(await changes(insight, f"object=project&entity={PROJECT}")) == 2
    other = await insight.get("/v1/audit/changes", headers={"x-tessera-project": "other"})
    assert [each["entity"]["id"] for each in other["data"]] == ["key_9", "key_9", "other"]


async def test_a_change_of_terms_names_the_key_that_made_it(insight: Insight) -> None:
    terms(insight)
    managing = call(5, method="PUT", path="/management/v1/projects/p", other="control/1")
    insight.world.called(ApiCallsObserved("manager", (managing,)))
    await insight.filled()
    (updated,) = await changes(insight, "object=project&created_at[after]=2023-11-14T22:13:20.500Z")
    assert [(each["id"], each["key_id"]) for each in updated["api_calls"]] == [("v-5", "key_1")]


async def test_a_change_names_whose_call_it_was(insight: Insight) -> None:
    history(insight)
    call = ApiCall(
        "v-1", START + 4001, "PUT", "/v1/campaigns/camp_1", "/v1/campaigns/{id}", 200, 5000,
        "key_1", "server", "API", "API", record=4,
    )  # fmt: skip
    insight.world.called(ApiCallsObserved(PROJECT, (call,)))
    await insight.filled()
    found = {each["id"]: each["api_calls"] for each in await changes(insight)}
    (made,) = found["ev_0_4_0"]
    assert (made["id"], made["key_id"]) == ("v-1", "key_1")
    assert found["ev_0_3_0"] == []


async def test_another_projects_changes_are_not_seen(insight: Insight) -> None:
    history(insight)
    other = await insight.get("/v1/audit/changes", headers={"x-tessera-project": "other"})
    assert [each["id"] for each in other["data"]] == ["ev_0_8_0"]


async def test_what_is_no_parameter_of_the_list_is_refused(insight: Insight) -> None:
    for query in ("object=x", "entity=", "order=id", "type=voucher.created"):
        answer = await insight.get(f"/v1/audit/changes?{query}", status=400)
        assert answer["key"] == "invalid_query_params", query
        assert f"`{query.partition('=')[0]}`" in answer["details"]


async def test_keys_that_are_made_over_the_api_are_told_of_by_what_became_of_them(
    insight: Insight,
) -> None:
    key = ApiKey("key_1", PROJECT, "server", "hash1", name="Till", created_at=START, issued=True)
    renamed = structs.replace(key, name="Old till")
    newer = structs.replace(key, id="key_2", token_hash="hash2")
    rotated = structs.replace(renamed, expires_at=START + DAY, replaced_by="key_2")
    events: list[Any] = [
        KeyCreated(key),
        KeyRenamed(renamed),
        KeyRotated(newer, rotated),
        KeyEnded(structs.replace(newer, revoked_at=START, ended=True)),
        KeyForgotten("key_2", PROJECT),
        KeyCreated(structs.replace(key, id="key_9", project_id="other")),
    ]
    insight.world.append(
        *(
            decided(event, at=START + 1000 * n, command=n, project="control")
            for n, event in enumerate(events)
        )
    )
    found = await changes(insight, "order=created_at")
    assert [(each["entity"]["id"], each["action"]) for each in found] == [
        ("key_1", "created"),
        ("key_1", "renamed"),
        ("key_2", "rotated"),
        ("key_2", "ended"),
        ("key_2", "forgotten"),
    ]
    assert found[1]["changes"] == [{"path": "name", "from": "Till", "to": "Old till"}]
    assert {each["path"]: each["to"] for each in found[3]["changes"]} == {
        "revoked_at": START,
        "ended": True,
    }
    assert "hash" not in repr(found)
