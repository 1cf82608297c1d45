"""What is done with the points of a member."""

from typing import Any, Final

from starlette.datastructures import FormData
from starlette.responses import Response

from services.dashboard.parts.numbers import read_count
from services.dashboard.sections.campaigns.programs.naming import member_href
from services.dashboard.sections.saving import key_of
from services.dashboard.web.answers import go_to
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment


def _path(visit: Visit, member: str, part: str) -> str:
    program = escape_segment(visit.path("id"))
    return f"/v1/loyalties/{program}/members/{escape_segment(member)}/{part}"


def _back(visit: Visit, say: str) -> Response:
    return go_to(visit.request, member_href(visit.path("id"), visit.path("member")), say)


def _wrong(said: str) -> Refused:
    return Refused(400, {"key": "invalid_payload", "message": said})


def _points_of(form: FormData, name: str) -> int:
    """How many points were typed. Raises Refused where that is no number of points."""
    points = read_count(str(form.get(name) or "").strip())
    if not points:
        raise _wrong("Say how many points, as a whole number")
    return points


def _text(form: FormData, name: str) -> str:
    return str(form.get(name) or "").strip()


async def change_points(visit: Visit) -> Response:
    """Adds points to the card, or takes some off."""
    form = await visit.form()
    points = _points_of(form, "points")
    is_added = _text(form, "way") != "take"
    body: dict[str, Any] = {"points": points if is_added else -points}
    if _text(form, "reason"):
        body["reason"] = _text(form, "reason")
    expire = _text(form, "expire")
    if is_added and expire in ("NON_EXPIRING", "CUSTOM_DATE"):
        body["expiration_type"] = expire
    if is_added and expire == "CUSTOM_DATE":
        if not _text(form, "expire_on"):
            raise _wrong("Say on which day it expires")
        body["expiration_date"] = _text(form, "expire_on")
    path = _path(visit, visit.path("member"), "balance")
    await visit.api.post(path, body, key=key_of(form))
    return _back(visit, "Added" if is_added else "Taken off")


async def transfer(visit: Visit) -> Response:
    """Moves points between this card and another one."""
    form = await visit.form()
    member = visit.path("member")
    other = _text(form, "other") or await _card_of(visit, _text(form, "other_customer"))
    gives, gets = (member, other) if _text(form, "way") != "in" else (other, member)
    key = key_of(form)
    move = {"code": gives, "points": _points_of(form, "amount"), "source_id": f"dashboard {key}"}
    if _text(form, "reason"):
        move["reason"] = _text(form, "reason")
    await visit.api.post(_path(visit, gets, "transfers"), [move], key=key)
    return _back(visit, "Transferred")


async def _card_of(visit: Visit, customer: str) -> str:
    """The code of the card that a customer holds of the program. Raises ApiFault."""
    if not customer:
        raise _wrong("Choose the other member, or say the code of the card")
    path = f"/v1/loyalties/{escape_segment(visit.path('id'))}/members"
    holds = [("filters[holder_id][conditions][$is]", customer), ("limit", "2")]
    found = (await visit.api.get(path, holds)).get("vouchers") or []
    if not found:
        raise _wrong("That customer is no member of the program")
    if len(found) > 1:
        raise _wrong("That customer holds several cards: say the code of one")
    return str(found[0]["code"])


async def redeem(visit: Visit) -> Response:
    """Takes a reward for points of the card."""
    form = await visit.form()
    reward = _text(form, "reward")
    if not reward:
        raise _wrong("Choose a reward first")
    path = _path(visit, visit.path("member"), "redemption")
    await visit.api.post(path, {"reward": {"id": reward}}, key=key_of(form))
    return _back(visit, "Redeemed")


async def _change_pending(visit: Visit, act: str, body: Any, say: str) -> Response:
    member, pending = (escape_segment(visit.path(each)) for each in ("member", "pending"))
    path = f"/v1/loyalties/members/{member}/pending-points/{pending}/{act}"
    await visit.api.post(path, body, key=key_of(await visit.form()))
    return _back(visit, say)


async def activate(visit: Visit) -> Response:
    """Makes pending points active before their time."""
    return await _change_pending(visit, "activate", None, "Active")


async def adjust(visit: Visit) -> Response:
    """Makes pending points more, or fewer."""
    form = await visit.form()
    typed = _text(form, "points")
    points = read_count(typed.lstrip("+-"))
    if not points:
        raise _wrong("Say by how many points, such as 10 or -10")
    change = -points if typed.startswith("-") else points
    return await _change_pending(visit, "balance", {"points": change}, "Adjusted")


async def cancel(visit: Visit) -> Response:
    """Has pending points never become active."""
    return await _change_pending(visit, "cancel", None, "Canceled")


_MEMBER: Final = "/campaigns/{id}/members/{member}"
PAGES: Final = (
    Page(f"{_MEMBER}/points", change_points, "vouchers.write", "POST"),
    Page(f"{_MEMBER}/transfer", transfer, "vouchers.write", "POST"),
    Page(f"{_MEMBER}/redeem", redeem, "redemptions.redeem", "POST"),
    Page(f"{_MEMBER}/pending/{{pending}}/activate", activate, "vouchers.write", "POST"),
    Page(f"{_MEMBER}/pending/{{pending}}/adjust", adjust, "vouchers.write", "POST"),
    Page(f"{_MEMBER}/pending/{{pending}}/cancel", cancel, "vouchers.write", "POST"),
)
