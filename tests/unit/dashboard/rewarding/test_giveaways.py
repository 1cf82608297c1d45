"""Giveaways: made with a closing date, entered, drawn once, and checked by what is published."""

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.giveaways.drawing import commitment_of, draw_entries, entries_digest
from services.dashboard.sections.campaigns.giveaways.proof import CHECK
from tests.unit.dashboard.campaigns import CampaignsApi, api_with, campaign
from tests.unit.dashboard.forms import fields_of
from tests.unit.dashboard.kit import Browser

PAST, AHEAD = "2020-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z"
PATH = "/v1/giveaways/camp_7"
PRIZE = {
    "type": "LOYALTY_CARD",
    "amount": 500,
    "related_object_parent": {"id": "camp_9", "name": "Points club"},
}
PROOF: dict[str, Any] = {
    "algorithm": "sorted-ids/1",
    "commitment": "c0ffee",
    "seed": None,
    "date": None,
    "entries": 3,
    "entries_digest": None,
    "places": [],
}
GIVEN = {"type": "LOYALTY_CARD", "amount": 500, "voucher": {"code": "CLUB-1"}}
DRAWN: list[dict[str, Any]] = [
    {"place": 1, "entry_id": "gve_1", "customer_id": "cust_1", "status": "REFUSED", "reason": "minor", "prize": GIVEN | {"taken_back": True}},
    {"place": 2, "entry_id": "gve_2", "customer_id": "cust_2", "status": "WINNER", "prize": GIVEN},
    {"place": 3, "entry_id": "gve_3", "customer_id": "cust_3", "status": "WINNER", "prize": None, "withheld": "no_code_left"},
]  # fmt: skip


def giveaway(closes_at: str = PAST) -> dict[str, Any]:
    terms = {
        "entry_type": "order.paid",
        "each_event": True,
        "closes_at": closes_at,
        "winners": 2,
        "alternates": 1,
        "commitment": "c0ffee",
        "prize": PRIZE,
    }
    row = campaign("Draw", id="camp_7", campaign_type="GIVEAWAY", giveaway=terms)
    del row["voucher"]
    return row


def draw_api(row: dict[str, Any], *privileges: str, is_drawn: bool = False) -> CampaignsApi:
    api = api_with(row, privileges=privileges)
    seen = {"seed": "5eed", "date": PAST, "entries_digest": "d16e57"} if is_drawn else {}
    api.says("GET", f"{PATH}/proof", PROOF | seen)
    api.says("GET", f"{PATH}/winners", {"data": DRAWN, "total": 3})
    entry = {"id": "gve_1", "customer_id": "cust_1", "source": "order", "source_id": "ord_1"}
    more = {"has_more": True, "more_starting_after": "gve_1"}
    api.says("GET", f"{PATH}/entries", {"data": [entry], "total": 60} | more)
    people = [{"id": f"cust_{n}", "name": f"Person {n}"} for n in (1, 2, 3)]
    api.says("GET", "/v1/customers", {"customers": people, "total": 3})
    return api


def test_a_giveaway_is_made_of_a_prize_and_a_closing_date() -> None:
    api = draw_api(giveaway())
    api.says("POST", "/v1/campaigns", giveaway())
    form = fields_of(Browser(api).get("/campaigns/giveaways/new"))
    typed = {
        "name": "Draw",
        "prize_type": "LOYALTY_CARD",
        "prize_amount": "500",
        "prize_campaign": "camp_9",
        "winners": "2",
        "alternates": "1",
        "entry_type": "custom_event",
        "event": "visit",
        "closes_at": "2027-06-01T12:00",
    }
    assert Browser(api).post("/campaigns/giveaways/new", {**form, **typed}).status == 303
    sent = api.sent("POST", "/v1/campaigns")
    assert sent["campaign_type"] == "GIVEAWAY"
    assert "voucher" not in sent
    assert sent["giveaway"] == {
        "entry_type": "custom_event",
        "custom_event": {"name": "visit"},
        "each_event": False,
        "winners": 2,
        "alternates": 1,
        "closes_at": "2027-06-01T10:00:00Z",
        "prize": {
            "type": "LOYALTY_CARD",
            "amount": 500,
            "related_object_parent": {"id": "camp_9"},
        },
    }


def test_without_another_prize_winners_get_a_code_of_the_giveaway() -> None:
    api = draw_api(giveaway())
    api.says("POST", "/v1/campaigns", giveaway())
    form = fields_of(Browser(api).get("/campaigns/giveaways/new"))
    typed = {"name": "Draw", "value": "50", "closes_at": "2027-06-01T12:00"}
    assert Browser(api).post("/campaigns/giveaways/new", {**form, **typed}).status == 303
    sent = api.sent("POST", "/v1/campaigns")
    assert sent["voucher"]["discount"] == {"type": "PERCENT", "percent_off": 50}
    assert "prize" not in sent["giveaway"]


def test_what_a_giveaway_lacks_is_told_at_its_field() -> None:
    api = draw_api(giveaway())
    form = {"winners": "0", "alternates": "many", "entry_type": "custom_event"}
    page = Browser(api).post("/campaigns/giveaways/new", form)
    errors = {each["href"] for each in page.find("div", id="errors").find_all("a")}
    assert errors == {"#name", "#value", "#winners", "#alternates", "#event", "#closes_at"}


def test_the_overview_says_how_it_works_and_that_nobody_changes_it() -> None:
    page = Browser(draw_api(giveaway(AHEAD))).get("/campaigns/camp_7")
    assert "Entries 60" in page.texts("div", class_="kpi")
    works = page.find("section", aria_label="How it works").text
    assert "500 points of Points club to 2 winners" in works
    assert "Whoever pays an order takes part, with each order" in works
    assert "These terms are fixed" in works
    assert not page.find_all("dialog", id="copy-campaign")


def test_settings_of_a_giveaway_leave_what_they_do_not_ask_for_as_it_is() -> None:
    """Without codes that are made as winners need them there would be none for the prize."""
    row = giveaway() | {"type": "AUTO_UPDATE", "join_once": True}
    api = draw_api(row)
    api.says("PUT", "/v1/campaigns/camp_7", row)
    form = {"description": "Ours", "frame_unit": "D", "every_unit": "D", "after_unit": "D"}
    Browser(api).post("/campaigns/camp_7/settings", form, into="form")
    assert api.sent("PUT", "/v1/campaigns/camp_7") == {"description": "Ours"}


def test_a_giveaway_of_codes_of_its_own_says_in_its_settings_what_they_give() -> None:
    row = giveaway()
    row["voucher"] = {
        "type": "DISCOUNT_VOUCHER",
        "discount": {"type": "PERCENT", "percent_off": 10},
    }
    api = draw_api(row)
    api.says("PUT", "/v1/campaigns/camp_7", row)
    page = Browser(api).get("/campaigns/camp_7/settings")
    Browser(api).post("/campaigns/camp_7/settings", fields_of(page) | {"value": ["15"]})
    assert api.sent("PUT", "/v1/campaigns/camp_7") == {
        "discount": {"type": "PERCENT", "percent_off": 15}
    }


def test_a_giveaway_has_ended_once_it_closed() -> None:
    assert "Ended" in Browser(draw_api(giveaway())).get("/campaigns/camp_7").texts("span", class_="badge")  # fmt: skip


def test_before_it_closes_the_commitment_is_shown_and_nothing_can_be_drawn() -> None:
    page = Browser(draw_api(giveaway(AHEAD))).get("/campaigns/camp_7/draw")
    assert "c0ffee" in page.find("section", aria_label="Commitment").text
    assert not page.find_all("dialog", id="draw-now")


def test_the_draw_says_before_what_it_will_do_and_is_asked_for_once() -> None:
    api = draw_api(giveaway())
    told = Browser(api).get("/campaigns/camp_7/draw").find("dialog", id="draw-now").text
    assert "Of 3 entries 3 are drawn" in told
    assert "drawn once" in told
    words = Browser(api).get("/campaigns/giveaways/new").find(id="told").text
    assert "can be drawn from then on" in words and "is drawn then" not in words
    api.says("POST", f"{PATH}/draw", {"drawn": DRAWN})
    Browser(api).post("/campaigns/camp_7/draw", {"idempotency_key": "k"})
    (asked,) = api.asked_for("POST", f"{PATH}/draw")
    assert asked.headers["Idempotency-Key"] == "k"


def test_who_may_only_look_cannot_draw() -> None:
    page = Browser(draw_api(giveaway(), "campaigns.read")).get("/campaigns/camp_7/draw")
    assert not page.find_all("dialog", id="draw-now")
    assert Browser(draw_api(giveaway(), "campaigns.read")).post("/campaigns/camp_7/draw").status == 403  # fmt: skip


def test_winners_are_shown_with_their_prizes_and_what_is_missing() -> None:
    page = Browser(draw_api(giveaway(), is_drawn=True)).get("/campaigns/camp_7/draw")
    gone, won, waits = (
        each.text for each in page.find("table", aria_label="Winners").find_all("tr")[1:]
    )
    assert "Refused minor" in gone and "taken back" in gone
    assert "Person 2" in won and "500 points" in won and "CLUB-1" in won
    assert "No code left" in waits
    assert "1 of 2 winners have no prize yet" in page.text
    assert "5eed" in page.find("section", aria_label="Proof").text


def test_winners_that_cannot_be_asked_for_are_not_told_as_none() -> None:
    api = draw_api(giveaway(), is_drawn=True)
    api.refuses("GET", "/v1/giveaways/camp_7/winners", 503)
    page = Browser(api).get("/campaigns/camp_7/draw")
    assert page.status == 503
    assert "None yet" not in page.text


def test_a_winner_is_refused_with_a_reason_and_missing_prizes_are_handed_out() -> None:
    api = draw_api(giveaway(), is_drawn=True)
    path = f"{PATH}/winners/gve_2/refuse"
    api.says("POST", path, {"drawn": DRAWN})
    api.says("POST", f"{PATH}/prizes", {"drawn": DRAWN})
    Browser(api).post("/campaigns/camp_7/draw/gve_2/refuse", {"reason": "lives elsewhere"})
    assert api.sent("POST", path) == {"reason": "lives elsewhere"}
    Browser(api).post("/campaigns/camp_7/draw/prizes", {})
    assert api.asked_for("POST", f"{PATH}/prizes")


def test_entries_go_on_page_by_page() -> None:
    api = draw_api(giveaway(AHEAD))
    page = Browser(api).get("/campaigns/camp_7/entries")
    assert "Person 1" in page.text and "/orders/ord_1" in page.links
    assert "/campaigns/camp_7/entries?after=gve_1" in page.links
    Browser(api).get("/campaigns/camp_7/entries?after=gve_1")
    assert api.asked_for("GET", f"{PATH}/entries")[-1].url.params["starting_after_id"] == "gve_1"


def test_a_customer_is_entered_while_it_is_open() -> None:
    api = draw_api(giveaway(AHEAD))
    api.says("POST", f"{PATH}/entries", {"id": "gve_9"})
    form = {"customer": "cust_1", "source_id": "slip 7"}
    assert Browser(api).post("/campaigns/camp_7/entries", form).status == 303
    sent = api.sent("POST", f"{PATH}/entries")
    assert sent == {"customer": {"id": "cust_1"}, "source_id": "slip 7"}
    closed = Browser(draw_api(giveaway())).get("/campaigns/camp_7/entries")
    assert not closed.find_all("section", aria_label="Enter a customer")


@pytest.mark.parametrize("count", [1, 12, 40])
def test_the_script_that_is_shown_finds_the_draw_of_the_engine(tmp_path: Path, count: int) -> None:
    seed = hashlib.sha256(b"a seed").hexdigest()
    ids = [f"gve_{hashlib.sha256(str(each).encode()).hexdigest()[:24]}" for each in range(count)]
    proof = {
        "seed": seed,
        "commitment": commitment_of(seed),
        "entries_digest": entries_digest(ids),
        "places": draw_entries(seed, ids, 5),
    }
    gone = {"id": "gve_withdrawn", "withdrawn_at": PAST}
    rows = [gone, *({"id": each, "withdrawn_at": None} for each in ids)]
    page = {"data": rows, "has_more": False}
    start = CHECK.index("def ask(")
    end = CHECK.index("giveaway =")
    fake = f"def ask(path):\n    return {proof!r} if 'proof' in path else {page!r}\n\n"
    script = tmp_path / "check.py"
    script.write_text(CHECK[:start] + fake + CHECK[end:], "utf-8")
    said = subprocess.run(
        [sys.executable, "-P", str(script)], capture_output=True, text=True, check=True
    )
    assert said.stdout.count("True") == 3, said.stdout
