"""People who work in a shop: invited, signed in, with a second factor, and gone again."""

import base64
from typing import Any, Final

from schemas.expiry import ExpireDue
from schemas.projects import CONTROL_PROJECT
from schemas.user_commands import CreateUser, TouchUserSessions
from services.catalog.users.codes import STEP_MS, code_at
from services.catalog.users.throttle import FREE
from tests.examples.telling import DAY, HOUR, MINUTE, Shop
from tests.unit.services.catalog.users.signing import HASHED, ME, NOBODY, OWNER, PASSWORD, SESSIONS

NEW: Final = "another long password"
BEA: Final = "bea@shop.test"


async def users(shop: Shop) -> None:
    """Ada invites Bea, who gets a role of the shop's own, loses her device, and leaves."""
    owner = CreateUser(OWNER, "Ada Lovelace", HASHED, {"proj": "ADMIN"})
    await shop.send(owner, project=CONTROL_PROJECT)
    ada = await _sign_in(shop, OWNER, PASSWORD)
    changed = {"current_password": PASSWORD, "new_password": NEW}
    await shop.post(f"{ME}/password", changed, headers=ada, status=204)
    named = {"name": "Ada King", "language": "en", "theme": "dark", "density": "compact"}
    named |= {"release_read": "0.1.0"}
    await shop.put(ME, named, headers=ada)
    await _views(shop, ada)
    bea_id = await _bea_comes(shop, ada)
    await _device(shop, bea_id)
    await _roles(shop, ada, bea_id)
    await _redeem(shop, ada)
    for _ in range(FREE):
        body = {"email": "nobody@shop.test", "password": "wrong"}
        await shop.post(SESSIONS, body, headers=NOBODY, status=401)
    await _ends(shop, ada)


async def _sign_in(shop: Shop, email: str, password: str, **more: Any) -> dict[str, str]:
    """The headers of somebody who signed in."""
    headers = {"User-Agent": "Firefox/140"}
    body = {"email": email, "password": password} | more
    answer = await shop.post(SESSIONS, body, headers=headers)
    return {"X-Session-Token": answer["token"], "X-Project-Id": "proj"} | headers


async def _views(shop: Shop, ada: dict[str, str]) -> None:
    query = "f=result%3Ais%3AFAILURE&order=created_at"
    view = {"project_id": "proj", "section": "redemptions", "name": "Refused", "query": query}
    saved = await shop.post(f"{ME}/views", view, headers=ada)
    more = {"name": "Refused lately", "query": "f=result%3Ais%3AFAILURE"}
    await shop.put(f"{ME}/views/{saved['id']}", more, headers=ada)
    gone = await shop.post(f"{ME}/views", view | {"section": "vouchers"}, headers=ada)
    await shop.delete(f"{ME}/views/{gone['id']}", headers=ada)


async def _bea_comes(shop: Shop, ada: dict[str, str]) -> str:
    path = "/management/v1/projects/proj/invitations"
    link = {"email": BEA, "role": "VIEWER", "name": "Bea"}
    first = await shop.post(path, link, headers=ada)
    await shop.delete(f"{path}/{first['id']}", headers=ada)
    invited = await shop.post(path, link, headers=ada)
    accepted = {"token": invited["url_token"], "name": "Bea B", "password": PASSWORD}
    bea = await shop.post("/users/v1/invitations/accept", accepted, headers=NOBODY)
    # she is known in the second shop, too
    body = {"email": BEA, "first_name": "Bea", "last_name": "B", "projects": {"proj2": "USER"}}
    await shop.manage("POST", "/users/invite", body, status=204)
    return str(bea["id"])


async def _device(shop: Shop, bea_id: str) -> None:
    await shop.post(SESSIONS, {"email": BEA, "password": "wrong"}, headers=NOBODY, status=401)
    bea = await _sign_in(shop, BEA, PASSWORD)
    made = await shop.post(f"{ME}/two-factor", {"password": PASSWORD}, headers=bea)
    code = code_at(base64.b32decode(made["secret"]), shop.ledger.now // STEP_MS)
    confirmed = await shop.post(f"{ME}/two-factor/confirm", {"code": code}, headers=bea)
    shop.wait(MINUTE)
    code = code_at(base64.b32decode(made["secret"]), shop.ledger.now // STEP_MS)
    await _sign_in(shop, BEA, PASSWORD, code=code)
    recovered = await _sign_in(shop, BEA, PASSWORD, code=confirmed["recovery_codes"][0])
    await shop.delete(f"{ME}/sessions", headers=recovered)
    session = (await shop.ask("GET", f"{ME}/sessions", headers=recovered))["data"][0]["id"]
    shop.wait(HOUR)
    used = TouchUserSessions(((bea_id, session, shop.ledger.now),))
    await shop.send(used, project=CONTROL_PROJECT)
    off = {"password": PASSWORD}
    await shop.ask("DELETE", f"{ME}/two-factor", off, headers=recovered, status=204)
    await shop.delete(f"{SESSIONS}/current", headers=recovered)
    bea = await _sign_in(shop, BEA, PASSWORD)
    made = await shop.post(f"{ME}/two-factor", off, headers=bea)
    code = code_at(base64.b32decode(made["secret"]), shop.ledger.now // STEP_MS)
    await shop.post(f"{ME}/two-factor/confirm", {"code": code}, headers=bea)
    await shop.manage("PUT", "/proj/security", {"second_factor_required": True})
    await shop.manage("PUT", "/proj/security", {"second_factor_required": False})
    # the second device is lost with its codes
    await shop.manage("DELETE", f"/proj/users/{bea_id}/two-factor", status=204)


async def _roles(shop: Shop, ada: dict[str, str], bea_id: str) -> None:
    path = "/management/v1/projects/proj"
    support = {"name": "Support", "privileges": ["vouchers.read", "redemptions.read"]}
    role = (await shop.post(f"{path}/roles", support, headers=ada))["id"]
    await shop.put(f"{path}/users/{bea_id}", {"role": role}, headers=ada)
    more = {"name": "Care", "privileges": ["redemptions.rollback"]}
    await shop.put(f"{path}/roles/{role}", more, headers=ada)
    reset = f"/proj/users/{bea_id}/password-reset"
    token = (await shop.manage("POST", reset))["url_token"]
    body = {"token": token, "password": NEW}
    await shop.post("/users/v1/password-resets/accept", body, headers=NOBODY, status=204)
    await shop.delete(f"{path}/users/{bea_id}", headers=ada)
    await shop.delete(f"{path}/roles/{role}", headers=ada)
    await shop.manage("POST", "/proj/users", {"login": BEA, "role": "USER"})
    await shop.manage("POST", "/proj/users", {"id": bea_id, "role": "VIEWER"})


async def _redeem(shop: Shop, ada: dict[str, str]) -> None:
    code = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 500}}
    await shop.post("/v1/vouchers/BY-HAND", code, headers=ada)
    line = {"product_id": "tea", "price": 4000, "quantity": 1}
    redeemables = [{"object": "voucher", "id": "BY-HAND"}]
    asked = {"redeemables": redeemables, "order": {"items": [line]}}
    await shop.post("/v1/redemptions", asked, headers=ada)


async def _ends(shop: Shop, ada: dict[str, str]) -> None:
    members = await shop.ask("GET", "/management/v1/projects/proj/users", headers=ada)
    ada_id = next(each["id"] for each in members["data"] if each["email"] == OWNER)
    await shop.manage("POST", f"/proj/users/{ada_id}/password-reset")
    shop.wait(8 * DAY)
    await shop.send(ExpireDue(), project=CONTROL_PROJECT)
    bea_id = next(each["id"] for each in members["data"] if each["email"] == BEA)
    await shop.manage("POST", f"/proj/users/{bea_id}/permanent-deletion", status=204)
