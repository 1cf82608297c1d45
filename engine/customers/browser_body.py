"""What a client-side key is not told, although the same answer tells it to a server-side one.

A browser may guess: a code, a source id. So it learns of a customer no more than the id and the
source id, of a voucher not whom it was given to nor what the shop noted on it, and of a refusal not
the values that were compared (`engine/kernel/error_body.py`). docs/api.md lists it; a test walks
the answers.
"""

from msgspec import structs

from engine.kernel.encode import Body
from schemas.customers import Customer
from schemas.personal import Personal, PersonalData


def customer_for_browser(customer: Customer) -> Customer:
    """The customer without anything that whoever guessed a source id could learn."""
    data = customer.personal.data
    known = None if data is None else PersonalData(source_id=data.source_id)
    return structs.replace(customer, personal=Personal(customer.personal.owner, known))


def with_plain_voucher(body: Body) -> Body:
    """A body whose `voucher` keeps the shop's notes and its holder to itself."""
    voucher = body.get("voucher")
    if voucher is None:
        return body
    shown = {name: value for name, value in voucher.items() if name != "holder_id"}
    return {**body, "voucher": {**shown, "additional_info": None}}
