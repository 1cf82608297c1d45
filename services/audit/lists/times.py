"""The times of entities as lists filter them, and whether something is active now."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.audit.lists.filters import Field, state, time
from services.audit.unknown import UNKNOWN

_STARTED: Final = f"(start_date = {UNKNOWN} OR start_date <= {{now:Int64}})"
_ENDED: Final = f"(expiration_date != {UNKNOWN} AND expiration_date <= {{now:Int64}})"
#: By the entity's own dates and switch; a voucher's campaign is not looked at.
ACTIVE: Final = state(
    active=f"active = 1 AND {_STARTED} AND NOT {_ENDED}",
    expired=_ENDED,
    enabled="active = 1",
    disabled="active = 0",
)
#: The times that vouchers and campaigns have in common.
TIMES: Final[Mapping[str, Field]] = MappingProxyType(
    {
        "created_at": time("created_at"),
        "created_date": time("created_at"),
        "updated_at": time(f"if(updated_at = 0, {UNKNOWN}, updated_at)"),
        "start_date": time("start_date"),
        "expiration_date": time("expiration_date"),
    }
)
