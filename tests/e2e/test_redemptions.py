"""Redemptions: one, stacks with their parent, gift cards, failures; by the official client."""

from tests.e2e.shop import Shop, new_code, spend


def test_one_redemption_has_no_parent(shop: Shop) -> None:
    voucher = shop.percent(10, redemption={"quantity": 2})
    body = shop.redeem(voucher.code, metadata={"till": 4})
    assert body.parent_redemption is None
    assert (body.inapplicable_redeemables, body.skipped_redeemables) == ([], [])
    (redeemed,) = body.redemptions
    assert redeemed.id.startswith("r_")
    assert (redeemed.result, redeemed.status) == ("SUCCESS", "SUCCEEDED")
    assert (redeemed.redemption, redeemed.metadata) == (None, {"till": 4})
    assert (redeemed.related_object_type, redeemed.related_object_id) == ("voucher", voucher.id)
    assert redeemed.channel.channel_type == "API"
    assert redeemed.voucher.redemption.redeemed_quantity == 1
    assert (body.order.amount, body.order.total_discount_amount) == (10_000, 1000)
    assert (body.order.total_amount, body.order.status) == (9000, "PAID")
    assert body.order.id.startswith("ord_")
    assert list(body.order.redemptions) == [redeemed.id]
    assert body.order.redemptions[redeemed.id]["related_object_id"] == voucher.id
    assert shop.state(voucher.code) == (1, None)


def test_a_stack_has_a_parent_with_the_final_order(shop: Shop) -> None:
    card, percent = shop.gift(100_000), shop.percent(20)
    amount = shop.discount(8000)
    body = shop.redeem(spend(card.code, 100), percent.id, amount.code, order={"amount": 200_000})
    parent = body.parent_redemption
    assert [each.redemption for each in body.redemptions] == [parent.id] * 3
    assert [each.order.discount_amount for each in body.redemptions] == [100, 40_080, 48_080]
    assert [each.voucher.code for each in body.redemptions] == [
        card.code, percent.code, amount.code,
    ]  # fmt: skip
    assert (body.redemptions[0].amount, body.redemptions[0].gift.amount) == (100, 100)
    assert parent.order.total_amount == body.order.total_amount == 151_920
    assert body.order.total_applied_discount_amount == 48_080
    children = [each.id for each in body.redemptions]
    assert set(body.order.redemptions) == {*children, parent.id}
    assert body.order.redemptions[parent.id]["stacked"] == children
    assert body.order.redemptions[children[0]]["related_object_parent_id"] == parent.id
    assert [each.id for each in parent.related_redemptions.redemptions] == children
    assert shop.state(card.code) == (1, 99_900)
    assert [shop.state(each.code) for each in (percent, amount)] == [(1, None), (1, None)]


def test_a_gift_card_pays_what_is_asked_for_or_all_it_can(shop: Shop) -> None:
    card = shop.gift(1000).code
    asked = shop.redeem(spend(card, 300)).redemptions[0]
    assert (asked.amount, asked.voucher.gift.balance) == (300, 700)
    small = shop.redeem(card, order={"amount": 200})
    assert (small.redemptions[0].amount, small.order.total_amount) == (200, 0)
    capped = shop.redeem(spend(card, 400), order={"amount": 100})
    assert capped.redemptions[0].amount == 100
    rest = shop.redeem(card)
    assert (rest.redemptions[0].amount, rest.order.total_amount) == (400, 9600)
    assert shop.not_redeemed(card).key == "gift_amount_exceeded"
    assert shop.state(card) == (4, 0)


def test_a_discount_is_redeemed_without_an_order(shop: Shop) -> None:
    code = shop.discount().code
    body = shop.redeem(code, order=None)
    assert body.order is None
    assert body.redemptions[0].order is None
    assert shop.state(code) == (1, None)


def test_a_quantity_is_never_exceeded(shop: Shop) -> None:
    code = shop.discount(redemption={"quantity": 2}).code
    shop.redeem(code)
    shop.redeem(code)
    failed = shop.not_redeemed(code)
    assert (failed.status, failed.key) == (400, "quantity_exceeded")
    assert (failed.body["message"], failed.body["details"]) == ("quantity exceeded", code)
    assert failed.body["resource_id"].startswith("rf_")
    assert failed.body["resource_type"] == "redemption"
    assert shop.state(code) == (2, None)


def test_a_failing_stack_redeems_nothing_and_records_the_one_that_failed(shop: Shop) -> None:
    card, good = shop.gift(500), shop.discount()
    used_up = shop.discount(redemption={"quantity": 0})
    last = shop.discount()
    failed = shop.not_redeemed(card.code, good.code, used_up.code, last.code)
    assert (failed.status, failed.key) == (400, "quantity_exceeded")
    assert failed.body["details"] == used_up.code
    assert [shop.state(each.code) for each in (card, good, used_up, last)] == [
        (0, 500), (0, None), (0, None), (0, None),
    ]  # fmt: skip
    (recorded,) = shop.listed(voucher_code=used_up.code).redemptions
    assert recorded.id == failed.body["resource_id"]
    assert (recorded.status, recorded.failure_code) == ("FAILED", "quantity_exceeded")
    for other in (card, good, last):
        assert shop.listed(voucher_code=other.code).total == 0


def test_an_unknown_code_is_recorded_under_the_name_that_was_asked_for(shop: Shop) -> None:
    unknown = new_code()
    failed = shop.not_redeemed(unknown)
    assert (failed.status, failed.key) == (404, "not_found")
    assert (failed.body["resource_id"], failed.body["resource_type"]) == (unknown, "voucher")
    (recorded,) = shop.listed(voucher_code=unknown).redemptions
    assert (recorded.result, recorded.failure_code) == ("FAILURE", "not_found")


def test_of_thirty_redeemables_five_are_redeemed(shop: Shop) -> None:
    codes = [shop.discount(100).code for _ in range(30)]
    body = shop.redeem(*codes)
    assert [each.voucher.code for each in body.redemptions] == codes[:5]
    assert [each.id for each in body.skipped_redeemables] == codes[5:]
    keys = {each.result.details.key for each in body.skipped_redeemables}
    assert keys == {"applicable_redeemables_limit_exceeded"}
    assert body.order.total_amount == 9500
    assert [shop.state(code)[0] for code in codes] == [1] * 5 + [0] * 25


def test_the_same_order_can_be_redeemed_for_again(shop: Shop) -> None:
    first, second, order = shop.discount(500).code, shop.percent(10).code, new_code()
    opened = shop.redeem(first, order={"source_id": order, "amount": 10_000}).order
    closed = shop.redeem(second, order={"id": opened.id, "status": "FULFILLED"}).order
    assert (closed.id, closed.source_id, closed.status) == (opened.id, order, "FULFILLED")
    assert (closed.discount_amount, closed.applied_discount_amount) == (1450, 950)
    assert closed.total_amount == 8550
    assert len(closed.redemptions) == 2


def test_a_redemption_is_found_by_its_id(shop: Shop) -> None:
    code = shop.discount().code
    body = shop.redeem(code, customer={"source_id": new_code(), "email": "ann@shop.test"})
    found = shop.redemption(body.redemptions[0].id)
    for name, value in body.redemptions[0].to_dict().items():
        assert found.to_dict()[name] == value, name
    assert found.customer.email == "ann@shop.test"
    failed = shop.not_redeemed(code, order={"id": "ord_unknown"})
    assert failed.key == "not_found"
    (recorded,) = [each for each in shop.listed(voucher_code=code).redemptions if each.failure_code]
    assert shop.redemption(recorded.id).failure_code == "not_found"
