"""The pictures of vouchers' codes: they show the code, for whoever knows their id, without a key."""

import zlib
from typing import Any

import pytest
import segno

from engine.kernel import tables
from engine.vouchers.assets_body import KINDS, asset_id
from services.catalog.vouchers.pictures import picture
from tests.unit.services.world import OTHER, World


def modules_of(png: bytes, scale: int, border: int) -> list[list[int]]:
    """The dark (1) and light (0) modules of a PNG of one bit a pixel, without its border."""
    width, height = (int.from_bytes(png[at : at + 4]) for at in (16, 20))
    assert png[24:26] == b"\x01\x00", "one bit a pixel, shades of grey"
    at = png.index(b"IDAT")
    size = int.from_bytes(png[at - 4 : at])
    plain = zlib.decompress(png[at + 4 : at + 4 + size])
    line = (width + 7) // 8 + 1
    rows = []
    for y in range(border * scale, height - border * scale, scale):
        assert plain[y * line] == 0, "no filter"
        bits = "".join(f"{each:08b}" for each in plain[y * line + 1 : (y + 1) * line])
        rows.append(
            [1 - int(bits[x]) for x in range(border * scale, width - border * scale, scale)]
        )
    return rows


async def shown(world: World, kind: str, voucher_id: str, query: str = "") -> Any:
    """The picture, asked for without any key."""
    path = f"/assets/{kind}/{asset_id(kind, voucher_id)}{query}"
    return await world.call("GET", path, headers={})


async def test_a_qr_code_says_the_code(world: World) -> None:
    made = await world.voucher("SUMMER-2026")
    answer = await shown(world, "qr", made["id"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert "public" in answer.headers["cache-control"]
    expected = segno.make("SUMMER-2026", error="m", micro=False).matrix
    assert modules_of(answer.content, 8, 4) == [list(row) for row in expected]


async def test_a_barcode_is_code_128_of_the_code(world: World) -> None:
    made = await world.voucher("AB12")
    answer = await shown(world, "barcode", made["id"])
    rows = modules_of(answer.content, 2, 10)
    bars = "".join(map(str, rows[0]))
    assert all(row == rows[0] for row in rows)
    # ISO/IEC 15417: start B, A, B, 1, 2 (or a shift to pairs), the check character, stop
    assert bars.startswith("110100100001010001100010001011000")
    assert bars.endswith("1100011101011")
    assert len(bars) % 11 == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_a_picture_is_an_svg_where_it_is_asked_for(world: World, kind: str) -> None:
    made = await world.voucher("A")
    answer = await shown(world, kind, made["id"], "?format=svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert b"<svg " in answer.content
    assert (await shown(world, kind, made["id"], "?format=gif")).status_code == 400


async def test_the_pictures_of_every_project_are_found(world: World) -> None:
    body = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 1}}
    made = (await world.call("POST", "/v1/vouchers/THEIRS", body, OTHER)).json()
    assert (await shown(world, "qr", made["id"])).status_code == 200


async def test_the_pictures_of_many_vouchers_are_each_their_own(world: World) -> None:
    """Codes made in numbers have ids that begin alike."""
    body = {
        "name": "Many",
        "campaign_type": "DISCOUNT_COUPONS",
        "vouchers_count": 100,
        "voucher": {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 1}},
    }
    assert (await world.call("POST", "/v1/campaigns", body)).status_code == 200
    vouchers = list(world.ledger.view("proj").scan(tables.VOUCHERS))
    assert len(vouchers) == 100
    assert len({asset_id(kind, each.id) for kind in KINDS for each in vouchers}) == 200
    for each in vouchers[::20]:
        assert (await shown(world, "qr", each.id)).content == picture("qr", "png", each.code)


async def test_what_is_no_picture_is_not_found(world: World) -> None:
    made = await world.voucher("A")
    own = asset_id("qr", made["id"])
    for path in (
        f"/assets/barcode/{own}",
        f"/assets/qr/{own[:-1]}x",
        f"/assets/qr/{own.replace('-', '')}",
        "/assets/qr/00000000-0000-4000-8000-000000000000",
        "/assets/qr/ffffffff-ffff-4fff-bfff-ffffffffffff",
        "/assets/qr/" + "f" * 300,
        f"/assets/other/{own}",
    ):
        answer = await world.call("GET", path, headers={})
        assert (answer.status_code, answer.json()["key"]) == (404, "not_found"), path
    await world.call("DELETE", "/v1/vouchers/A")
    assert (await shown(world, "qr", made["id"])).status_code == 404


async def test_a_code_that_no_barcode_can_show_has_none(world: World) -> None:
    made = await world.voucher("ŻÓŁĆ")
    assert (await shown(world, "barcode", made["id"])).status_code == 404
    assert (await shown(world, "qr", made["id"])).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_an_id_is_a_uuid_that_follows_from_the_vouchers_own(kind: str) -> None:
    voucher_id = "v_018bcfe5874008e97592ed1a785ff13f"
    found = asset_id(kind, voucher_id)
    assert found == asset_id(kind, voucher_id)
    assert (len(found), found[14], found[19] in "89ab") == (36, "4", True)
