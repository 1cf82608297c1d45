"""Which rows of a source a request asks for, as conditions over their columns."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from engine.kernel.tables import WINDOW_MS
from schemas.base import Millis

#: Tables of audit; `sources.py` says why.
ENTITIES: Final = "tessera.entities"
REDEMPTIONS: Final = "tessera.redemptions"
OURS: Final = "project = {project:String}"
#: The filters by metadata.
METADATA: Final = ("metadata", "customer_metadata", "order_metadata")


class Metadata(NamedTuple):
    """That an entity has this under that key, be it one of several values."""

    #: Of `METADATA`.
    filter: str
    key: str
    value: str


class Asked(NamedTuple):
    """Which rows count: those of a half-open period, and of what is named by each filter."""

    project: str
    since: Millis
    until: Millis
    filters: Mapping[str, str] = MappingProxyType({})
    metadata: tuple[Metadata, ...] = ()

    @property
    def named(self) -> set[str]:
        """The filters that are asked for."""
        return {*self.filters, *(each.filter for each in self.metadata)}


def values_of(asked: Asked) -> dict[str, Any]:
    """What the places in the rows of sources stand for."""
    values: dict[str, Any] = {
        "project": asked.project,
        "since": asked.since,
        "until": asked.until,
        "earliest": asked.since - WINDOW_MS,
    }
    values |= {f"only_{name}": value for name, value in asked.filters.items()}
    for number, each in enumerate(asked.metadata):
        values |= {f"key_{number}": each.key, f"value_{number}": each.value}
    return values


def narrow(asked: Asked, columns: Mapping[str, str], order: str = "") -> str:
    """What the filters ask of rows: of these columns, and of the customer and the order.

    `order` is the column of the order's id; without it the rows are redemptions.
    """
    tests = []
    for name in asked.filters:
        if name == "product":
            tests.append("has(products, {only_product:String})")
        elif name == "country":
            lives = "has(texts['country'], {only_country:String})"
            tests.append(f"customer_id IN ({_entities('customer', lives)})")
        elif name == "segment":
            tests.append(
                "customer_id IN (SELECT customer_id FROM tessera.segment_members FINAL "  # noqa: S608
                f"WHERE {OURS} AND segment_id = {{only_segment:String}} AND within = 1)"
            )
        elif name in columns:
            tests.append(f"{columns[name]} = {{only_{name}:String}}")
    for test in _metadata_tests(asked, "customer_metadata"):
        tests.append(f"customer_id IN ({_entities('customer', test)})")
    for test in _metadata_tests(asked, "order_metadata"):
        orders = _entities("order", test)
        of_redemptions = f"SELECT id FROM {REDEMPTIONS} WHERE {OURS} AND order_id IN ({orders})"  # noqa: S608
        tests.append(f"{order} IN ({orders})" if order else f"id IN ({of_redemptions})")
    campaigns = campaigns_meant(asked) if "campaign" in columns else ""
    if campaigns:
        tests.append(f"campaign IN ({campaigns})")
    return "".join(f" AND {test}" for test in tests)


def campaigns_meant(asked: Asked) -> str:
    """The campaigns that a type or metadata means; empty where neither is asked for."""
    tests = _metadata_tests(asked, "metadata")
    if "campaign_type" in asked.filters:
        tests.append("type = {only_campaign_type:String}")
    return _entities("campaign", " AND ".join(tests)) if tests else ""


def _metadata_tests(asked: Asked, name: str) -> list[str]:
    return [
        f"has(metadata[{{key_{number}:String}}], {{value_{number}:String}})"
        for number, each in enumerate(asked.metadata)
        if each.filter == name
    ]


def _entities(kind: str, test: str) -> str:
    return (
        f"SELECT id FROM {ENTITIES} FINAL WHERE {OURS} AND kind = '{kind}' "  # noqa: S608
        f"AND deleted = 0 AND {test}"
    )
