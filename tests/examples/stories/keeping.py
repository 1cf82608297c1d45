"""The ledger's own marks: takeovers, repeats, what came late or unreadable, and lost commands."""

from schemas.commands import Command
from schemas.expiry import ExpireDue
from tests.examples.telling import MINUTE, PROJECT, Shop
from tests.unit.services.world import SERVER


async def keeping(shop: Shop) -> None:
    """A repeat, another request of the same key, a late command, noise, and two gaps."""
    code = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 100}}
    keyed = SERVER | {"Idempotency-Key": "order-1"}
    for body, status in ((code, 200), (code, 200), (code | {"active": False}, 409)):
        await shop.post("/v1/vouchers/ONE", body, headers=keyed, status=status)
    await _late(shop)
    await shop.ledger.receive(b"no command")
    await shop.ledger.lose_commands()
    await shop.ledger.begin_commands_anew()
    await shop.post("/v1/vouchers/TWO", code)


async def _late(shop: Shop) -> None:
    now = shop.ledger.now
    late = Command(
        id="cmd_late",
        project=PROJECT,
        sent_at=now - 2 * MINUTE,
        deadline=now - MINUTE,
        seed="0" * 32,
        key_kind="system",
        fingerprint="",
        body=ExpireDue(),
    )
    await shop.ledger.receive(shop.ledger.encoded(late))
