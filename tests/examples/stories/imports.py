"""Work in the background: files and lists of rows, what could not be done, and what was given up."""

from schemas.actions import GiveUpAction, ImportVouchers, StageRows, StartAction
from schemas.expiry import ExpireDue
from tests.examples.telling import DAY, Shop

CODES = """Code,Voucher Type,Value,Discount Type,Category,Start Date,Expiration Date,Redemption \
Limit,Redeemed Quantity,Redeemed Amount,Active,Additional Info,color
FAIR-1,DISCOUNT_VOUCHER,10.5,PERCENT,,2024-01-01,2030-01-01T10:00:00Z,5,2,300,true,hello,red
TAKEN,,10,AMOUNT,,,,,,,,,
FAIR-2,,ten,AMOUNT,,,,,,,,,
"""
PEOPLE = "Name,Email,Phone,Source_id,Address_city\nCleo Costa,cleo@example.com,,cleo,Porto\n"
GOODS = "name,source_id,price\nLamp,lamp,6900\n"
SIZES = "product_id,sku,source_id,price\nlamp,Lamp S,lamp-s,5900\n"


async def imports(shop: Shop) -> None:
    """Much comes by files, and goes in bulk; one action is given up."""
    code = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 500}}
    await shop.post("/v1/vouchers/TAKEN", code)
    await shop.work(await shop.upload("/v1/vouchers/importCSV", CODES))
    rows = [{"code": "FAIR-1", "metadata": {"fair": 7}}]
    await shop.work(await shop.post("/v1/vouchers/bulk/async", rows, status=202))
    await _in_bulk(shop)
    campaign = await shop.post("/v1/campaigns", _CAMPAIGN)
    listed = f"/v1/campaigns/{campaign['id']}/import"
    await shop.work(await shop.post(listed, [{"code": "FAIR-9"}], status=202))
    await shop.work(await shop.upload("/v1/customers/importCSV", PEOPLE))
    orders = [
        {
            "source_id": "order-1",
            "amount": 1200,
            "status": "PAID",
            "customer": {"source_id": "cleo"},
        }
    ]
    await shop.work(await shop.post("/v1/orders/import", orders))
    await shop.work(await shop.upload("/v1/products/importCSV", GOODS, status=200))
    await shop.work(await shop.upload("/v1/skus/importCSV", SIZES, status=200))
    await _given_up(shop)


_CAMPAIGN = {
    "name": "Fair",
    "campaign_type": "DISCOUNT_COUPONS",
    "type": "STATIC",
    "vouchers_count": 0,
    "voucher": {
        "type": "DISCOUNT_VOUCHER",
        "discount": {"type": "PERCENT", "percent_off": 15},
    },
}


async def _in_bulk(shop: Shop) -> None:
    for said in ({"action": "metadata", "metadata": {"fair": 8}}, {"action": "delete"}):
        body = said | {"codes": ["FAIR-1", "LOST"]}
        await shop.work(await shop.post("/v1/vouchers/bulk/filter/async", body, status=202))
    ids = [shop.binned("FAIR-1")]
    await shop.work(await shop.post("/v1/trash-bin/bulk/async", {"ids": ids}, status=202))


async def _given_up(shop: Shop) -> None:
    rows = ({"code": "LOST-1", "do": {"code": "LOST-1"}},)
    await shop.send(StageRows("aa_lost", 0, rows), key_kind="server")
    for number in range(2):
        await shop.send(StageRows("aa_poor", number, rows, 1 + number), key_kind="server")
    work = ImportVouchers()
    start = StartAction("aa_poor", "VOUCHERS.IMPORT", work, total=2, sets=2, request_id="v-1")
    await shop.send(start, key_kind="server")
    await shop.send(GiveUpAction("aa_poor", 0, "a chunk of it cannot be done"))
    shop.wait(2 * DAY)
    await shop.send(ExpireDue())
