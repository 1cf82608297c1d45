"""What events of loyalty programs change: the rules of a program, and cards."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.answers.subject import VOUCHER, Subject
from schemas.base import Shape
from schemas.earning import (
    EARNING_RULE_EVENTS,
    PointsEarned,
    PointsPending,
    PointsTakenBack,
)
from schemas.pending import PENDING_EVENTS

_RULES: Final[frozenset[type[Any]]] = EARNING_RULE_EVENTS
_PENDING: Final[frozenset[type[Any]]] = PENDING_EVENTS
#: What each event changes.
SUBJECTS: Final[Mapping[type[Shape], Subject]] = MappingProxyType(
    {
        **dict.fromkeys(_RULES, Subject("earning_rule", "rule")),
        **dict.fromkeys(_PENDING, VOUCHER),
        PointsEarned: VOUCHER,
        PointsPending: VOUCHER,
        PointsTakenBack: VOUCHER,
    }
)
