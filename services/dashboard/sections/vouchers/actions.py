"""What is done with one voucher: enabled, disabled, balance, published, released, deleted; its pictures."""

from typing import Final

from htpy import p
from starlette.responses import Response

from services.dashboard.lists.handlers import answer_details
from services.dashboard.parts.numbers import read_whole
from services.dashboard.parts.show import Row, read_minor
from services.dashboard.sections.vouchers.details import BACK, tell_voucher
from services.dashboard.web.answers import answer_node, go_to
from services.dashboard.web.asking import ApiFault, Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

_PICTURES: Final = frozenset({"qr", "barcode"})
#: Sessions are asked for by pages; one of a code that many hold is released in several rounds.
_SESSIONS_MAX: Final = 100
_ROUNDS_MAX: Final = 20


async def _voucher(visit: Visit) -> Row:
    found: Row = await visit.api.get(f"/v1/vouchers/{escape_segment(visit.path('id'))}")
    return found


async def _tell(visit: Visit, say: str) -> Response:
    return answer_details(visit, await tell_voucher(visit, visit.path("id")), BACK, say)


async def enable(visit: Visit) -> Response:
    """Switches it on."""
    await visit.api.post(f"/v1/vouchers/{escape_segment(visit.path('id'))}/enable")
    return await _tell(visit, "Enabled")


async def disable(visit: Visit) -> Response:
    """Switches it off."""
    await visit.api.post(f"/v1/vouchers/{escape_segment(visit.path('id'))}/disable")
    return await _tell(visit, "Disabled")


async def delete(visit: Visit) -> Response:
    """Moves it to the bin, or deletes it for good."""
    form = await visit.form()
    is_for_good = form.get("force") == "true"
    params = {"force": "true"} if is_for_good else {}
    await visit.api.delete(f"/v1/vouchers/{escape_segment(visit.path('id'))}", params)
    return go_to(visit.request, BACK[1], "Deleted for good" if is_for_good else "Moved to the bin")


async def preview_balance(visit: Visit) -> Response:
    """What would be on the card afterwards."""
    row, asked, show = await _voucher(visit), visit.request.query_params, visit.show
    is_gift = row.get("type") == "GIFT_VOUCHER"
    change = read_change(asked.get("balance_way", ""), asked.get("balance_amount", ""), is_gift)
    card = row.get("gift") or row.get("loyalty_card") or {}
    said = show.money if is_gift else show.number
    if change is None:
        return answer_node(p[f"Afterwards {said(card.get('balance'))} is on it."])
    after = (card.get("balance") or 0) + change
    if after < 0:
        return answer_node(p(".bad-text")["That is more than is left on it."])
    return answer_node(p[f"Afterwards {said(after)} is on it."])


def read_change(way: str, typed: str, is_gift: bool) -> int | None:
    """By how much the balance moves, in minor units or points; None: no amount."""
    points = read_whole(typed.strip())
    amount = read_minor(typed) if is_gift else points
    if amount is None or amount <= 0:
        return None
    return -amount if way == "take" else amount


async def change_balance(visit: Visit) -> Response:
    """Adds to a card, or takes from it. Raises ApiFault."""
    row, form, show = await _voucher(visit), await visit.form(), visit.show
    is_gift = row.get("type") == "GIFT_VOUCHER"
    change = read_change(
        str(form.get("balance_way") or ""), str(form.get("balance_amount") or ""), is_gift
    )
    if change is None:
        said = {"key": "invalid_payload", "message": "The amount should be above zero"}
        raise Refused(400, said)
    reason = str(form.get("reason") or "").strip()
    body = {"amount": change} | ({"reason": reason} if reason else {})
    path = f"/v1/vouchers/{escape_segment(str(row['code']))}/balance"
    answer = await visit.api.post(path, body, key=_key(form.get("idempotency_key")))
    left = answer.get("balance")
    told = show.money(left) if is_gift else show.number(left)
    return await _tell(visit, f"Done: {told} is on it now")


def _key(given: object) -> str | None:
    return str(given) if given else None


async def publish(visit: Visit) -> Response:
    """Gives it to a customer."""
    row, form = await _voucher(visit), await visit.form()
    customer = str(form.get("publish_customer") or "")
    if not customer:
        raise Refused(400, {"key": "missing_customer", "message": "Choose the customer first"})
    body = {"voucher": row["code"], "customer": {"id": customer}}
    await visit.api.post("/v1/publications", body, key=_key(form.get("idempotency_key")))
    return await _tell(visit, "Published")


async def release(visit: Visit) -> Response:
    """Gives back what sessions hold of it."""
    row, released = await _voucher(visit), 0
    params = {"code": str(row["code"]), "limit": str(_SESSIONS_MAX)}
    for _ in range(_ROUNDS_MAX):
        held = (await visit.api.get("/v1/sessions", params))["data"]
        found = [await _release_one(visit, row, str(each["key"])) for each in held]
        released += sum(found)
        if len(held) < _SESSIONS_MAX or not any(found):
            break
    word = "session" if released == 1 else "sessions"
    return await _tell(visit, f"{released} {word} released")


async def _release_one(visit: Visit, row: Row, key: str) -> bool:
    """Whether a session held something of it; one that is over meanwhile does not."""
    code = escape_segment(str(row["code"]))
    try:
        await visit.api.delete(f"/v1/vouchers/{code}/sessions/{escape_segment(key)}")
    except ApiFault as fault:
        if fault.status != 404:
            raise
        return False
    return True


async def show_picture(visit: Visit) -> Response:
    """Its QR code or barcode, as the API draws it; browsers load pictures of ours alone."""
    kind = visit.path("kind")
    row = await _voucher(visit)
    url = ((row.get("assets") or {}).get(kind) or {}).get("url") if kind in _PICTURES else None
    if not url:
        return Response("There is no such picture.", 404, media_type="text/plain")
    async with visit.api.stream(str(url), {"format": "svg"}) as answer:
        drawn = await answer.aread()
    return Response(
        drawn,
        media_type="image/svg+xml",
        headers={"cache-control": "private, max-age=3600"},
    )


PAGES: Final = (
    Page("/vouchers/{id}/enable", enable, "vouchers.write", "POST"),
    Page("/vouchers/{id}/disable", disable, "vouchers.write", "POST"),
    Page("/vouchers/{id}/delete", delete, "vouchers.write", "POST"),
    Page("/vouchers/{id}/balance", preview_balance, "vouchers.write"),
    Page("/vouchers/{id}/balance", change_balance, "vouchers.write", "POST"),
    Page("/vouchers/{id}/publish", publish, "publications.publish", "POST"),
    Page("/vouchers/{id}/release", release, "sessions.release", "POST"),
    Page("/vouchers/{id}/picture/{kind}", show_picture, "vouchers.read"),
)
