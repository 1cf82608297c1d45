"""The pictures of a voucher's code: what answers call them, and where they would be.

Nothing of them is stored. An id follows from the voucher's own, so it is the same for the life of
the voucher, and nobody who does not know the voucher can guess it.
"""

from hashlib import sha256
from typing import Final

from engine.kernel.encode import Body

KINDS: Final = ("qr", "barcode")


def assets_body(voucher_id: str) -> Body:
    """The id and the url of each picture."""
    return {kind: _asset(kind, asset_id(kind, voucher_id)) for kind in KINDS}


def asset_id(kind: str, voucher_id: str) -> str:
    """The id of one picture of a voucher, in the form of a random UUID (RFC 9562, version 4)."""
    drawn = sha256(f"{kind}/{voucher_id}".encode()).hexdigest()
    variant = "89ab"[int(drawn[16], 16) % 4]
    parts = (drawn[:8], drawn[8:12], f"4{drawn[13:16]}", variant + drawn[17:20], drawn[20:32])
    return "-".join(parts)


def _asset(kind: str, named: str) -> Body:
    return {"id": named, "url": f"/assets/{kind}/{named}"}
