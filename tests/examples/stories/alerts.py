"""What a project is alerted of, from where on, and for how long one alert goes on."""

from engine.kernel import tables
from schemas.alerts import KEPT_DAYS, AlertKind, RaiseAlert
from tests.examples.telling import DAY, MINUTE, PROJECT, Shop


async def alerts(shop: Shop) -> None:
    """Thresholds are set; something goes beyond one, goes on, is quiet, and does so again."""
    await shop.post("/v1/campaigns", _CAMPAIGN)
    thresholds = {
        "budgets": [{"campaign_id": "Spring", "planned_per_hour": 10_000}],
        "budget_percent": 200,
        "code_redemptions_per_minute": 100,
        "code_times_usual": 10,
        "failures_per_minute": 10,
        "failures_times_usual": 2,
        "guesses_per_minute": 5,
        "quiet_minutes": 20,
    }
    set_now = await shop.put("/v1/analytics/alerts/thresholds", thresholds)
    campaign_id = set_now["budgets"][0]["campaign_id"]
    start = shop.ledger.now // MINUTE * MINUTE
    await _beyond(shop, "budget.burning", campaign_id, start, campaign=campaign_id)
    await _beyond(shop, "codes.guessed", "cust_1", start)
    await _beyond(shop, "codes.guessed", "cust_1", start)
    await _beyond(shop, "codes.guessed", "cust_1", start + 10 * MINUTE, before=start)
    await _beyond(shop, "codes.guessed", "cust_1", start + 40 * MINUTE)
    known = list(shop.ledger.view(PROJECT).scan(tables.ALERTS))
    assert len(known) == 3
    listed = await shop.ask("GET", "/v1/analytics/alerts?type=codes.guessed")
    assert listed["total"] == 2
    shop.wait((KEPT_DAYS + 1) * DAY)
    await _beyond(shop, "code.rate", "v_1", shop.ledger.now // MINUTE * MINUTE)
    assert [each.kind for each in shop.ledger.view(PROJECT).scan(tables.ALERTS)] == ["code.rate"]


_CAMPAIGN = {
    "name": "Spring",
    "campaign_type": "DISCOUNT_COUPONS",
    "voucher": {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 500}},
}


async def _beyond(
    shop: Shop,
    kind: AlertKind,
    subject: str,
    window: int,
    *,
    campaign: str | None = None,
    before: int | None = None,
) -> None:
    await shop.send(RaiseAlert(kind, subject, window, 20, 5, campaign, before))
