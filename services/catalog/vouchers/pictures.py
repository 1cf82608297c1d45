"""The pictures of vouchers' codes: QR codes and barcodes, as PNG or SVG, for whoever knows their id.

They are made when they are asked for, and the last ones are kept. No key is needed: they stand in
e-mails and on tills. An id says nothing of the project, so each is asked for the voucher; an unknown
id is the same as that of a voucher that is gone.
"""

import asyncio
import io
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

import segno
from barcode.codex import Code128
from barcode.errors import BarcodeError
from segno.writers import save
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel import tables
from engine.kernel.state import View
from engine.vouchers.assets_body import KINDS, pictured_voucher
from fronts.query_string import invalid_parameter, read_parameters, require_known, text_of
from runtime.http.errors import ApiError
from runtime.http.routing import read_ident
from runtime.http.service import Service
from schemas.errors import not_found
from schemas.projects import CONTROL_PROJECT

#: Of each kind, how large a module is, and how many are left white around it.
_SCALE: Final = {"qr": 8, "barcode": 2}
_BORDER: Final = {"qr": 4, "barcode": 10}
#: How many modules a barcode is high.
_HEIGHT: Final = 50
_MEDIA: Final = {"png": "image/png", "svg": "image/svg+xml"}
_KEPT: Final = 512
#: What a picture shows never changes; a voucher may go.
_CACHED: Final = {"cache-control": "public, max-age=3600"}


def picture_service(view_of: Callable[[str], View]) -> Service:
    """The route; `view_of` gives what is known here of a project."""

    async def show(request: Request) -> Response:
        """GET /assets/{kind}/{id}: a PNG, or with `format=svg` an SVG."""
        kind, named = request.path_params["kind"], read_ident(request, "id")
        given = read_parameters(request.query_params.multi_items())
        require_known(given, frozenset({"format"}))
        form = text_of(given, "format") or "png"
        if form not in _MEDIA:
            raise invalid_parameter("format", "must be `png` or `svg`")
        code = _code_of(view_of, kind, named) if kind in KINDS else None
        if code is None:
            raise ApiError(not_found("asset", named))
        # a thread, since a long code takes a while
        drawn = await asyncio.to_thread(picture, kind, form, code)
        if drawn is None:
            raise ApiError(not_found("asset", named))
        return Response(drawn, media_type=_MEDIA[form], headers=_CACHED)

    return Service("pictures", routes=(Route("/assets/{kind}/{id:ident}", show, methods=["GET"]),))


def _code_of(view_of: Callable[[str], View], kind: str, named: str) -> str | None:
    for project in _projects(view_of(CONTROL_PROJECT)):
        voucher = pictured_voucher(view_of(project), kind, named)
        if voucher is not None:
            return voucher.code
    return None


def _projects(control: View) -> Iterator[str]:
    return (each.id for each in control.scan(tables.PROJECTS) if each.deleted_at is None)


@lru_cache(maxsize=_KEPT)
def picture(kind: str, form: str, code: str) -> bytes | None:
    """The picture of a code; None: a barcode (Code 128, so ASCII) cannot show it."""
    if kind == "qr":
        matrix = segno.make(code, error="m", micro=False).matrix
    else:
        try:
            bars = Code128(code).build()[0]
        except BarcodeError:
            return None
        matrix = (bytearray(map(int, bars)),) * _HEIGHT
    size, out = (len(matrix[0]), len(matrix)), io.BytesIO()
    terms = {"scale": _SCALE[kind], "border": _BORDER[kind]}
    save(matrix, size, out, form, **terms)
    return out.getvalue()
