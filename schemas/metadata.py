"""Metadata schemas: what the metadata of one kind of object may hold."""

from typing import Any, Final, Literal

from schemas.base import Millis, Shape

#: How many schemas a project has at most, and how many properties one has.
SCHEMAS_MAX = 100
PROPERTIES_MAX = 200
PropertyType = Literal[
    "string", "number", "object", "date", "datetime", "geopoint", "boolean", "image_url"
]


class MetadataProperty(Shape, frozen=True):
    """What one property may hold; `object_type` names the schema of a nested object."""

    type: PropertyType
    optional: bool = False
    array: bool = False
    deleted: bool = False
    object_type: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    exact_length: int | None = None
    eq: tuple[Any, ...] | None = None
    ne: tuple[Any, ...] | None = None
    lt: float | None = None
    lte: float | None = None
    gt: float | None = None
    gte: float | None = None


class MetadataSchema(Shape, frozen=True):
    """The schema of one kind of object, standard (`voucher`) or custom."""

    id: str
    related_object: str
    properties: dict[str, MetadataProperty]
    created_at: Millis
    allow_defined_only: bool = False
    updated_at: Millis | None = None


class CreateMetadataSchema(Shape, tag="create_metadata_schema", frozen=True):
    """Describes the metadata of a kind of object that has no schema yet."""

    related_object: str
    properties: dict[str, MetadataProperty]
    allow_defined_only: bool = False


class UpdateMetadataSchema(Shape, tag="update_metadata_schema", frozen=True):
    """Replaces the properties; `allow_defined_only` None leaves it."""

    schema_id: str
    properties: dict[str, MetadataProperty]
    allow_defined_only: bool | None = None


class DeleteMetadataSchema(Shape, tag="delete_metadata_schema", frozen=True):
    """The metadata may hold anything again."""

    schema_id: str


class MetadataSchemaCreated(Shape, tag="metadata_schema.created", frozen=True):
    """A kind of object has a schema."""

    schema: MetadataSchema


class MetadataSchemaUpdated(Shape, tag="metadata_schema.updated", frozen=True):
    """A schema changed; `schema` is the whole after it."""

    schema: MetadataSchema


class MetadataSchemaDeleted(Shape, tag="metadata_schema.deleted", frozen=True):
    """A kind of object has no schema any more."""

    schema: MetadataSchema


MetadataCommand = CreateMetadataSchema | UpdateMetadataSchema | DeleteMetadataSchema
MetadataEvent = MetadataSchemaCreated | MetadataSchemaUpdated | MetadataSchemaDeleted
#: Schemas of metadata; nothing that was written before changes by them.
METADATA_EVENTS: Final = frozenset(
    {MetadataSchemaCreated, MetadataSchemaUpdated, MetadataSchemaDeleted}
)
