"""Files with rows: how they are read, which rows fail, what is refused as a whole."""

import re

import pytest

from schemas.actions import StageRows
from services.catalog.imports.customer_rows import CUSTOMER_COLUMNS
from services.catalog.imports.product_rows import PRODUCT_COLUMNS, SKU_COLUMNS
from services.catalog.imports.voucher_rows import campaign_columns, voucher_columns
from tests.architecture.tables import rows_of, spans_of
from tests.unit.services.catalog.imports.uploading import ROWS, done, upload, voucher
from tests.unit.services.world import SERVER, World

HEADER = (
    "Code,Voucher Type,Value,Discount Type,Category,Start Date,Expiration Date,Redemption Limit,"
    "Redeemed Quantity,Redeemed Amount,Active,Additional Info,color\n"
)


@pytest.mark.parametrize("value", ["1e999999999999", "-1", "NaN", "1_0", "1" * 17, "\u0661"])
async def test_a_number_of_a_file_has_few_digits_and_no_exponent(world: World, value: str) -> None:
    file = f"Code,Value,Discount Type\nA,{value},AMOUNT\n"
    action = await done(world, await upload(world, ROWS, file))
    (failed,) = action["result"]["failed"]
    assert (failed["code"], failed["column"]) == ("A", "Value")


async def test_the_rows_of_a_file_that_fail_are_named_and_the_others_done(world: World) -> None:
    await world.voucher("TAKEN")
    lines = (
        "A,DISCOUNT_VOUCHER,10.5,PERCENT,,2024-01-01,2030-01-01T10:00:00Z,5,2,300,true,hello,red\n"
        "G,GIFT_VOUCHER,1000,,,,,,1,250,,,\n"
        "\n"
        "TAKEN,,10,AMOUNT,,,,,,,,,\n"
        "B,,ten,AMOUNT,,,,,,,,,\n"
        "C,,10,UNIT,,,,,,,,,\n"
        ",,10,AMOUNT,,,,,,,,,\n"
        "D,,10\n"
        "E,,101,PERCENT,,,,,,,,,\n"
        'F,,10,AMOUNT,"Sommer, 1",,,,,,,,\n'
        "H,,10.5,AMOUNT,,,,,,,,,\n"
        "I,,10,AMOUNT,,soon,,,,,,,\n"
        "J,,10,AMOUNT,,,,many,,,,,\n"
        "K,,10,AMOUNT,,,,,,,perhaps,,\n"
        "L,,10,AMOUNT,,2025-01-01,2024-01-01,,,,,,\n"
    )
    response = await upload(world, ROWS, HEADER + lines)
    assert response.status_code == 202
    action = await done(world, response)
    result = action["result"]
    assert action["type"] == "VOUCHERS.IMPORT_CSV"
    assert (result["done_count"], result["failed_count"]) == (3, 11)
    found = [(each["row"], each.get("code"), each.get("column")) for each in result["failed"]]
    assert found == [
        (3, "TAKEN", None),
        (4, "B", "Value"),
        (5, "C", "Discount Type"),
        (6, None, "Code"),
        (7, None, None),
        (8, "E", "Value"),
        (10, "H", "Value"),
        (11, "I", "Start Date"),
        (12, "J", "Redemption Limit"),
        (13, "K", "Active"),
        (14, "L", None),
    ]
    assert result["failed"][1]["reason"] == "Column `Value`: a number is wanted"
    made = await voucher(world, "A")
    assert made["discount"] == {"type": "PERCENT", "percent_off": 10.5}
    assert (made["metadata"], made["additional_info"]) == ({"color": "red"}, "hello")
    assert (made["redemption"]["quantity"], made["redemption"]["redeemed_quantity"]) == (5, 2)
    assert (await voucher(world, "G"))["gift"] == {"amount": 1000, "balance": 750}


async def test_a_row_of_a_file_has_a_fixed_amount_and_a_category_by_its_name(
    world: World,
) -> None:
    category = await world.call("POST", "/v1/categories", {"name": "Summer", "hierarchy": 1})
    lines = "F,,700,FIXED,Summer,,,,,,,,\nU,,1,UNIT,,,,,,,,,\nH,,7.5,FIXED,,,,,,,,,\n"
    action = await done(world, await upload(world, ROWS, HEADER + lines))
    unit, half = action["result"]["failed"]
    assert unit["reason"].endswith("a file has no column for the product of a UNIT discount")
    assert (half["code"], half["column"]) == ("H", "Value")
    made = await voucher(world, "F")
    assert made["discount"] == {"type": "FIXED", "fixed_amount": 700}
    assert (made["category"], made["category_id"]) == ("Summer", category.json()["id"])


@pytest.mark.parametrize(
    ("content", "details"),
    [
        ("", "header"),
        ("Name,Value\nA,1\n", "Column `Code` is required"),
        ("Code,Value,value\nA,1,1\n", "Column `value` is there twice"),
        ("Code,,Value\nA,1,1\n", "Column 2 of the header has no name"),
        ("Code\n", "At least one row is required"),
        (b"Code\n\xff\n", "The file is not UTF-8 at byte 5"),
        ('Code\n"A\n', "The file is not CSV in line"),
    ],
)
async def test_a_file_that_is_wrong_as_a_whole_is_refused(
    world: World, content: str | bytes, details: str
) -> None:
    response = await upload(world, ROWS, content)
    assert response.status_code == 400
    assert details in response.json()["details"]
    assert not any(isinstance(each.body, StageRows) for each in world.ledger.commands)


async def test_a_file_comes_in_the_field_file_or_as_the_body(world: World) -> None:
    text = "Code,Value,Discount Type\nA,1,AMOUNT\n"
    assert (await upload(world, ROWS, text, name="other")).status_code == 400
    headers = SERVER | {"content-type": "text/csv"}
    plain = await world.http.post(ROWS, content=text, headers=headers)
    assert (await done(world, plain))["result"]["done_count"] == 1
    bom = await world.http.post(ROWS, content=b"\xef\xbb\xbf" + text.encode(), headers=headers)
    assert (await done(world, bom))["result"]["failed_count"] == 1
    as_json = await world.call("POST", ROWS, {})
    assert as_json.status_code == 415


def test_the_table_of_columns_is_what_files_may_hold() -> None:
    wanted = {
        "vouchers": voucher_columns(None),
        "vouchers of a campaign": campaign_columns(None),
        "customers": CUSTOMER_COLUMNS,
        "products": PRODUCT_COLUMNS,
        "SKUs": SKU_COLUMNS,
    }
    told = {cells[0]: cells[1] for cells in rows_of("docs/api.md", "### Columns")}
    assert told.keys() == wanted.keys()
    for name, columns in wanted.items():
        cell = told[name].replace("the same", told["vouchers"])
        assert {each.lower() for each in spans_of(cell)} == columns.cells.keys(), name
        needed = re.findall(r"\*\*`(.+?)`\*\*", cell)
        assert tuple(each.lower() for each in needed) == columns.required, name
