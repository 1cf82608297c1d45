"""The decision over a command: one function for each kind, in the file of its feature.

Pure: state through a `View`, time and randomness through the arguments. `decide` is total over
commands that decode; what cannot be done is a refusal, never an exception.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from engine.customers import upsert_customer
from engine.decision import Decision
from engine.expiry import expire_due
from engine.projects import (
    change_trusted_origins,
    create_project,
    open_project,
    replace_key,
    unknown_project,
)
from engine.redemptions import redeem_stack
from engine.rollbacks import roll_back
from engine.sessions import lock_session, release_session
from engine.state import View
from engine.vouchers import (
    create_voucher,
    delete_voucher,
    disable_voucher,
    enable_voucher,
    update_voucher,
)
from schemas import commands as c
from schemas.base import Millis

__all__ = ["DECISIONS", "Decision", "decide"]

#: Who decides what. A command without a line here fails a test (tests/unit/engine).
DECISIONS: Mapping[type[Any], Callable[[View, c.Command, Any, Millis], Decision]] = (
    MappingProxyType(
        {
            c.RedeemStack: redeem_stack,
            c.LockSession: lock_session,
            c.ReleaseSession: release_session,
            c.RollBackRedemption: roll_back,
            c.RollBackStack: roll_back,
            c.CreateVoucher: create_voucher,
            c.UpdateVoucher: update_voucher,
            c.EnableVoucher: enable_voucher,
            c.DisableVoucher: disable_voucher,
            c.DeleteVoucher: delete_voucher,
            c.UpsertCustomer: upsert_customer,
            c.ExpireDue: expire_due,
            c.CreateProject: create_project,
            c.OpenProject: open_project,
            c.ReplaceKey: replace_key,
            c.ChangeTrustedOrigins: change_trusted_origins,
        }
    )
)


def decide(view: View, command: c.Command, now: Millis) -> Decision:
    """The facts of a command that `admit` let through."""
    refusal = unknown_project(view, command.body)
    if refusal is not None:
        return Decision(refusal=refusal)
    return DECISIONS[type(command.body)](view, command, command.body, now)
