"""Whom somebody referred, and whom those did: a tree of one program, within bounds."""

from typing import Final

from engine.kernel import tables
from engine.kernel.calendar import iso_or_none
from engine.kernel.encode import Body
from engine.kernel.state import View
from engine.prizes.body import given_body
from engine.referrals.find import find_referral
from schemas.referrals import Referral

#: How deep a tree is shown, how many are below one customer, and how many in all.
DEPTH_MAX: Final = 5
BELOW_MAX: Final = 100
NODES_MAX: Final = 500
#: How many codes of a customer are looked at.
CODES_MAX: Final = 20


class Tree:
    """Shows the tree below a customer; what does not fit is told as left out."""

    def __init__(self, view: View, campaign_id: str, depth: int) -> None:
        self._view = view
        self._campaign_id = campaign_id
        self._depth = min(depth, DEPTH_MAX)
        self._left = NODES_MAX

    def body(self, customer_id: str) -> Body:
        """The customer, by whom it came, and whom it referred."""
        own = find_referral(self._view, customer_id, self._campaign_id)
        converted = own is not None and own.status == "CONVERTED"
        return {
            "campaign_id": self._campaign_id,
            "customer_id": customer_id,
            "referrer_id": own.referrer_id if own is not None and converted else None,
            **self._below(customer_id, self._depth, {customer_id}),
            "object": "referral_tree",
        }

    def _below(self, customer_id: str, depth: int, above: set[str]) -> Body:
        shown: list[Body] = []
        more = False
        for referral in self._referees(customer_id):
            # two may have referred one another, by codes of one program
            if referral.customer_id in above:
                continue
            if not depth or not self._left or len(shown) == BELOW_MAX:
                more = True
                break
            self._left -= 1
            below = self._below(referral.customer_id, depth - 1, above | {referral.customer_id})
            shown.append(_node(referral) | below)
        return {"referees": shown, "has_more": more}

    def _referees(self, customer_id: str) -> list[Referral]:
        """Whom the customer's codes brought, a few more than are shown."""
        found: list[Referral] = []
        holdings = self._view.scan(tables.HOLDINGS, customer_id, self._campaign_id)
        for number, holding in enumerate(holdings):
            if number == CODES_MAX:
                break
            for referee in self._view.scan(tables.REFEREES, holding.voucher_id):
                referral = find_referral(self._view, referee, self._campaign_id)
                if referral is not None:
                    found.append(referral)
                if len(found) > 2 * BELOW_MAX:
                    return found
        return found


def _node(referral: Referral) -> Body:
    rewards = {
        name: None if given is None else given_body(given)
        for name, given in (
            ("referee_reward", referral.referee_reward),
            ("referrer_reward", referral.referrer_reward),
        )
    }
    return {
        "customer_id": referral.customer_id,
        "code": referral.code,
        "status": referral.status,
        "date": iso_or_none(referral.converted_at),
        "related_object_id": referral.related_object_id,
        "related_object_type": referral.related_object_type,
        **rewards,
    }
