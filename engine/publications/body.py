"""Publications. Source: the API contract, section 10; lists show less of a voucher."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from engine.customers.body import customer_of, short_customer_body
from engine.customers.browser_body import customer_for_browser, with_plain_voucher
from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.room import Answers, Rendered
from engine.terms.body import card_body, discount_body, gift_body
from engine.vouchers.body import voucher_body
from schemas.base import tag_of
from schemas.categories import Category
from schemas.projects import KeyKind
from schemas.publications import (
    AddMember,
    Publication,
    PublicationRepeated,
    PublicationSucceeded,
)
from schemas.records import Decided
from schemas.vouchers import Voucher

#: The stored type of the command that makes a member.
_ADD_MEMBER: Final = tag_of(AddMember)
#: What a member shows although it is nothing.
_NULL_OF_MEMBERS: Final = frozenset({"discount", "gift"})


def publication_body(
    publication: Publication,
    vouchers: Sequence[Voucher],
    customer: Body | None,
    categories: Sequence[Category] = (),
) -> Body:
    """The answer to a publication: one voucher, several by their codes.

    `customer` is the short form of the customer (engine/customers/body.py).
    """
    body = _common(publication, customer)
    body["result"] = "SUCCESS"
    # the contract knows this one channel in answers; lists show the caller's own
    body["channel"] = "API"
    if len(vouchers) == len(publication.codes) == 1:
        voucher = voucher_body(vouchers[0], categories=categories)
        del voucher["validation_rules_assignments"]
        body["voucher"] = voucher
    else:
        body["vouchers"] = list(publication.codes)
    return body


def publication_row_body(publication: Publication, customer: Body | None) -> Body:
    """A publication, or a failed one, in a list; a voucher as it was when it was published."""
    body = _common(publication, customer)
    failed = publication.failure_code is not None
    body["result"] = "FAILURE" if failed else "SUCCESS"
    if failed:
        body["failure_code"] = publication.failure_code
        body["failure_message"] = publication.failure_message
    if failed or len(publication.codes) != 1:
        body["vouchers"] = list(publication.codes)
    else:
        body["voucher"] = _voucher(publication)
    return body


def _voucher(publication: Publication) -> Body:
    body: Body = {
        "code": publication.codes[0],
        "object": "voucher",
        "campaign": publication.campaign,
        "is_referral_code": publication.is_referral_code,
    }
    if publication.discount is not None:
        body["discount"] = discount_body(publication.discount)
    if publication.gift is not None:
        body["gift"] = gift_body(publication.gift)
    if publication.loyalty_card is not None:
        body["loyalty_card"] = card_body(publication.loyalty_card)
    return body


def member_body(card: Voucher, categories: Sequence[Category] = ()) -> Body:
    """A member of a loyalty program: the card, without what it knows only where it says something."""
    body = voucher_body(card, categories=categories)
    del body["validation_rules_assignments"]
    return {
        name: value for name, value in body.items() if value is not None or name in _NULL_OF_MEMBERS
    }


def _common(publication: Publication, customer: Body | None) -> Body:
    body: Body = {
        "id": publication.id,
        "object": "publication",
        "created_at": iso(publication.created_at),
        "customer_id": publication.customer_id,
        "metadata": publication.metadata,
        "channel": publication.channel,
        "source_id": publication.source_id,
        "vouchers_id": list(publication.voucher_ids),
    }
    return body | whose_body(customer)


def whose_body(customer: Body | None) -> Body:
    """What a publication says of its customer, in the short form; nothing of it is stored with it.

    It is tracked by what the shop knows the customer by.
    """
    if customer is None or "source_id" not in customer:
        return {"customer": customer}
    return {"customer": customer, "tracking_id": customer["source_id"]}


def _publication_succeeded(
    event: PublicationSucceeded | PublicationRepeated, record: Decided, key_kind: KeyKind
) -> Rendered:
    if record.command_type == _ADD_MEMBER:
        return Rendered(200, member_body(event.vouchers[0], record.categories))
    customer = customer_of(record)
    if customer is not None and key_kind == "client":
        customer = customer_for_browser(customer)
    known = None if customer is None else short_customer_body(customer)
    body = publication_body(event.publication, event.vouchers, known, record.categories)
    return Rendered(200, with_plain_voucher(body) if key_kind == "client" else body)


ANSWERS: Answers = MappingProxyType(
    {
        PublicationSucceeded: _publication_succeeded,
        PublicationRepeated: _publication_succeeded,
    }
)
