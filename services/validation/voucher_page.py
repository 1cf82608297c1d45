"""A page of the older list of vouchers that suit, worked out in turns with others."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Final

from engine.kernel.state import View
from engine.qualification.vouchers import (
    EVALUATED_MAX,
    LOOKED_AT_MAX,
    QualifyingRequest,
    offered_vouchers,
    own_vouchers,
    qualifies,
)
from fronts.query_string import Page
from schemas.base import Millis
from schemas.vouchers import Voucher

#: After how many evaluations others have their turn, and after how many entries that are passed.
EVALUATED_AT_ONCE: Final = 10
PASSED_AT_ONCE: Final = 200
#: By what the list can be ordered.
VOUCHER_ORDERS: Final[Mapping[str, Callable[[Voucher], tuple[int | str, ...]]]] = MappingProxyType(
    {
        "created_at": lambda voucher: (voucher.created_at, voucher.id),
        "updated_at": lambda voucher: (voucher.updated_at or voucher.created_at, voucher.id),
        "code": lambda voucher: (voucher.code,),
    }
)


async def voucher_page(
    view: View, asked: QualifyingRequest, page: Page, now: Millis
) -> list[Voucher]:
    """The page, as far as the bounds of engine/qualification/vouchers.py let it see."""
    by_time = page.order == "created_at"
    own = own_vouchers(view, asked.asker.customer_id, now)
    offered = offered_vouchers(view, now, newest_first=page.descending or not by_time)
    found = await _find_suiting(view, own, asked, now, EVALUATED_MAX)
    # in the order of the page, so that no further one could come to lie on it
    found += await _find_suiting(
        view, offered, asked, now, page.limit if by_time else EVALUATED_MAX
    )
    return sorted(found, key=VOUCHER_ORDERS[page.order], reverse=page.descending)[: page.limit]


async def _find_suiting(
    view: View,
    vouchers: Iterator[Voucher | None],
    asked: QualifyingRequest,
    now: Millis,
    enough: int,
) -> list[Voucher]:
    """The first that qualify, until there are enough."""
    found: list[Voucher] = []
    evaluated = 0
    for looked_at, voucher in enumerate(islice(vouchers, LOOKED_AT_MAX), 1):
        if looked_at % PASSED_AT_ONCE == 0:
            await asyncio.sleep(0)
        if voucher is None:
            continue
        if qualifies(view, voucher, asked, now):
            found.append(voucher)
        evaluated += 1
        if len(found) == enough or evaluated == EVALUATED_MAX:
            break
        if evaluated % EVALUATED_AT_ONCE == 0:
            await asyncio.sleep(0)
    return found
