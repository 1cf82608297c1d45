"""What time ends."""

from schemas.base import Shape


class ExpireDue(Shape, tag="expire_due", frozen=True):
    """Sweeps what is over: sessions past their time, redemptions past the rollback window."""

    #: One of so many parts of the cards that are looked at once else; found by `decide`, where what
    #: becomes of them would be too large for a record.
    share: int = 1


ExpiryCommand = ExpireDue
