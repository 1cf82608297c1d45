"""What-if: a draft is simulated over what was asked, over HTTP and on the command line."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.e2e.plain import Plain
from tests.e2e.shop import Shop
from tests.e2e.system import System, eventually

PATH = "/v1/analytics/simulations"


def _tier(percent: int) -> dict[str, Any]:
    discount = {"type": "PERCENT", "percent_off": percent}
    return {"name": "Draft tier", "action": {"discount": discount}, "validation_rules": ["large"]}


def test_a_draft_is_simulated_over_what_was_asked(
    shop: Shop, plain: Plain, system: System, tmp_path: Path
) -> None:
    begin = datetime.now(UTC)
    code = shop.percent(10).code
    asked = {"redeemables": [{"object": "voucher", "id": code}]}
    for amount in (1000, 8000, 9000):
        body = asked | {"order": {"amount": amount}}
        assert plain.ask("POST", "/v1/redemptions", json=body).status_code == 200
        plain.ask("POST", "/v1/validations", json=body)
    period = {"from": begin.isoformat(), "to": (begin + timedelta(days=1)).isoformat()}
    rule = {"1": {"name": "order.amount", "conditions": {"$more_than": [5000]}, "rules": {}}}
    draft = {
        "campaign": {
            "name": "Draft",
            "campaign_type": "PROMOTION",
            "promotion": {"tiers": [_tier(20)]},
        },
        "validation_rules": [{"name": "large", "rules": rule}],
    }
    before = plain.get("/v1/campaigns")["total"]
    made = plain.ask("POST", PATH, json=draft | period)
    assert made.status_code == 200, made.text
    path = f"{PATH}/{made.json()['id']}"
    eventually(lambda: plain.get(path)["status"] in ("DONE", "FAILED"))
    done = plain.get(path)
    assert (done["status"], done["progress"]) == ("DONE", 100), done
    totals = done["result"]["totals"]
    assert (totals["redemptions"], totals["redemptions_matched"]) == (3, 2)
    assert (totals["validations"], totals["validations_matched"]) == (3, 2)
    # a fifth of what ten percent left of 8000 and 9000
    assert totals["discount_amount"] == 1440 + 1620
    assert totals["order_amount"] == 17_000
    assert done["result"]["not_matched"] == {"order_rules_violated": 1}
    assert plain.get("/v1/campaigns")["total"] == before

    file = tmp_path / "draft.json"
    file.write_text(json.dumps(draft))
    project = system.keys["project_id"]
    within = ("--from", period["from"], "--to", period["to"])
    options = ("--project", project, "--campaign", str(file), *within)
    told = system.command("simulate", *options, "--format", "json")
    assert json.loads(told.stdout)["totals"] == totals
    text = system.command("simulate", *options).stdout
    assert "discount_amount  3060" in text
    first = system.command("simulate", *options, "--placing", "first", "--format", "json")
    displaced = json.loads(first.stdout)
    assert displaced["totals"]["offers_reduced"] == 2
    assert displaced["totals"]["displaced_amount"] == 160 + 180
    assert plain.ask("DELETE", path).status_code == 204
    assert plain.get(PATH)["data"] == []
