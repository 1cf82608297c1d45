"""Texts that would do harm if they were shown as anything but text, wherever a shop's client may put one."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx

from tests.browser.hostile_club import open_club
from tests.browser.people import Person, manager_key, take_part
from tests.contract.answers import client
from tests.e2e.plain import Plain
from tests.e2e.system import System, eventually

TEXTS: Final = (
    '"><script>alert(1)</script>',
    "'\"><img src=x onerror=alert(1)>",
    "</textarea></title><svg onload=alert(1)>",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "javascript:alert(1)//",
    "<div hx-post=/sign-out hx-trigger=load hx-on:load=alert(1)>",
    "\u202egnp.exe\u2066\u200b null \ufeff",
    "long " + "<samp>W</samp>" * 15,
)
#: What is asked last of all.
LAST_CALL: Final = "/v1/vouchers/importCSV"
_PERCENT: Final = {"type": "PERCENT", "percent_off": 10}
#: Codes of digits, which are made the same before a picture is taken: letters are not.
_CODES: Final = {"code_config": {"length": 12, "charset": "0123456789"}}
#: What a code may hold; the signs that do harm are not among them.
_NOT_OF_CODES: Final = re.compile(r"[^A-Za-z0-9_-]")


class Hostile:
    """A project of its own with such texts in it, and what was made there."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._management = manager_key(system)
        self._http = client(base_url=system.url, patient=True)
        made = self._manage(
            "", {"name": TEXTS[0], "timezone": "Etc/UTC", "currency": "EUR"}
            | {"description": TEXTS[1], "case_sensitive_codes": True},
        )  # fmt: skip
        self.project = str(made["id"])
        key = made["server_side_key"]
        headers = {"X-App-Id": key["app_id"], "X-App-Token": key["app_token"]}
        self.plain = Plain(system.url, headers | {"User-Agent": TEXTS[0]})
        self.person: Person = take_part(system, self.project, "ADMIN", TEXTS[1])

    def close(self) -> None:
        """Gives the connections back."""
        self.plain.close()
        self._http.close()

    def seed(self) -> None:
        """Puts the texts wherever the API takes one; each has to be taken."""
        self.take("/v1/vouchers/FOR-CARTS", {"type": "DISCOUNT_VOUCHER", "discount": _PERCENT})
        for at, text in enumerate(TEXTS):
            self._reward(at, text)
        open_club(self, TEXTS, f"{TEXTS[0]} 0")
        for at, text in enumerate(TEXTS):
            self._sell(at, text)
            self._offer(at, text)
            self._run_project(at, text)
        self._export()
        self._ask_in_vain()

    def _sell(self, at: int, text: str) -> None:
        metadata = {f"{text[:30]} {at}": text, "plain": text}
        customer = self.take(
            "/v1/customers",
            {
                "source_id": f"{text} {at}",
                "name": text,
                "email": f"{_plain(text)}{at}@evil.test",
                "phone": text[:60],
                "description": text,
                "address": {"city": text[:60], "line_1": text, "country": text[:30]},
                "metadata": metadata,
            },
        )
        product = self.take(
            "/v1/products",
            {
                "source_id": f"{text} {at}",
                "name": text,
                "price": 100,
                "attributes": [text[:40]],
                "image_url": text,
                "metadata": metadata,
            },
        )
        sku = {
            "source_id": f"sku {text} {at}", "sku": text, "price": 90, "image_url": text,
            "attributes": {text[:40]: text}, "metadata": metadata,
        }  # fmt: skip
        self.take(f"/v1/products/{product['id']}/skus", sku)
        self.take(
            "/v1/orders",
            {
                "source_id": f"{text} {at}",
                "amount": 900,
                "customer": {"id": customer["id"]},
                "items": [{"product_id": product["id"], "quantity": 1, "price": 90}],
                "metadata": metadata,
            },
        )
        self.take("/v1/events", {"event": f"event {at}", "customer": {"id": customer["id"]}, "metadata": metadata})  # fmt: skip
        static = {"type": "static", "customers": [customer["id"]]}
        self.take("/v1/segments", {"name": f"{text} {at}"} | static)
        products = [{"id": product["id"], "object": "product"}]
        self.take(
            "/v1/product-collections",
            {"type": "STATIC", "name": f"{text} {at}", "products": products},
        )
        circle = {"type": "circle", "distance": {"center": "52.52,13.4", "radius": "2 km"}}
        self.take("/v1/locations", {"name": f"{text} {at}", "shape": circle})

    def _offer(self, at: int, text: str) -> None:
        metadata = {f"{text[:30]} {at}": text}
        category = self.take("/v1/categories", {"name": f"{text[:60]} {at}", "hierarchy": at + 1})
        rules = {"1": {"name": "order.metadata", "property": text[:40], "conditions": {"$is": [text]}}}  # fmt: skip
        rule = {"name": text, "rules": rules, "error": {"message": text}}
        self.take("/v1/validation-rules", rule)
        code = f"{_plain(text)}-{at}"
        terms = {"type": "DISCOUNT_VOUCHER", "discount": _PERCENT}
        once = {"redemption": {"quantity": 1}, "category_id": category["id"]}
        self.take(f"/v1/vouchers/{code}", terms | once | {"metadata": metadata, "additional_info": text})  # fmt: skip
        campaign = {
            "name": f"{text} {at}", "description": text, "category_id": category["id"],
            "type": "STATIC", "campaign_type": "DISCOUNT_COUPONS", "vouchers_count": 1,
            "voucher": terms | _CODES, "metadata": metadata,
        }  # fmt: skip
        made = self.take("/v1/campaigns", campaign)["id"]
        rows = [{"code": f"{text} {at}", "metadata": metadata}]
        work = self.take(f"/v1/campaigns/{made}/import", rows)["async_action_id"]
        # one row, one after the other: those of the same time are in the order of their ids
        eventually(lambda: self.plain.get(f"/v1/async-actions/{work}")["status"] == "DONE")
        promotion = {"name": f"promotion {text} {at}", "campaign_type": "PROMOTION", "type": "STATIC"}  # fmt: skip
        tiers = f"/v1/promotions/{self.take('/v1/campaigns', promotion)['id']}"
        action = {"action": {"discount": _PERCENT}, "metadata": metadata}
        tier = self.take(f"{tiers}/tiers", {"name": text, "banner": text} | action)
        self.take(f"{tiers}/stacks", {"name": text, "tiers": {"ids": [tier["id"]]}})
        self._redeem(at, text, code)

    def _redeem(self, at: int, text: str, code: str) -> None:
        held = {"redeemables": [{"object": "voucher", "id": code}]}
        order = {"order": {"amount": 900, "metadata": {text[:40]: text}}, "metadata": {text[:40]: text}}  # fmt: skip
        customer = {"customer": {"source_id": f"{text} {at}"}, "tracking_id": f"{text} {at}"}
        session = {"session": {"type": "LOCK", "key": f"{text} {at}"}}
        self.take("/v1/publications", {"voucher": code, "source_id": text, "channel": text[:60]} | {"customer": customer["customer"], "metadata": {"m": text}})  # fmt: skip
        self.take("/v1/validations", held | order | customer | session)
        asked = held | order | customer
        done = self.take("/v1/redemptions", asked | session)["redemptions"][0]["id"]
        self.refuse("/v1/redemptions", asked)
        held_still = {"redeemables": [{"object": "voucher", "id": "FOR-CARTS"}]}
        self.take("/v1/validations", held_still | order | customer | session)
        if at % 2 == 0:
            back = {"reason": text, "tracking_id": text}
            self.take(f"/v1/redemptions/{done}/rollback", back)

    def _reward(self, at: int, text: str) -> None:
        """A program that offers a reward, one that somebody is brought by, and an open giveaway."""
        metadata = {f"{text[:30]} {at}": text}
        growing = {"type": "AUTO_UPDATE", "description": text, "metadata": metadata}
        card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 5}} | _CODES
        club = self.take("/v1/loyalties", {"name": f"club {text} {at}", "voucher": card} | growing)
        coin = {"coin": {"exchange_ratio": 1, "points_ratio": 100}}
        shown = {"attributes": {"image_url": text, "description": text}, "metadata": metadata}
        reward = self.take(
            "/v1/rewards", {"name": text, "type": "COIN", "parameters": coin} | shown
        )
        self.take(f"/v1/rewards/{reward['id']}/assignments", {"campaign": club["id"]})
        points = {"type": "LOYALTY_CARD", "amount": 5, "related_object_parent": {"id": club["id"]}}
        code = {"type": "DISCOUNT_VOUCHER", "discount": _PERCENT, "is_referral_code": True} | _CODES
        friends = self.take(
            "/v1/campaigns",
            {"name": f"friends {text} {at}", "campaign_type": "REFERRAL_PROGRAM", "voucher": code}
            | {"referral_program": {"referee_reward": points, "referrer_reward": points}}
            | growing,
        )
        tier = {"conversions": 2, "reward": points, "banner": text}
        self.take(f"/v1/referrals/{friends['id']}/tiers", tier)
        who = {"customer": {"source_id": f"{text} {at}"}}
        given = self.take("/v1/publications", {"campaign": {"id": friends["id"]}} | who)
        friend = {"customer": {"source_id": f"friend {text} {at}", "name": text}}
        brought = {"redeemables": [{"object": "voucher", "id": given["voucher"]["code"]}]}
        self.take("/v1/redemptions", brought | friend | {"order": {"amount": 900}})
        terms = {"closes_at": "2099-01-01T00:00:00Z", "prize": points}
        draw = {"name": f"draw {text} {at}", "campaign_type": "GIVEAWAY", "giveaway": terms}
        giveaway = self.take("/v1/campaigns", draw | growing)
        self.take(f"/v1/giveaways/{giveaway['id']}/entries", who | {"metadata": metadata})

    def _run_project(self, at: int, text: str) -> None:
        self._manage(f"/{self.project}/keys", {"kind": "server", "name": f"{text[:60]} {at}"})
        may = ["campaigns.read", "vouchers.read"]
        self._manage(f"/{self.project}/roles", {"name": f"{text[:50]} {at}", "privileges": may})
        self.plain.ask("GET", "/v1/vouchers", params={text: text, "code": text})
        self.plain.ask("GET", f"/v1/vouchers/{text}", headers={"Origin": "https://evil.test"})

    def _export(self) -> None:
        """Files of codes, once what runs is done: so the notifications are in the same order each time."""
        eventually(lambda: self._are_done("/v1/async-actions", "async_actions", "DONE"))
        asked = {"exported_object": "voucher", "parameters": {"fields": ["code"]}}
        for _ in TEXTS:
            self.take("/v1/exports", asked)
        eventually(lambda: self._are_done("/v1/exports", "exports", "DONE"))

    def _are_done(self, path: str, rows: str, state: str) -> bool:
        found = self.plain.get(path, limit=len(TEXTS))[rows]
        return len(found) == len(TEXTS) and all(each["status"] == state for each in found)

    def _ask_in_vain(self) -> None:
        """A member of hostile name, schemas, a webhook that nobody answers, a file whose rows fail."""
        take_part(self._system, self.project, "VIEWER", TEXTS[0])
        own = {"type": "string", "optional": True}
        schema = {"related_object": "customer", "allow_defined_only": False}
        self._manage(f"/{self.project}/metadata-schemas", schema | {"properties": {"shop": own}})
        event = {"name": "event 0", "schema": {"properties": {"plain": own}}}
        self._manage(f"/{self.project}/custom-event-schemas", event)
        hook = {
            "target_url": "https://shop.example/?q=<script>",
            "events": ["redemption.succeeded"],
        }
        self._manage(f"/{self.project}/webhooks", hook)
        brand = {
            "brand": {"name": TEXTS[0], "website_url": "https://shop.example"},
            "address": {"street": TEXTS[1], "city": TEXTS[2], "country": "Germany", "postal": "1"},
            "contact": {"email": "a@shop.example"},
        }
        self._manage(f"/{self.project}/branding", brand)
        lines = "\n".join(f'"{text}","{text}"'.replace('""', '"') for text in TEXTS[:4])
        self.plain.ask(
            "POST",
            LAST_CALL,
            files={"file": (TEXTS[1], f"Code,{TEXTS[4]}\n{lines}\n".encode(), "text/csv")},
        )

    def take(self, path: str, body: Mapping[str, Any] | Sequence[Any]) -> Any:
        """What the API made of it."""
        answer = self.plain.ask("POST", path, json=body)
        assert answer.status_code in (200, 202), f"{path} {body}: {answer.text}"
        return answer.json()

    def refuse(self, path: str, body: Mapping[str, Any]) -> None:
        """What the API refuses, and keeps a record of."""
        assert self.plain.ask("POST", path, json=body).status_code == 400

    def _manage(self, path: str, body: Mapping[str, Any]) -> Any:
        answer: httpx.Response = self._http.post(
            f"/management/v1/projects{path}", json=body, headers=self._management
        )
        assert answer.status_code == 200, answer.text
        return answer.json()


def _plain(text: str) -> str:
    """What of it a code or an e-mail may hold."""
    return _NOT_OF_CODES.sub("", text)[:40] or "none"
