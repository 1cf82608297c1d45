"""Which vouchers a customer could redeem now, for the older endpoint that asks without a code.

A project may have millions of vouchers, so only so many are looked at: first those that the
customer holds, then, of the project's first ones in the order of their ids, those of no campaign.
A campaign's voucher that the customer does not hold is somebody else's, or nobody's yet.
"""

from collections.abc import Iterator
from itertools import islice

from engine import tables
from engine.evaluate import evaluate_for
from engine.state import View
from schemas.api import OrderInput, Redeemable
from schemas.base import Metadata, Millis
from schemas.commands import RequestContext
from schemas.entities import KeyKind, Voucher

LOOKED_AT_MAX = 500


def qualifying(
    view: View,
    order: OrderInput | None,
    customer_id: str | None,
    metadata: Metadata | None,
    now: Millis,
    key_kind: KeyKind,
) -> Iterator[Voucher]:
    """The vouchers that a redemption of them alone would take, each once."""
    seen: set[str] = set()
    for voucher in islice(_candidates(view, customer_id), LOOKED_AT_MAX):
        if voucher.id in seen:
            continue
        seen.add(voucher.id)
        asked = RequestContext((Redeemable("voucher", voucher.id),), order, metadata=metadata)
        if evaluate_for(view, asked, customer_id, now, key_kind).valid:
            yield voucher


def _candidates(view: View, customer_id: str | None) -> Iterator[Voucher]:
    if customer_id is not None:
        for holding in view.scan(tables.HOLDINGS, customer_id):
            held = view.get(tables.VOUCHERS, holding.voucher_id)
            if held is not None:
                yield held
    for voucher in islice(view.scan(tables.VOUCHERS), LOOKED_AT_MAX):
        if voucher.campaign_id is None and voucher.holder_id is None:
            yield voucher
