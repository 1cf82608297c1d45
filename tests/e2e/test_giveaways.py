"""Giveaways from the commitment to a winner who is refused, checked by what is published alone.

No client of the contract knows them.
"""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.e2e.plain import Plain, refused
from tests.e2e.shop import Shop
from tests.e2e.system import System, eventually

#: How long a giveaway takes entries here: as long as it takes to make them on a busy machine.
OPEN_SECONDS = 45.0


def test_orders_take_part_and_anybody_can_repeat_the_draw(
    system: System, shop: Shop, plain: Plain, tmp_path: Path
) -> None:
    """Ann pays twice, Ben, Cid and Dan once, and Eve sends her order back."""
    terms = {"entry_type": "order.paid", "each_event": True, "winners": 2, "alternates": 1}
    cards = _campaign(plain, type="AUTO_UPDATE", voucher=_gift())
    made = _giveaway(plain, **terms, prize=_credits(cards, 500))
    path = f"/v1/giveaways/{made['id']}"
    before = plain.get(f"{path}/proof")
    commitment = before["commitment"]
    assert commitment == made["giveaway"]["commitment"]
    assert (before["seed"], before["closed"], before["places"]) == (None, False, [])
    names = {who: f"{who}-{uuid4().hex[:8]}" for who in ("ann", "ben", "cid", "dan", "eve")}
    orders = {who: _paid(plain, names[who]) for who in names}
    _paid(plain, names["ann"])
    answer = plain.ask("PUT", f"/v1/orders/{orders['eve']['id']}", json={"status": "CANCELED"})
    assert answer.status_code == 200, answer.text
    assert refused(plain.ask("POST", f"{path}/draw")) == (400, "giveaway_not_closed")
    assert refused(plain.ask("GET", f"{path}/winners")) == (400, "giveaway_not_drawn")
    changed = made["giveaway"] | {"winners": 1}
    answer = plain.ask("PUT", f"/v1/campaigns/{made['id']}", json={"giveaway": changed})
    assert answer.status_code == 400, answer.text
    _closed(plain, path)
    # whoever comes late is none of them
    _paid(plain, f"late-{uuid4().hex[:8]}")
    pages = _pages(plain, path)
    took_part = [
        each["id"] for page in pages for each in page["data"] if each["withdrawn_at"] is None
    ]
    assert len(took_part) == 5

    draw = _done(plain, f"{path}/draw")
    assert sha256(draw["seed"].encode()).hexdigest() == commitment
    assert _digest(took_part) == draw["entries_digest"]
    expected = _repeated(draw["seed"], took_part)
    assert [each["entry_id"] for each in draw["drawn"]] == expected[:3]
    assert _statuses(draw) == ["WINNER", "WINNER", "ALTERNATE"]
    assert _credits_of(plain, names.values()) == _prizes(draw)
    assert refused(plain.ask("POST", f"{path}/draw"))[1] == "giveaway_drawn"
    proof = plain.get(f"{path}/proof")
    assert (proof["seed"], proof["commitment"]) == (draw["seed"], commitment)
    checked = _checked(system, tmp_path, proof, pages)
    assert checked == (0, "The draw follows from what is published.\n")
    # one more would have been drawn otherwise
    pages[-1]["data"].append(pages[-1]["data"][0] | {"id": "gve_added", "withdrawn_at": None})
    code, said = _checked(system, tmp_path, proof, pages)
    assert (code, "there are 6 entries, and 5 took part" in said) == (1, True)

    # the first is refused: the second stays, the third steps in, and a fourth is drawn
    first = expected[0]
    redrawn = _done(plain, f"{path}/winners/{first}/refuse", reason="Works here")
    assert [each["entry_id"] for each in redrawn["drawn"]] == expected[:4]
    assert _statuses(redrawn) == ["REFUSED", "WINNER", "WINNER", "ALTERNATE"]
    assert redrawn["drawn"][0]["reason"] == "Works here"
    assert redrawn["drawn"][0]["prize"]["taken_back"] is True
    assert _credits_of(plain, names.values()) == _prizes(redrawn)
    assert plain.get(f"{path}/winners")["data"] == redrawn["drawn"]
    proof, pages = plain.get(f"{path}/proof"), _pages(plain, path)
    assert proof["places"] == expected[:4]
    assert _checked(system, tmp_path, proof, pages)[0] == 0


def test_a_prize_that_ran_out_is_given_later(plain: Plain) -> None:
    """Two customers ask to take part, one of them twice; there is one code for both."""
    off = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 5000}}
    stock = _campaign(plain, type="STATIC", voucher=off, vouchers_count=1)
    prize = {"related_object_parent": {"id": stock["id"]}, "type": "CAMPAIGN"}
    made = _giveaway(plain, winners=2, prize=prize)
    path = f"/v1/giveaways/{made['name']}"
    eventually(lambda: plain.get(f"/v1/campaigns/{stock['id']}")["vouchers_count"] == 1)
    names = [f"who-{uuid4().hex[:8]}" for _ in range(2)]
    entries = [
        _done(plain, f"{path}/entries", customer={"source_id": who})["id"]
        for who in (*names, names[0])
    ]
    assert entries[0] == entries[2] != entries[1]
    _closed(plain, path)
    late = plain.ask("POST", f"{path}/entries", json={"customer": {"source_id": "late"}})
    assert refused(late) == (400, "giveaway_closed")
    draw = _done(plain, f"{path}/draw")
    assert [each["withheld"] for each in draw["drawn"]] == [
        None,
        "no_voucher_suitable_for_publication",
    ]
    assert draw["drawn"][1]["prize"] is None
    _done(plain, f"/v1/campaigns/{stock['id']}/vouchers")
    given = _done(plain, f"{path}/prizes")["drawn"]
    assert _statuses(draw) == ["WINNER", "WINNER"]
    assert [each["withheld"] for each in given] == [None, None]
    codes = {each["prize"]["voucher"]["code"] for each in given}
    held = {plain.get(f"/v1/vouchers/{code}")["holder_id"] for code in codes}
    assert held == {each["customer_id"] for each in given}


def _campaign(plain: Plain, **body: Any) -> dict[str, Any]:
    return _done(plain, "/v1/campaigns", name=f"Prizes {uuid4()}", **body)


def _giveaway(plain: Plain, **terms: Any) -> dict[str, Any]:
    closes_at = datetime.now(UTC) + timedelta(seconds=OPEN_SECONDS)
    giveaway = {"closes_at": closes_at.isoformat()} | terms
    name = f"Raffle {uuid4().hex[:8]}"
    return _done(plain, "/v1/campaigns", name=name, campaign_type="GIVEAWAY", giveaway=giveaway)


def _done(plain: Plain, path: str, **body: Any) -> dict[str, Any]:
    """The body of the good answer to a request."""
    answer = plain.ask("POST", path, json=body) if body else plain.ask("POST", path)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _gift() -> dict[str, Any]:
    return {"type": "GIFT_VOUCHER", "gift": {"amount": 0, "balance": 0}}


def _credits(cards: dict[str, Any], amount: int) -> dict[str, Any]:
    parent = {"id": cards["id"]}
    return {"related_object_parent": parent, "type": "GIFT_VOUCHER", "amount": amount}


def _paid(plain: Plain, who: str) -> dict[str, Any]:
    """The customer's new paid order."""
    return _done(plain, "/v1/orders", amount=4000, status="PAID", customer={"source_id": who})


def _closed(plain: Plain, path: str) -> None:
    """Returns once it takes no entries any more."""
    assert eventually(lambda: plain.get(f"{path}/proof")["closed"])


def _pages(plain: Plain, path: str) -> list[dict[str, Any]]:
    """All entries, two a page."""
    found = [plain.get(f"{path}/entries", limit=2)]
    while found[-1]["has_more"]:
        after = found[-1]["more_starting_after"]
        found.append(plain.get(f"{path}/entries", limit=2, starting_after_id=after))
    return found


def _statuses(draw: dict[str, Any]) -> list[str]:
    return [each["status"] for each in draw["drawn"]]


def _prizes(draw: dict[str, Any]) -> Counter[str]:
    """What each customer won, by what the draw says; somebody may have won twice."""
    won: Counter[str] = Counter()
    for each in draw["drawn"]:
        if each["status"] == "WINNER":
            won[each["customer_id"]] += each["prize"]["amount"]
    return won


def _credits_of(plain: Plain, names: Any) -> Counter[str]:
    """What each customer has on gift cards, of those who have some."""
    found: Counter[str] = Counter()
    for who in names:
        customer = plain.get(f"/v1/customers/{who}")["id"]
        for each in plain.get(f"/v1/customers/{who}/redeemables")["data"]:
            card = plain.get(f"/v1/vouchers/{each['redeemable_id']}")
            found[customer] += card["gift"]["balance"]
    return +found


def _digest(ids: list[str]) -> str:
    return sha256("".join(f"{each}\n" for each in sorted(ids)).encode()).hexdigest()


def _repeated(seed: str, ids: list[str]) -> list[str]:
    """All entries in the order in which they are drawn: what docs/api.md says, in its own words."""
    pool, counter, found = sorted(ids), 0, []
    while pool:
        fair = 2**64 - 2**64 % len(pool)
        number = fair
        while number >= fair:
            number = int(sha256(f"{seed}/{counter}".encode()).hexdigest()[:16], 16)
            counter += 1
        chosen = number % len(pool)
        found.append(pool[chosen])
        pool[chosen] = pool[0]
        pool = pool[1:]
    return found


def _checked(
    system: System, folder: Path, proof: dict[str, Any], pages: list[dict[str, Any]]
) -> tuple[int, str]:
    """What `tessera draw` ends with and says of the published files."""
    files = []
    for number, each in enumerate((proof, *pages)):
        files.append(folder / f"{number}.json")
        files[-1].write_text(json.dumps(each))
    ran = system.command("draw", *map(str, files))
    return ran.returncode, ran.stdout
