"""What commands of redemptions and rollbacks answer.

Source: the API contract, section 8. Browsers see of customer and voucher what any visitor may.
"""

from types import MappingProxyType
from typing import Any

from engine.customers.body import customer_of
from engine.customers.browser_body import customer_for_browser, with_plain_voucher
from engine.evaluation.redeemable_body import inapplicable_body, skipped_body
from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.room import Answers, Rendered
from engine.redemptions.redemption_body import success_bodies
from engine.redemptions.rollback_body import rolled_back_body, stack_rolled_back_body
from schemas.base import Millis
from schemas.projects import KeyKind
from schemas.records import Decided
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded


def with_rollback(body: dict[str, Any], rollback_id: str, at: Millis) -> Body:
    """A redemption's body once it was rolled back; for readers that join the two."""
    related = dict(body.get("related_redemptions") or {})
    related["rollbacks"] = [{"id": rollback_id, "date": iso(at)}]
    return {**body, "status": "ROLLED_BACK", "related_redemptions": related}


def _redemption_succeeded(
    event: RedemptionSucceeded, record: Decided, key_kind: KeyKind
) -> Rendered:
    customer = customer_of(record)
    if customer is not None and key_kind == "client":
        customer = customer_for_browser(customer)
    entries, parent = success_bodies(event, record.at, customer, record.assignments)
    if key_kind == "client":
        entries = list(map(_for_browser, entries))
    outcomes = event.evaluation.outcomes
    body: Body = {"redemptions": entries}
    if parent is not None:
        body["parent_redemption"] = parent
    order = (parent or entries[0])["order"]
    if order is not None:
        body["order"] = order
    body["inapplicable_redeemables"] = [
        inapplicable_body(each, key_kind) for each in outcomes if each.status == "INAPPLICABLE"
    ]
    body["skipped_redeemables"] = [
        skipped_body(each, key_kind) for each in outcomes if each.status == "SKIPPED"
    ]
    return Rendered(200, body)


def _for_browser(body: Body) -> Body:
    """A redemption whose voucher, and the one that was a reward, say what any visitor may see."""
    shown = with_plain_voucher(body)
    if "reward" in shown:
        shown["reward"] = with_plain_voucher(shown["reward"])
    return shown


def _redemption_rolled_back(event: RedemptionRolledBack, record: Decided, _: KeyKind) -> Rendered:
    stack = record.command_type == "roll_back_stack"
    render = stack_rolled_back_body if stack else rolled_back_body
    return Rendered(200, render(event, record.at, customer_of(record), record.assignments))


ANSWERS: Answers = MappingProxyType(
    {
        RedemptionSucceeded: _redemption_succeeded,
        RedemptionRolledBack: _redemption_rolled_back,
    }
)
