"""Codes in requests that go on to a host without the state, as that host knows them."""

import re
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from engine.kernel.lookup import find_voucher, spell_code, tells_case
from engine.kernel.state import View
from runtime.http.errors import ApiError
from runtime.http.routing import decode_ident

_OF_A_VOUCHER: Final = re.compile(r"(/v1/vouchers/)([^/]+)(/.*)", re.DOTALL)
#: The parameters of lists that name whole codes.
_NAMES_A_CODE: Final = re.compile(
    r"code|voucher_code|voucher"
    r"|filters\[(voucher_)?code\]\[conditions\]\[\$(is|is_not|in|not_in)\](\[\d*\])?"
)


def spell_target(view: View, path: str, query: bytes) -> tuple[str, bytes]:
    """The path and the query string, with the codes in them that are written in another case.

    A voucher in the path is named by its id, one in the query by its code.
    """
    if tells_case(view):
        return path, query
    return _spell_path(view, path), _spell_query(view, query)


def _spell_path(view: View, path: str) -> str:
    found = _OF_A_VOUCHER.fullmatch(path)
    if found is None:
        return path
    try:
        voucher = find_voucher(view, decode_ident(found[2]))
    except ApiError:
        return path
    return path if voucher is None else f"{found[1]}{quote(voucher.id, safe='')}{found[3]}"


def _spell_query(view: View, query: bytes) -> bytes:
    if b"code" not in query and b"voucher" not in query:
        return query
    try:
        pairs = parse_qsl(query.decode(), keep_blank_values=True, errors="strict")
    except ValueError:
        return query
    spelled = [
        (name, spell_code(view, text) if _NAMES_A_CODE.fullmatch(name) else text)
        for name, text in pairs
    ]
    return query if spelled == pairs else urlencode(spelled).encode()
