"""Imports and other work in the background, as clients of the API are held to see them."""

from typing import Any, Final

from tests.unit.services.catalog.imports.uploading import done, upload, voucher
from tests.unit.services.world import World

FILE: Final = (
    "Code,Voucher Type,Active,Start Date,Expiration Date,Discount Type,Value,Category,"
    "Redemption Limit,Additional Info,Region\n"
    "ABC_1,DISCOUNT_VOUCHER,TRUE,,,AMOUNT,15,New,,Planned release,Europe"
)


async def _campaign(world: World) -> str:
    terms = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 15}}
    made = await world.call("POST", "/v1/campaigns", {"name": "C", "voucher": terms})
    campaign_id: str = made.json()["id"]
    return campaign_id


async def _import_rows(world: World, campaign_id: str) -> dict[str, Any]:
    action = await done(world, await upload(world, f"/v1/campaigns/{campaign_id}/importCSV", FILE))
    assert (action["operation_status"], action["result"]["failed_count"]) == ("SUCCESS", 0)
    return await voucher(world, "ABC_1")


async def test_a_category_that_nobody_made_fails_no_row_of_a_file(world: World) -> None:
    campaign_id = await _campaign(world)
    made = await _import_rows(world, campaign_id)
    assert (made["campaign_id"], made["category"], made["categories"]) == (campaign_id, None, [])
    assert made["discount"] == {"type": "AMOUNT", "amount_off": 15}
    assert (made["additional_info"], made["metadata"]) == ("Planned release", {"Region": "Europe"})
    assert made["active"] is True


async def test_a_category_that_there_is_takes_the_voucher_of_a_file(world: World) -> None:
    category = await world.call("POST", "/v1/categories", {"name": "New", "hierarchy": 1})
    made = await _import_rows(world, await _campaign(world))
    assert (made["category"], made["category_id"]) == ("New", category.json()["id"])


async def test_work_that_begins_by_itself_is_in_progress_from_the_first_moment(
    world: World,
) -> None:
    response = await upload(world, "/v1/customers/importCSV", "Name,Source_id\nAnn,ann\n")
    path = f"/v1/async-actions/{response.json()['async_action_id']}"
    assert (await world.call("GET", path)).json()["status"] == "IN_PROGRESS"
    assert (await done(world, response))["status"] == "DONE"
    assert (await world.call("GET", "/v1/customers/ann")).json()["name"] == "Ann"
