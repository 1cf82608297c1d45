"""Forgetting: a customer is gone at once, and all that is personal becomes unreadable.

The customer's orders, redemptions, publications and vouchers stay and go on naming the id, which
leads nowhere from then on; so does the log, in which what is personal is sealed. The state keeps
whose keys have to be destroyed until a task has done it.
"""

from types import MappingProxyType

from engine.exports.decide import forget_exports
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.lookup import find_stored_customer, unknown_customer
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.base import Millis
from schemas.bin import BinEntryRemoved
from schemas.commands import Command
from schemas.erasures import (
    CustomerForgotten,
    EndErasures,
    ErasuresEnded,
    ForgetCustomer,
    PermanentDeletion,
)
from schemas.errors import Refusal


def forget_customer(
    view: View, command: Command, body: ForgetCustomer, now: Millis
) -> Decision | Refusal:
    """Removes the customer for good, also one in the bin, whose entry goes, too.

    Files that may show the customer go with them (engine/exports/decide.py).
    """
    stored = find_stored_customer(view, body.customer)
    if stored is None:
        return unknown_customer(body.customer)
    deletion = PermanentDeletion(new_id(command.seed, "del_"), stored.id, now)
    forgotten = CustomerForgotten(deletion)
    entry = stored.bin_entry_id and view.get(tables.BIN, stored.bin_entry_id)
    first = [BinEntryRemoved(entry)] if entry else []
    return Decision((*first, *forget_exports(view, now), forgotten))


def end_erasures(view: View, _: Command, body: EndErasures, __: Millis) -> Decision:
    """Notes that keys are destroyed; nothing for those of whom that is noted already."""
    ended = tuple(each for each in body.ids if view.get(tables.ERASURES, each) is not None)
    return Decision((ErasuresEnded(ended),) if ended else ())


DECISIONS: Decisions = MappingProxyType(
    {
        ForgetCustomer: forget_customer,
        EndErasures: end_erasures,
    }
)
