"""The pictures of a voucher's code: what answers call them, and which voucher a picture is of.

Nothing of them is stored. An id is the voucher's own in another form, so it is the same for the life
of the voucher, the voucher is found by it without an index, and nobody who does not know the voucher
can guess it. A UUID (RFC 9562, of the form of version 4) has room for 122 of the 128 bits; the others
follow from the vouchers that there are.
"""

from hashlib import sha256
from typing import Final

from engine.kernel import tables
from engine.kernel.encode import Body
from engine.kernel.lookup import find_living_voucher
from engine.kernel.state import View
from schemas.vouchers import Voucher

KINDS: Final = ("qr", "barcode")
_PREFIX: Final = "v_"
_DIGITS: Final = 32
#: The bits of a voucher's id that a UUID has no room for.
_LEFT_OUT: Final = 6
_VERSION: Final = 4
_VARIANT: Final = 2


def assets_body(voucher_id: str) -> Body:
    """The id and the url of each picture."""
    return {kind: _asset(kind, asset_id(kind, voucher_id)) for kind in KINDS}


def asset_id(kind: str, voucher_id: str) -> str:
    """The id of one picture of a voucher."""
    number = _number_of(voucher_id)
    if number is None:
        number = int(sha256(voucher_id.encode()).hexdigest()[:_DIGITS], 16)
    bits = (number >> _LEFT_OUT) ^ _mask(kind)
    high, middle, low = bits >> 74, (bits >> 62) & 0xFFF, bits & (1 << 62) - 1
    digits = f"{high << 80 | _VERSION << 76 | middle << 64 | _VARIANT << 62 | low:032x}"
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return "-".join(parts)


def pictured_voucher(view: View, kind: str, named: str) -> Voucher | None:
    """The voucher of the project whose picture has that id; None: there is none."""
    try:
        digits = int(named.replace("-", ""), 16)
    except ValueError:
        return None
    bits = (digits >> 80) << 74 | (digits >> 64 & 0xFFF) << 62 | digits & (1 << 62) - 1
    number = (bits ^ _mask(kind)) << _LEFT_OUT
    if number.bit_length() > 4 * _DIGITS:
        return None
    first = f"{_PREFIX}{number:032x}"
    found = view.get(tables.VOUCHERS, first)
    if found is None:
        # of the few ids that begin like it, the one that there is
        found = next(view.scan(tables.VOUCHERS, after=first), None)
    if found is None or asset_id(kind, found.id) != named:
        return None
    return find_living_voucher(view, found.id)


def _asset(kind: str, named: str) -> Body:
    return {"id": named, "url": f"/assets/{kind}/{named}"}


def _number_of(voucher_id: str) -> int | None:
    """What the digits of an id say; None: it is not of this system's form."""
    digits = voucher_id.removeprefix(_PREFIX)
    if len(digits) != _DIGITS or digits == voucher_id:
        return None
    try:
        return int(digits, 16)
    except ValueError:
        return None


def _mask(kind: str) -> int:
    """So that the pictures of one voucher do not have the same id."""
    return int.from_bytes(sha256(kind.encode()).digest()[:16]) >> _LEFT_OUT
