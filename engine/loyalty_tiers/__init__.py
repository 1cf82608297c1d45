"""Tiers of loyalty programs, and who is in which.

A member is a card that a customer holds. Which tier it is in follows from the points that count, by
the range that they lie in; what lies in no range is in no tier. The tier with more points (`from`) is
the higher one.

By the balance (`BALANCE`; also where the program says nothing):

- `BALANCE_DROP`: the tier is always that of the balance.
- `CUSTOM`: a tier is reached at once and lasts for `extend`, moved to where `rounding` says, also when
  the balance drops. A higher one that is reached meanwhile takes its place, and whoever reaches the
  range of the tier again is counted from then. When it is over, the balance decides: of the same tier
  it is prolonged, of a lower one the member is downgraded to that, of none it leaves.

By the points that are collected in a period (`POINTS_IN_PERIOD`), of the project's calendar: what is
earned and what is added by hand counts in the month in which it comes, what is taken back for a
canceled order, a referral or a reward that is rolled back is subtracted in the month in which that
happens; what is transferred, spent, taken off by hand or expires changes nothing. A period qualifies for the tier of its points:

- `IMMEDIATE`: from when they are reached on, to the end of the period (`END_OF_PERIOD`) or of the next
  one (`END_OF_NEXT_PERIOD`);
- `NEXT_PERIOD`: from the beginning of the next period on, to its end or to that of the one after it;
- in each case `extend` longer; `CUSTOM`: for `extend` after the end of the period in which the points
  were collected, moved to where `rounding` says.

A member is in the highest tier that any period qualifies for, to the latest end of these: a later
period that qualifies for the same tier prolongs it, and when it ends without, the member comes to the
next best that is still valid, or leaves. Nothing waits for a sweep: who asks compares with now.
"""
