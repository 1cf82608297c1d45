"""Metadata schemas with the official client: kept, read by shops, and held against what is written."""

from collections.abc import Iterator

import pytest
import voucherify as sdk

from tests.e2e.manager import Manager
from tests.e2e.shop import Shop, new_code, refused, told
from tests.e2e.system import System


@pytest.fixture(scope="module")
def manager(system: System) -> Iterator[Manager]:
    made = Manager(system.url, system.keys)
    yield made
    made.close()


@pytest.fixture
def schema(manager: Manager) -> Iterator[str]:
    """A schema of vouchers; its id. It is gone afterwards, for the other stories."""
    made = manager.schema(
        "voucher",
        only_defined=True,
        brand={"type": "string", "optional": False, "eq": ["A", "B"]},
        count={"type": "number", "gt": 0},
        tags={"type": "string", "array": True},
    )
    yield made.id
    told(manager.api.delete_metadata_schema, manager.project, made.id)


def test_vouchers_follow_their_schema(shop: Shop, schema: str) -> None:
    good = {"brand": "A", "count": 1, "tags": ["x"]}
    code = shop.discount(metadata=good).code
    for wrong in ({}, {"brand": "C"}, good | {"count": 0}, good | {"tags": "x"}, good | {"y": 1}):
        body = sdk.VouchersCreateWithSpecificCodeRequestBody.from_dict(
            {
                "type": "DISCOUNT_VOUCHER",
                "discount": {"type": "AMOUNT", "amount_off": 1},
                "metadata": wrong,
            }
        )
        error = refused(shop.vouchers.create_voucher, new_code(), body)
        assert error[:2] == (400, "metadata_validation_failed")
        assert error.body["details"].startswith("Property .metadata.")
    change = sdk.VouchersUpdateRequestBody.from_dict({"metadata": {"count": -1}})
    assert refused(shop.vouchers.update_voucher, code, change).key == "metadata_validation_failed"
    assert told(shop.vouchers.get_voucher, code).metadata == good
    assert shop.redeem(code).redemptions[0].result == "SUCCESS"


def test_shops_read_schemas_by_the_kind_of_object(
    shop: Shop, schema: str, manager: Manager
) -> None:
    reads = sdk.MetadataSchemasApi(shop.vouchers.api_client)
    found = told(reads.get_metadata_schema, "voucher")
    assert (found.id, set(found.properties)) == (schema, {"brand", "count", "tags"})
    assert schema in {each.id for each in told(reads.list_metadata_schemas).schemas}
    assert refused(reads.get_metadata_schema, "reward")[:2] == (404, "not_found")
    managed = told(manager.api.get_metadata_schema1, manager.project, schema)
    assert managed.related_object == "voucher"
    assert schema in {
        each.id for each in told(manager.api.list_metadata_schemas1, manager.project).data
    }


def test_a_kind_of_object_has_one_schema(manager: Manager, schema: str) -> None:
    body = sdk.ManagementProjectsMetadataSchemasCreateRequestBody.from_dict(
        {"related_object": "voucher", "properties": {}}
    )
    error = refused(manager.api.create_metadata_schema, manager.project, body)
    assert error[:2] == (409, "duplicate_found")
    change = sdk.ManagementProjectsMetadataSchemasUpdateRequestBody.from_dict(
        {"properties": {"brand": {"type": "string", "optional": True, "array": False}}}
    )
    changed = told(manager.api.update_metadata_schema, manager.project, schema, change)
    assert set(changed.properties) == {"brand"}
    assert changed.updated_at is not None


def test_a_redemption_that_breaks_its_schema_is_recorded_as_failed(
    shop: Shop, manager: Manager
) -> None:
    made = manager.schema("redemption", till={"type": "number", "optional": False})
    try:
        code = shop.discount().code
        assert shop.not_redeemed(code).key == "metadata_validation_failed"
        assert shop.redeem(code, metadata={"till": 7}).redemptions[0].result == "SUCCESS"
        (failed,) = shop.listed(voucher_code=code, result="FAILURE").redemptions
        assert failed.failure_code == "metadata_validation_failed"
    finally:
        told(manager.api.delete_metadata_schema, manager.project, made.id)
