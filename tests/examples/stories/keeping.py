"""The ledger's own marks: takeovers, repeats, what came late or unreadable, and lost commands."""

from structlog.testing import capture_logs

from schemas.base import Millis
from schemas.commands import Command
from schemas.expiry import ExpireDue
from tests.examples.ledger import FAULTY
from tests.examples.telling import MINUTE, PROJECT, Shop
from tests.unit.services.world import SERVER


async def keeping(shop: Shop) -> None:
    """A repeat, another request of the same key, a late command, noise, a fault, and two gaps."""
    code = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 100}}
    keyed = SERVER | {"Idempotency-Key": "order-1"}
    for body, status in ((code, 200), (code, 200), (code | {"active": False}, 409)):
        await shop.post("/v1/vouchers/ONE", body, headers=keyed, status=status)
    await _late(shop)
    await shop.ledger.receive(b"no command")
    # the fault is meant: whoever has the examples written is not to take it for one of theirs
    with capture_logs():
        await shop.ledger.receive(shop.ledger.encoded(_command(shop.ledger.now, FAULTY)))
    await shop.ledger.lose_commands()
    await shop.ledger.begin_commands_anew()
    await shop.post("/v1/vouchers/TWO", code)


async def _late(shop: Shop) -> None:
    late = _command(shop.ledger.now - 2 * MINUTE, "cmd_late")
    await shop.ledger.receive(shop.ledger.encoded(late))


def _command(sent_at: Millis, command_id: str) -> Command:
    return Command(
        id=command_id,
        project=PROJECT,
        sent_at=sent_at,
        deadline=sent_at + MINUTE,
        seed="0" * 32,
        key_kind="system",
        fingerprint="",
        body=ExpireDue(),
    )
