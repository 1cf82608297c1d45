"""What events of loyalty programs change: the rules of a program, and cards."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.answers.subject import VOUCHER, Subject
from schemas.earning import (
    EARNING_RULE_EVENTS,
    PointsEarned,
    PointsPending,
    PointsTakenBack,
)
from schemas.pending import PENDING_EVENTS
from schemas.rewards import REWARD_ASSIGNMENT_EVENTS, REWARD_EVENTS

#: What each event changes.
SUBJECTS: Final[Mapping[type[Any], Subject]] = MappingProxyType(
    {
        **dict.fromkeys(EARNING_RULE_EVENTS, Subject("earning_rule", "rule")),
        **dict.fromkeys(REWARD_EVENTS, Subject("reward", "reward")),
        **dict.fromkeys(REWARD_ASSIGNMENT_EVENTS, Subject("reward_assignment", "assignment")),
        **dict.fromkeys(PENDING_EVENTS, VOUCHER),
        PointsEarned: VOUCHER,
        PointsPending: VOUCHER,
        PointsTakenBack: VOUCHER,
    }
)
