"""What is bad about earning rules, pending points and balances of members."""

from typing import Any, Final

from tests.unit.services.bad_input.asking import Before, Rows, delete, get, post, put, shown

CARD: Final = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0}}
PROGRAM: Final = {"name": "Beans", "campaign_type": "LOYALTY_PROGRAM", "voucher": CARD}
FIXED: Final = {"type": "FIXED", "points": 1}
PAID: Final = {"event": "order.paid", "loyalty": FIXED}
RULES: Final = "loyalties/Beans/earning-rules"
ANN: Final = {"source_id": "ann"}


def _rule(**more: Any) -> list[dict[str, Any]]:
    return [PAID | more]


EARNING: Final[Rows] = {
    "a body that is no array; a rule without an event or points; points of an unknown form, of another event, below 0 or broken; more than 100 rules": post(
        RULES, PAID, [5], [{"loyalty": FIXED}], [{"event": "order.paid"}],
        _rule(loyalty={"type": "ODD"}), _rule(loyalty=FIXED | {"points": -1}),
        _rule(loyalty=FIXED | {"points_formula": "1 +"}), _rule(loyalty={"type": "PROPORTIONAL"}),
        _rule(loyalty={"type": "PROPORTIONAL", "calculation_type": "CUSTOMER_METADATA"}),
        [PAID] * 101,
    ),
    "a limit of nothing or below 1; pending_points of another event than order.paid, of days that are not counted, or of more than 3660; a segment or a tier of another event; expiration_rules, dates or hours that make no sense; notice_days, which are the program's": post(
        RULES, _rule(limits={}), _rule(limits={"count": 0}), _rule(limits={"count": 1, "period": "odd"}),
        _rule(event="visit", pending_points={"period_value": 1}),
        _rule(pending_points={"period_value": 3661}), _rule(pending_points={"period_type": "DAY"}), _rule(segment={"id": "seg_1"}),
        _rule(loyalty_tier={"id": "ltr_1"}), _rule(event="customer.segment.entered"),
        _rule(expiration_rules={"period_type": "MONTH"}),
        _rule(expiration_rules={"period_type": "DAY", "period_value": 9, "notice_days": 2}),
        _rule(validity_hours={"daily": [{"start_time": "x", "expiration_time": "y"}]}),
    ),
    "an event, a segment, a tier or a schema of a rule that is there, changed": shown(
        "tests/unit/services/catalog/loyalty/test_earning_rules.py::test_only_what_is_named_changes_and_null_clears",
        "tests/unit/services/catalog/loyalty/test_earning_rules.py::test_what_a_rule_is_about_may_be_named_as_it_is_and_never_changed",
    ),
    "an unknown program, rule, segment, tier, schema or set of validation rules": (
        *get("loyalties/none/earning-rules", f"{RULES}/none"), *put(f"{RULES}/none", {}),
        *delete(f"{RULES}/none"), *post(f"{RULES}/none/enable", {}), *post(f"{RULES}/none/disable", {}),
        *post("loyalties/Spring/earning-rules", [PAID]),
        *post(RULES, _rule(validation_rule_id="val_none"), _rule(event="", custom_event={"schema_id": "ces_0"}),
              _rule(event="customer.segment.entered", segment={"id": "seg_0"}),
              _rule(event="customer.loyalty.tier.left", loyalty_tier={"id": "ltr_0"})),
    ),
    "points or expiration_date of the wrong type, 0 points, an unknown expiration_type": (
        *post("loyalties/members/A/balance", {}, {"points": 0}, {"points": "5"},
              {"points": 1, "expiration_type": "ODD"}, {"points": 1, "expiration_date": "soon"}),
        *post("loyalties/members/A/pending-points/lopp_0/balance", {}, {"points": 0}),
    ),
    "an estimate without a customer or an order": post(
        "loyalties/Beans/qualifications", {}, {"customer": ANN}, {"order": {"amount": 1}},
        {"customer": {}, "order": {"amount": 1}},
    ),
    "an unknown member or pending points": (
        *get("loyalties/none/pending-points", "loyalties/members/none/pending-points"),
        *post("loyalties/members/none/balance", {"points": 1}),
        *post("loyalties/members/none/pending-points/lopp_0/activate", {}),
        *post("loyalties/members/none/pending-points/lopp_0/cancel", {}),
    ),
}  # fmt: skip
BEFORE_EARNING: Final[Before] = (("beans", post("campaigns", PROGRAM)[0]),)
