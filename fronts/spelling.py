"""Codes in paths that go on to a host without the state, as that host knows them."""

import re
from typing import Final
from urllib.parse import quote

from engine.kernel.lookup import find_voucher, tells_case
from engine.kernel.state import View
from runtime.http.errors import ApiError
from runtime.http.routing import decode_ident

_OF_A_VOUCHER: Final = re.compile(r"(/v1/vouchers/)([^/]+)(/.*)", re.DOTALL)


def spell_path(view: View, path: str) -> str:
    """The path, naming by its id a voucher whose code is written in another case than its own."""
    found = _OF_A_VOUCHER.fullmatch(path)
    if found is None or tells_case(view):
        return path
    try:
        voucher = find_voucher(view, decode_ident(found[2]))
    except ApiError:
        return path
    return path if voucher is None else f"{found[1]}{quote(voucher.id, safe='')}{found[3]}"
