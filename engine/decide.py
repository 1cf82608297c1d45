"""The decision over a command: one function for each kind, grouped by feature.

Pure: state through a `View`, time and randomness through the arguments. `decide` is total over
commands that decode; what cannot be done is a refusal, never an exception.
"""

from typing import assert_never

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
from schemas.base import Millis
from schemas.commands import (
    ChangeTrustedOrigins,
    Command,
    CreateProject,
    CreateVoucher,
    DeleteVoucher,
    DisableVoucher,
    EnableVoucher,
    ExpireDue,
    LockSession,
    OpenProject,
    RedeemStack,
    ReleaseSession,
    ReplaceKey,
    RollBackRedemption,
    RollBackStack,
    UpdateVoucher,
    UpsertCustomer,
)

__all__ = ["Decision", "decide"]


def decide(view: View, command: Command, now: Millis) -> Decision:
    """The facts of a command that `admit` let through."""
    body = command.body
    refusal = unknown_project(view, body)
    if refusal is not None:
        return Decision(refusal=refusal)
    match body:
        case RedeemStack():
            return redeem_stack(view, command, body, now)
        case LockSession():
            return lock_session(view, command, body, now)
        case ReleaseSession():
            return release_session(view, body, now)
        case RollBackRedemption() | RollBackStack():
            return roll_back(view, command, body, now)
        case CreateVoucher():
            return create_voucher(view, command, body, now)
        case UpdateVoucher():
            return update_voucher(view, body, now)
        case EnableVoucher(voucher=named):
            return enable_voucher(view, named, now)
        case DisableVoucher(voucher=named):
            return disable_voucher(view, named, now)
        case DeleteVoucher(voucher=named):
            return delete_voucher(view, named)
        case UpsertCustomer():
            return upsert_customer(view, command, body, now)
        case ExpireDue():
            return expire_due(view, now)
        case CreateProject():
            return create_project(view, body, now)
        case OpenProject():
            return open_project(view)
        case ReplaceKey():
            return replace_key(view, body)
        case ChangeTrustedOrigins():
            return change_trusted_origins(view, body)
        case _:
            assert_never(body)
