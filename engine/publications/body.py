"""Publications. Source: the API contract, section 10; lists show less of a voucher."""

from collections.abc import Sequence

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.terms.body import discount_body, gift_body
from engine.vouchers.body import voucher_body
from schemas.assignments import RuleAssignment
from schemas.categories import Category
from schemas.publications import Publication
from schemas.vouchers import Voucher


def publication_body(
    publication: Publication,
    vouchers: Sequence[Voucher],
    customer: Body | None,
    assignments: Sequence[RuleAssignment] = (),
    categories: Sequence[Category] = (),
) -> Body:
    """The answer to a publication: one voucher in full, several by their codes."""
    body = _common(publication, customer)
    body["result"] = "SUCCESS"
    # the contract knows this one channel in answers; lists show the caller's own
    body["channel"] = "API"
    if len(vouchers) == len(publication.codes) == 1:
        body["voucher"] = voucher_body(vouchers[0], assignments, categories)
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
        "is_referral_code": False,
    }
    if publication.discount is not None:
        body["discount"] = discount_body(publication.discount)
    if publication.gift is not None:
        body["gift"] = gift_body(publication.gift)
    return body


def _common(publication: Publication, customer: Body | None) -> Body:
    body: Body = {
        "id": publication.id,
        "object": "publication",
        "created_at": iso(publication.created_at),
        "customer_id": publication.customer_id,
        "metadata": publication.metadata,
        "channel": publication.channel,
        "source_id": publication.source_id,
        "customer": customer,
        "vouchers_id": list(publication.voucher_ids),
    }
    if publication.tracking_id is not None:
        body["tracking_id"] = publication.tracking_id
    return body
