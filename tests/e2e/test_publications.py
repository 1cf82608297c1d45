"""Codes given to customers; by the official client."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import voucherify as sdk

from tests.e2e.plain import Plain
from tests.e2e.shop import Shop, refused, told


@pytest.fixture
def who() -> str:
    """A customer's source id that nobody has."""
    return f"who-{uuid4().hex[:10]}"


def campaign(shop: Shop, count: int = 3, **fields: Any) -> Any:
    """A new campaign with that many vouchers."""
    body = {
        "name": f"Campaign {uuid4().hex[:8]}",
        "campaign_type": "DISCOUNT_COUPONS",
        "type": "STATIC",
        "vouchers_count": count,
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "AMOUNT", "amount_off": 100},
        },
    } | fields
    return told(shop.campaigns.create_campaign, sdk.CampaignsCreateRequestBody.from_dict(body))


def asked(who: str, **body: Any) -> Any:
    """The body of a publication to a customer."""
    return sdk.PublicationsCreateRequestBody.from_dict({"customer": {"source_id": who}} | body)


def given(shop: Shop, who: str, *, join_once: bool | None = None, **body: Any) -> Any:
    """The answer to a publication that succeeds."""
    return told(shop.publications.create_publication, join_once, asked(who, **body))


def withheld(shop: Shop, who: str, **body: Any) -> Any:
    """The error of a publication that does not."""
    return refused(shop.publications.create_publication, None, asked(who, **body))


def test_a_customer_is_given_a_code_and_redeems_it(shop: Shop, who: str) -> None:
    made = campaign(shop)
    publication = given(
        shop, who, campaign={"name": made.name}, metadata={"list": "spring"}, channel="mail"
    )
    assert (publication.result, publication.metadata) == ("SUCCESS", {"list": "spring"})
    voucher = publication.voucher
    assert publication.vouchers_id == [voucher.id]
    assert (voucher.holder_id, voucher.publish.count) == (publication.customer_id, 1)
    assert publication.customer.source_id == who
    found = told(shop.vouchers.get_voucher, voucher.code)
    assert (found.holder_id, found.publish.count) == (publication.customer_id, 1)
    redeemed = shop.redeem(voucher.code, customer={"source_id": who})
    assert redeemed.redemptions[0].status == "SUCCEEDED"


def test_a_code_is_given_once_whoever_asks_at_the_same_time(shop: Shop) -> None:
    made = campaign(shop, 20)
    people = [f"who-{uuid4().hex[:10]}" for _ in range(20)]
    with ThreadPoolExecutor(8) as pool:
        publications = pool.map(lambda who: given(shop, who, campaign={"name": made.id}), people)
        codes = [each.voucher.code for each in publications]
    assert len(set(codes)) == 20
    error = withheld(shop, people[0], campaign={"name": made.name})
    assert error[:2] == (400, "no_voucher_suitable_for_publication")


def test_joining_once_and_source_ids_give_the_same_code(shop: Shop, who: str) -> None:
    made = campaign(shop)
    choice = {"name": made.name}
    first = given(shop, who, join_once=True, campaign=choice)
    again = given(shop, who, join_once=True, campaign=choice)
    assert (again.id, again.voucher.code) == (first.id, first.voucher.code)
    source_id = f"mail-{uuid4().hex[:8]}"
    named = given(shop, who, campaign=choice, source_id=source_id)
    repeated = given(shop, who, campaign=choice, source_id=source_id)
    assert repeated.id == named.id != first.id
    other = withheld(shop, f"{who}-2", campaign=choice, source_id=source_id)
    assert other.key == "duplicate_source_id"
    listed = told(shop.publications.list_publications, source_id=source_id)
    assert [each.id for each in listed.publications] == [named.id]


def test_a_campaign_that_updates_itself_never_runs_out(shop: Shop, who: str) -> None:
    made = campaign(shop, 1, type="AUTO_UPDATE")
    publication = given(shop, who, campaign={"name": made.name, "count": 3})
    assert len(set(publication.vouchers)) == 3
    more = given(shop, who, campaign={"name": made.name})
    assert more.voucher.code not in publication.vouchers
    assert shop.redeem(more.voucher.code).redemptions[0].status == "SUCCEEDED"
    assert told(shop.campaigns.get_campaign, made.id).vouchers_count == 4


def test_one_voucher_is_given_to_one_customer(shop: Shop, who: str) -> None:
    card = shop.gift(500)
    publication = given(shop, who, voucher=card.code)
    assert publication.voucher.gift.balance == 500
    error = withheld(shop, f"{who}-2", voucher=card.code)
    assert error[:2] == (400, "voucher_already_published")
    listed = told(shop.publications.list_publications, voucher=card.code)
    assert [each.result for each in listed.publications] == ["FAILURE", "SUCCESS"]
    failure = listed.publications[0]
    assert failure.failure_code == "voucher_already_published"
    assert failure.vouchers == [card.code]


def test_publications_are_listed_and_filtered(shop: Shop, plain: Plain, who: str) -> None:
    made = campaign(shop, 4)
    for number in range(3):
        given(shop, who, campaign={"name": made.name}, metadata={"number": number})
    page = told(shop.publications.list_publications, limit=2, campaign=made.name)
    assert (page.total, len(page.publications)) == (3, 2)
    newest = page.publications[0]
    assert newest.customer.source_id == who
    mine = told(shop.publications.list_publications, customer=newest.customer_id)
    assert mine.total == 3
    filters = {
        "filters[customer_id][conditions][$is]": newest.customer_id,
        "filters[metadata.number][conditions][$is]": "1",
    }
    body = plain.get("/v1/publications", **filters)
    (one,) = body["publications"]
    assert one["metadata"] == {"number": 1}


def test_a_publication_may_stand_in_the_query(shop: Shop, who: str) -> None:
    made = campaign(shop)
    publication = told(
        shop.publications.create_publication1,
        customer=sdk.Customer(source_id=who),
        campaign=sdk.CreatePublicationCampaign(name=made.name),
    )
    assert publication.voucher.holder_id == publication.customer_id


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"voucher": "NONE"}, (404, "not_found")),
        ({"campaign": {"name": "NONE"}}, (404, "not_found")),
        ({}, (400, "missing_vouchers")),
    ],
)
def test_what_is_not_there_is_not_given(
    shop: Shop, who: str, body: dict[str, Any], error: tuple[int, str]
) -> None:
    assert withheld(shop, who, **body)[:2] == error
