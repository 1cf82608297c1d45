"""A shop's story told once live and once rebuilt from the log: every resource reads the same.

All that is made of the log is deleted in between: the states of the hosts and the tables. What is
read is found by the lists, so that a resource which a step adds is compared without being named.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.plain import ORIGIN, Plain
from tests.e2e.system import System, eventually

STEPS_MIN = 60
LIMIT = 100
#: The lists of a project, with the member that holds the items.
LISTS = {
    "/v1/campaigns": "campaigns",
    "/v1/vouchers": "vouchers",
    "/v1/customers": "customers",
    "/v1/orders": "orders",
    "/v1/publications": "publications",
    "/v1/redemptions": "redemptions",
    "/v1/async-actions": "async_actions",
    "/v1/trash-bin": "data",
}
#: What is read of each item of a list.
ITEMS = {
    "/v1/campaigns": ("", "/summary", "/transactions"),
    "/v1/vouchers": ("", "/redemption", "/transactions"),
    "/v1/customers": ("", "/redeemables", "/segments", "/activity", "/activities"),
    "/v1/orders": ("",),
    "/v1/redemptions": ("",),
    "/v1/async-actions": ("",),
}
#: What has no pages.
SINGLES = (
    "/v1/metadata-schemas",
    "/v1/metadata-schemas/voucher",
    "/management/v1/projects",
    "/v1/webhook-deliveries",
)
OFF = {"type": "AMOUNT", "amount_off": 300}
COUPONS = {"type": "DISCOUNT_VOUCHER", "discount": OFF, "redemption": {"quantity": 2}}
CARDS = {"type": "GIFT_VOUCHER", "gift": {"amount": 5000}}
ANN, BEN = "ann@shop.test", "ben+1@shop.test"


class Teller:
    """Takes the steps of a story; every one has to succeed unless another status is named."""

    def __init__(self, plain: Plain, project: str) -> None:
        self._plain = plain
        self.project = project
        self.steps = 0

    def step(
        self, path: str, body: Any = None, *, method: str = "POST", status: int = 0, **more: Any
    ) -> Any:
        """The answer's body; work in the background is waited for."""
        self.steps += 1
        if body is not None:
            more["json"] = body
        answer = self._plain.ask(method, path, headers={"Origin": ORIGIN}, **more)
        wanted = (status,) if status else (200, 202, 204)
        assert answer.status_code in wanted, (method, path, answer.text)
        told = answer.json() if answer.content else None
        if isinstance(told, dict) and "async_action_id" in told:
            eventually(lambda: self._is_done(told["async_action_id"]))
        return told

    def change(self, path: str, body: Any) -> Any:
        """A `PUT`."""
        return self.step(path, body, method="PUT")

    def delete(self, path: str) -> Any:
        """A `DELETE`."""
        return self.step(path, method="DELETE")

    def upload(self, path: str, *lines: str) -> Any:
        """A file of these lines."""
        return self.step(path, files={"file": ("rows.csv", "\n".join(lines), "text/csv")})

    def redeem(self, *codes: str, status: int = 0, **more: Any) -> Any:
        """A redemption of vouchers."""
        named = [{"object": "voucher", "id": code} for code in codes]
        body = {"redeemables": named, "order": {"amount": 10_000}} | more
        return self.step("/v1/redemptions", body, status=status)

    def _is_done(self, action: str) -> bool:
        return bool(self._plain.get(f"/v1/async-actions/{action}")["status"] == "DONE")


@pytest.fixture
def system(tmp_path: Path) -> System:
    """One of its own, since it loses everything but its log."""
    return System(tmp_path / "home")


def test_a_story_reads_the_same_live_and_rebuilt_from_the_log(system: System) -> None:
    with system.running():
        plain = _reader(system)
        teller = Teller(plain, system.keys["project_id"])
        for chapter in (_campaigns, _vouchers, _people, _given_away, _sold, _settings, _deleted):
            chapter(teller)
        assert teller.steps >= STEPS_MIN
        live = _everything(plain, teller.project)
        plain.close()
    for folder in ("state", "clickhouse"):
        shutil.rmtree(system.home / folder)
    with system.running():
        plain = _reader(system)
        rebuilt: dict[str, bytes] = {}

        def is_complete() -> bool:
            nonlocal rebuilt
            rebuilt = _everything(plain, teller.project)
            return rebuilt.keys() == live.keys()

        eventually(is_complete)
        differing = [path for path, told in rebuilt.items() if told != live[path]]
        assert [(live[path], rebuilt[path]) for path in differing] == []
        plain.close()


def _reader(system: System) -> Plain:
    keys = system.keys
    return Plain(
        system.url,
        {
            **system.server_key,
            "X-Client-Application-Id": keys["client_app_id"],
            "X-Client-Token": keys["client_token"],
            "X-Management-Id": keys["management_id"],
            "X-Management-Token": keys["management_token"],
        },
    )


def _everything(plain: Plain, project: str) -> dict[str, bytes]:
    """The bytes of every resource by its path."""
    found: dict[str, bytes] = {}

    def read(path: str, **query: Any) -> Any:
        answer = plain.ask("GET", path, params=query)
        assert answer.status_code == 200, (path, answer.text)
        found[path] = answer.content
        return answer.json()

    for path, name in LISTS.items():
        told = read(path, limit=LIMIT)
        assert told[name], path
        assert told.get("total", 0) <= LIMIT
        assert told.get("has_more") is not True
        for item in told[name]:
            for part in ITEMS.get(path, ()):
                query = {"limit": LIMIT} if part[1:] in ("transactions", "activity") else {}
                read(f"{path}/{item['id']}{part}", **query)
    for path in SINGLES:
        read(path)
    own = f"/management/v1/projects/{project}"
    read(own)
    for kind in ("webhooks", "metadata-schemas"):
        for item in read(f"{own}/{kind}")["data"]:
            read(f"{own}/{kind}/{item['id']}")
    period = {"from": "2020-01-01", "to": "2100-01-01"}
    read("/v1/analytics/totals", **period)
    read("/v1/analytics/timeseries", interval="month", group_by="campaign", **period)
    return found


def _campaign(name: str, voucher: dict[str, Any], count: int = 0, **more: Any) -> dict[str, Any]:
    return {"name": name, "voucher": voucher, "vouchers_count": count} | more


def _campaigns(teller: Teller) -> None:
    step = teller.step
    dated: dict[str, Any] = {
        "start_date": "2020-01-01",
        "expiration_date": "2090-01-01T00:00:00.000Z",
    }
    step("/v1/campaigns", _campaign("Spring", COUPONS, 5, metadata={"year": 2026}, **dated))
    step("/v1/campaigns", _campaign("Cards", CARDS, 3, description="Of plastic"))
    welcome: dict[str, Any] = {"type": "AUTO_UPDATE", "join_once": True}
    step("/v1/campaigns", _campaign("Welcome", COUPONS, **welcome))
    step("/v1/campaigns", _campaign("Flop", COUPONS, 2))
    step("/v1/campaigns", _campaign("Spring", COUPONS), status=409)
    step("/v1/campaigns/Spring/vouchers/SPRING-1", {"metadata": {"till": "a"}})
    step("/v1/campaigns/Spring/vouchers", params={"vouchers_count": 3})
    step("/v1/campaigns/Cards/vouchers")
    teller.change("/v1/campaigns/Spring", {"description": "Flowers", "metadata": {"soon": True}})
    step("/v1/campaigns/Spring/disable")
    step("/v1/campaigns/Spring/enable")
    teller.upload("/v1/campaigns/Spring/importCSV", "Code,Active", "SPRING-2,true", "SPRING-2,true")
    step("/v1/campaigns/Spring/import", [{"code": "SPRING-3", "discount": OFF}])


def _vouchers(teller: Teller) -> None:
    step = teller.step
    for code in ("TEN", "ONE-EURO", "OLD", "GONE", "FORGOTTEN"):
        step(f"/v1/vouchers/{code}", {"type": "DISCOUNT_VOUCHER", "discount": OFF})
    percent = {"type": "PERCENT", "percent_off": 12.5, "amount_limit": 900}
    step("/v1/vouchers", {"type": "DISCOUNT_VOUCHER", "discount": percent})
    step("/v1/vouchers/CARD", CARDS)
    teller.change("/v1/vouchers/TEN", {"additional_info": "window", "metadata": {"a": [1, "b"]}})
    step("/v1/vouchers/OLD/disable")
    step("/v1/vouchers/ONE-EURO/disable")
    step("/v1/vouchers/ONE-EURO/enable")
    step("/v1/vouchers/CARD/balance", {"amount": 700, "reason": "sorry"})
    step("/v1/vouchers/CARD/balance", {"amount": -200, "source_id": "till-1"})
    step("/v1/vouchers/import", [{"code": "IN-1", "discount": percent}])
    header = "Code,Voucher Type,Value,Discount Type,color"
    teller.upload("/v1/vouchers/importCSV", header, "IN-2,DISCOUNT_VOUCHER,5,AMOUNT,red", "x,y,,,")
    step("/v1/vouchers/bulk/async", [{"code": "IN-1", "metadata": {"in": 1}}])
    step("/v1/vouchers/metadata/async", {"codes": ["IN-2", "no"], "metadata": {"in": 2}})


def _people(teller: Teller) -> None:
    step = teller.step
    address = {"city": "Berlin", "line_1": "Street 1"}
    step("/v1/customers", {"source_id": ANN, "name": "Ann", "address": address})
    ben = step("/v1/customers", {"source_id": BEN, "email": BEN, "birthdate": "1990-05-06"})
    teller.change(f"/v1/customers/{ben['id']}", {"phone": "1", "metadata": {"vip": True}})
    teller.upload("/v1/customers/importCSV", "Name,Source_id,Birthdate", "Cy,cy,", "Di,di,soon")
    step("/v1/customers/bulk/async", [{"source_id": "cy", "metadata": {"n": 1}}])
    step("/v1/customers/metadata/async", {"source_ids": ["cy", "eve"], "metadata": {"m": 2}})
    teller.delete("/v1/customers/eve")
    paid = {"status": "PAID", "amount": 2500, "customer": {"source_id": ANN}}
    step("/v1/orders", {"source_id": "order-1"} | paid)
    items = [{"source_id": "mug", "quantity": 2, "price": 1000, "related_object": "product"}]
    step("/v1/orders", {"source_id": "order-2", "items": items})
    teller.change("/v1/orders/order-2", {"status": "CANCELED", "metadata": {"why": "late"}})
    step("/v1/orders/import", [{"source_id": "order-3"} | paid])
    step("/v1/events", {"event": "cart.left", "customer": {"source_id": ANN}})
    event = {"event": "seen", "customer": {"source_id": BEN}, "metadata": {"page": 3}}
    step("/client/v1/events", event)


def _given_away(teller: Teller) -> None:
    step, path = teller.step, "/v1/publications"
    ann, ben = {"source_id": ANN}, {"source_id": BEN}
    step(path, {"campaign": {"name": "Spring", "count": 2}, "customer": ann, "channel": "mail"})
    step(path, {"campaign": {"name": "Welcome"}, "customer": ben, "metadata": {"first": True}})
    step(path, {"campaign": {"name": "Welcome"}, "customer": ben})
    step(path, {"voucher": "CARD", "customer": ann, "source_id": "given-1"})
    step(path, {"voucher": "CARD", "customer": ben}, status=400)


def _sold(teller: Teller) -> None:
    step, redeem = teller.step, teller.redeem
    ann, ben = {"source_id": ANN}, {"source_id": BEN}
    asked = {"redeemables": [{"object": "voucher", "id": "TEN"}], "order": {"amount": 900}}
    step("/v1/validations", asked | {"customer": ann})
    locked = {"session": {"type": "LOCK", "key": "basket", "ttl": 6}}
    step("/v1/validations", asked | locked)
    teller.delete("/v1/vouchers/TEN/sessions/basket")
    step("/v1/validations", asked | locked)
    step("/client/v1/validations", asked)
    redeem("TEN", customer=ann, metadata={"till": 7}, session={"type": "LOCK", "key": "basket"})
    order = {"source_id": "order-4", "amount": 5000}
    stack = redeem("ONE-EURO", "SPRING-1", customer=ann, order=order)
    card = redeem("CARD", customer=ben, order={"source_id": "order-1"})["redemptions"][0]["id"]
    redeem("OLD", customer=ben, status=400)
    redeem("NOBODY", status=404)
    step("/v1/vouchers/SPRING-2/redemption", {"customer": ben, "order": {"amount": 4000}})
    step("/client/v1/redemptions", asked | {"customer": ben})
    step(f"/v1/redemptions/{card}/rollback", {"reason": "wrong size"})
    step(f"/v1/redemptions/{stack['parent_redemption']['id']}/rollbacks")
    step(f"/v1/redemptions/{card}/rollback", status=400)


def _settings(teller: Teller) -> None:
    own = f"/management/v1/projects/{teller.project}"
    season = {"type": "string", "optional": True, "array": False}
    schema = {"related_object": "voucher", "properties": {"season": season}}
    teller.step(f"{own}/metadata-schemas", schema)
    hook = {"target_url": "https://shop.test/hook", "events": ["voucher.created"], "active": False}
    made = teller.step(f"{own}/webhooks", hook)
    teller.change(f"{own}/webhooks/{made['id']}", hook | {"events": ["voucher.deleted"]})
    teller.change(own, {"name": "The shop"})
    project = {"name": "Second", "timezone": "Etc/UTC", "currency": "PLN"}
    teller.step("/management/v1/projects", project | {"case_sensitive_codes": True})


def _deleted(teller: Teller) -> None:
    teller.delete("/v1/vouchers/GONE")
    teller.delete("/v1/vouchers/FORGOTTEN?force=true")
    teller.delete("/v1/campaigns/Flop")
    teller.delete("/v1/vouchers/ONE-EURO")
