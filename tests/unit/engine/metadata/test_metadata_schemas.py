"""Metadata schemas: one for each kind of object, and everything that they refuse."""

from typing import Any

import msgspec
import pytest

from engine.kernel import tables
from engine.metadata.decide import find_schema, metadata_refusal
from schemas.api import CustomerInput, OrderInput
from schemas.customers import UpsertCustomer
from schemas.metadata import (
    SCHEMAS_MAX,
    CreateMetadataSchema,
    DeleteMetadataSchema,
    MetadataProperty,
    MetadataSchema,
    MetadataSchemaCreated,
    MetadataSchemaUpdated,
    UpdateMetadataSchema,
)
from schemas.redemptions import RedemptionFailed
from schemas.vouchers import CreateVoucher, DisableVoucher, UpdateVoucher
from tests.unit.engine.world import World, only, redeem, refused, voucher

OPTIONAL = MetadataProperty("string", optional=True)


def described(
    world: World, related_object: str = "voucher", *, only_defined: bool = False, **properties: Any
) -> MetadataSchema:
    """A schema of these properties."""
    body = CreateMetadataSchema(related_object, properties, only_defined)
    return only(world.when(body), MetadataSchemaCreated).schema


def wrong(world: World, metadata: Any, related_object: str = "voucher") -> str | None:
    """Why the metadata is refused."""
    found = metadata_refusal(world.view, related_object, metadata)
    if found is None:
        return None
    assert (found.status, found.key) == (400, "metadata_validation_failed")
    return found.details


def test_a_kind_of_object_has_one_schema() -> None:
    world = World()
    schema = described(world, brand=OPTIONAL)
    record = world.when(CreateMetadataSchema("voucher", {}))
    assert refused(record) == "duplicate_found"
    assert record.refusal is not None and record.refusal.status == 409
    assert find_schema(world.view, schema.id) == schema
    changed = only(
        world.when(UpdateMetadataSchema(schema.id, {"size": OPTIONAL}, allow_defined_only=True)),
        MetadataSchemaUpdated,
    ).schema
    assert (set(changed.properties), changed.allow_defined_only) == ({"size"}, True)
    world.when(DeleteMetadataSchema(schema.id))
    assert world.view.get(tables.METADATA_SCHEMAS, "voucher") is None
    assert find_schema(world.view, schema.id) is None
    assert refused(world.when(DeleteMetadataSchema(schema.id))) == "not_found"
    assert refused(world.when(UpdateMetadataSchema(schema.id, {}))) == "not_found"
    described(world)


def test_a_project_has_so_many_schemas_and_no_more() -> None:
    world = World()
    for n in range(SCHEMAS_MAX):
        described(world, f"kind {n}")
    assert refused(world.when(CreateMetadataSchema("one more", {}))) == "invalid_payload"


def test_without_a_schema_anything_goes() -> None:
    assert wrong(World(), {"x": object()}) is None
    world = World()
    described(world, "customer", name=MetadataProperty("string"))
    assert wrong(world, {}) is None


def test_what_is_not_optional_has_to_be_there() -> None:
    world = World()
    described(world, brand=MetadataProperty("string"), old=MetadataProperty("string", deleted=True))
    for metadata in (None, {}, {"brand": None}):
        assert wrong(world, metadata) == "Property .metadata.brand is required"
    assert wrong(world, {"brand": "A", "other": 1}) is None


def test_what_is_not_defined_may_be_refused() -> None:
    world = World()
    described(
        world,
        only_defined=True,
        brand=OPTIONAL,
        old=MetadataProperty("string", optional=True, deleted=True),
    )
    assert wrong(world, {"brand": "A"}) is None
    for name in ("other", "old"):
        assert (
            wrong(world, {name: "A"}) == f"Property .metadata.{name} is not defined in the schema"
        )


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("string", ["", "a"], [1, True, ["a"], {}]),
        ("number", [1, 1.5, -3], ["1", True, [1]]),
        ("boolean", [True, False], ["true", 1, 0]),
        ("date", ["2026-01-31"], ["2026-02-30", "2026-01-31T00:00:00Z", "20260131", 5]),
        ("datetime", ["2026-01-31T10:00:00.000Z"], ["2026-01-31", "soon", 5]),
        ("geopoint", [{"lat": 1, "lon": -2.5}], [{"lat": 91, "lon": 0}, {"lat": 1}, "1,2"]),
        ("image_url", ["https://a.test/b.png"], ["a.png", "ftp://a.test/b", 1]),
        ("object", [{}, {"a": 1}], ["a", [], 1]),
    ],
)
def test_values_are_of_their_type(kind: Any, good: list[Any], bad: list[Any]) -> None:
    world = World()
    described(world, one=MetadataProperty(kind, optional=True))
    described(world, "order", many=MetadataProperty(kind, array=True))
    for value in good:
        assert wrong(world, {"one": value}) is None
    for value in bad:
        found = wrong(world, {"one": value})
        assert found is not None and found.startswith("Property .metadata.one should be a")
    assert wrong(world, {"many": good}, "order") is None
    found = wrong(world, {"many": [*good, bad[0]]}, "order")
    assert found is not None and found.startswith(f"Property .metadata.many[{len(good)}] should")
    assert wrong(world, {"many": good[0]}, "order") == "Property .metadata.many should be an array"


def test_values_lie_within_their_limits() -> None:
    world = World()
    described(
        world,
        code=MetadataProperty("string", optional=True, min_length=2, max_length=3),
        iso=MetadataProperty("string", optional=True, exact_length=2),
        size=MetadataProperty("string", optional=True, eq=("S", "M")),
        count=MetadataProperty("number", optional=True, gt=0, lte=10, ne=(5,)),
        rate=MetadataProperty("number", optional=True, gte=0, lt=1),
    )
    for metadata in ({"code": "ab"}, {"iso": "PL"}, {"size": "M"}, {"count": 10}, {"rate": 0}):
        assert wrong(world, metadata) is None
    for metadata, words in (
        ({"code": "a"}, "should have at least 2 characters"),
        ({"code": "abcd"}, "should have at most 3 characters"),
        ({"iso": "POL"}, "should have 2 characters"),
        ({"size": "XL"}, "should be one of the allowed values"),
        ({"count": 0}, "should be greater than 0"),
        ({"count": 11}, "should be at most 10"),
        ({"count": 5}, "should not be one of the excluded values"),
        ({"rate": 1}, "should be less than 1"),
        ({"rate": -1}, "should be at least 0"),
    ):
        (name,) = metadata
        assert wrong(world, metadata) == f"Property .metadata.{name} {words}"


def test_an_object_follows_the_schema_that_it_names() -> None:
    world = World()
    described(world, address=MetadataProperty("object", optional=True, object_type="place"))
    assert wrong(world, {"address": {"anything": 1}}) is None
    described(
        world,
        "place",
        city=MetadataProperty("string"),
        within=MetadataProperty("object", optional=True, object_type="place"),
    )
    assert wrong(world, {"address": {"city": "Katowice"}}) is None
    assert wrong(world, {"address": {}}) == "Property .metadata.address.city is required"
    deep: dict[str, Any] = {"city": "A"}
    for _ in range(20):
        deep = {"city": "A", "within": deep}
    found = wrong(world, {"address": deep})
    assert found is not None and found.endswith("lies too deep")


REQUIRED = MetadataProperty("string")


def test_what_is_written_has_to_fit_however_it_is_written() -> None:
    world = World()
    world.when(CreateVoucher(voucher("OLD")))
    described(world, brand=REQUIRED)
    assert refused(world.when(CreateVoucher(voucher("NEW")))) == "metadata_validation_failed"
    good = CreateVoucher(voucher("NEW", metadata={"brand": "A"}))
    assert world.when(good).refusal is None
    # One that was there before keeps working, and is looked at when its metadata changes.
    assert world.when(DisableVoucher("OLD")).refusal is None
    unrelated = UpdateVoucher("OLD", msgspec.Raw(b'{"additional_info":"x"}'))
    assert world.when(unrelated).refusal is None
    changed = UpdateVoucher("OLD", msgspec.Raw(b'{"metadata":{"brand":1}}'))
    assert refused(world.when(changed)) == "metadata_validation_failed"


def test_a_redemption_with_wrong_metadata_is_recorded_as_failed() -> None:
    world = World()
    world.when(CreateVoucher(voucher("A")))
    described(world, "redemption", till=REQUIRED)
    record = world.when(redeem("A"))
    assert refused(record) == "metadata_validation_failed"
    failed = only(record, RedemptionFailed)
    (outcome,) = failed.evaluation.outcomes
    assert outcome.refusal is not None and outcome.refusal.key == "metadata_validation_failed"
    assert world.when(redeem("A", metadata={"till": "7"})).refusal is None


def test_the_order_and_the_customer_of_a_redemption_are_looked_at_where_they_have_metadata() -> (
    None
):
    world = World()
    world.when(CreateVoucher(voucher("A")))
    described(world, "order", shop=REQUIRED)
    described(world, "customer", tier=REQUIRED)
    assert world.when(redeem("A", customer=CustomerInput(source_id="ann"))).refusal is None
    wrong_customer = redeem("A", customer=CustomerInput(source_id="b", metadata={"tier": 1}))
    assert refused(world.when(wrong_customer)) == "metadata_validation_failed"
    wrong_order = redeem("A", order=OrderInput(amount=1000, metadata={"shop": 5}))
    assert refused(world.when(wrong_order)) == "metadata_validation_failed"
    alone = UpsertCustomer(CustomerInput(source_id="c"))
    assert refused(world.when(alone)) == "metadata_validation_failed"
