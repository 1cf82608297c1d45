"""What time ends."""

from schemas.base import Shape


class ExpireDue(Shape, tag="expire_due", frozen=True):
    """Sweeps what is over: sessions past their time, redemptions past the rollback window."""


ExpiryCommand = ExpireDue
