"""The tables of the documents are the tables of the code."""

import json
import re
from collections.abc import Collection, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.routing import Route

from engine.formulas import functions
from engine.rules.operators import OPERATORS
from runtime.clickhouse.table import SinkTable
from schemas.base import DAY_MS
from schemas.discounts import EFFECTS
from schemas.stacking import StackingRules
from schemas.topics import API_CALLS, DELIVERIES, LEDGER, TOPICS, VALIDATIONS, Topic
from services.analytics.measures.catalogue import METRICS, dimensions_of, how_computed
from services.analytics.measures.queries import TOTALS
from services.analytics.sink import tables as analytics
from services.analytics.sql.views import VIEWS
from services.audit.history import api_call_queries, validations
from services.audit.history.transactions import FIELDS as TRANSACTIONS
from services.audit.lists import redemptions
from services.audit.lists.bin import BIN
from services.audit.lists.campaigns import CAMPAIGNS
from services.audit.lists.customers import CUSTOMERS
from services.audit.lists.filter_operators import OPERATORS as OPERATORS_OF_FILTERS
from services.audit.lists.filters import METADATA_PREFIX, Field
from services.audit.lists.lists import PAGING, Listing
from services.audit.lists.orders import ORDERS
from services.audit.lists.products import COLLECTIONS, PRODUCTS
from services.audit.lists.promotions import STACKS, TIERS
from services.audit.lists.publications import PUBLICATIONS
from services.audit.lists.rules import ASSIGNMENTS, RULES
from services.audit.lists.vouchers import VOUCHERS
from services.audit.service import audit_service
from services.audit.sink import tables as audit
from services.audit.sink.api_call_table import API_CALL_TABLES
from services.audit.sink.delivery_table import DELIVERY_TABLES
from services.audit.sink.validation_table import VALIDATION_TABLES
from tests.architecture.markdown import quoted, read_table
from tests.architecture.repository import ROOT, files, python_packages
from tests.unit.engine.test_dispatch import TABLES as ENGINE
from tests.unit.services.test_dispatch import TABLES as SERVICES

#: What fills the tables of each service, by topic.
FILLED: Final[Mapping[str, Mapping[str, tuple[SinkTable[Any], ...]]]] = {
    "docs/services/audit.md": {
        LEDGER: audit.LEDGER_TABLES,
        VALIDATIONS: VALIDATION_TABLES,
        API_CALLS: API_CALL_TABLES,
        DELIVERIES: DELIVERY_TABLES,
    },
    "docs/services/analytics.md": {
        LEDGER: analytics.LEDGER_TABLES,
        VALIDATIONS: analytics.VALIDATION_TABLES,
    },
}
#: United from the tables of rooms, as the page says before.
_OF_ALL_ROOMS: Final = frozenset({"folds", "answers"})
#: What can be filtered by, in the order of the page.
FIELDS: Final[Mapping[str, Mapping[str, Field]]] = {
    "vouchers": VOUCHERS.fields,
    "campaigns": CAMPAIGNS.fields,
    "promotion tiers": TIERS.fields,
    "promotion stacks": STACKS.fields,
    "customers": CUSTOMERS.fields,
    "orders": ORDERS.fields,
    "products": PRODUCTS.fields,
    "product collections": COLLECTIONS.fields,
    "publications": PUBLICATIONS.fields,
    "redemptions": redemptions.FIELDS,
    "transactions of cards": TRANSACTIONS,
    "validation rules": RULES.fields,
    "assignments of rules": ASSIGNMENTS.fields,
    "validations": validations.FIELDS,
    "API calls": api_call_queries.FIELDS,
    "bin": BIN.fields,
}
#: What every list of entities takes besides.
_OF_ALL_LISTS: Final = PAGING | {"filters", "ids", "is_referral_code", "created_at", "updated_at"}
LISTINGS: Final[Mapping[str, Listing]] = {
    "vouchers": VOUCHERS,
    "campaigns": CAMPAIGNS,
    "promotion tiers": TIERS,
    "promotion stacks": STACKS,
    "customers": CUSTOMERS,
    "orders": ORDERS,
    "products": PRODUCTS,
    "product collections": COLLECTIONS,
    "publications": PUBLICATIONS,
    "validation rules": RULES,
    "assignments of rules": ASSIGNMENTS,
}
MEBIBYTE: Final = 1024 * 1024


def test_the_topics() -> None:
    rows = read_table("docs/architecture.md", "topic", "partitions", "kept")
    assert [row[:3] for row in rows] == [
        (f"`{each.name}`", str(each.partitions or "all"), _kept(each)) for each in TOPICS
    ]


def _kept(topic: Topic) -> str:
    if topic.config.get("cleanup.policy") == "compact":
        return "compacted"
    kept_ms = int(topic.config["retention.ms"])
    return "for ever" if kept_ms < 0 else f"{kept_ms // DAY_MS} days"


LIMITS: Final = read_table("docs/architecture.md", "limit", "value", "where")


@pytest.mark.parametrize(("limit", "value", "where"), LIMITS, ids=[row[0] for row in LIMITS])
def test_a_limit(limit: str, value: str, where: str) -> None:
    assert value == ", ".join(_limit(name) for name in quoted(where)), limit


def _limit(name: str) -> str:
    module, _, constant = name.rpartition(".")
    value = getattr(import_module(module), constant)
    if "BYTES" in constant:
        return f"{value // MEBIBYTE} MiB" if value % MEBIBYTE == 0 else f"{value // 1024} KiB"
    if "SECONDS" in constant:
        return f"{value:g} s"
    return f"{value // 1000:g} s" if constant.endswith("_MS_MAX") else f"{value:,}"


@pytest.mark.parametrize("page", FILLED)
def test_the_tables_of_clickhouse(page: str) -> None:
    topics: dict[str, list[str]] = {}
    for topic, tables in FILLED[page].items():
        for table in tables:
            topics.setdefault(table.definition.name, []).append(topic)
    rows = read_table(page, "table", "from", "a row is")
    assert {quoted(name)[0]: quoted(source) for name, source, _ in rows} == topics


def test_the_totals_of_analytics() -> None:
    page = (ROOT / "docs/services/analytics.md").read_text("utf-8")
    first, second, *_ = re.findall(r"^```json\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert list(json.loads(first)["totals"]) == list(TOTALS)
    assert set(json.loads(second)["metrics"]) <= set(TOTALS)


def test_the_metrics_of_analytics() -> None:
    rows = read_table(
        "docs/services/analytics.md", "metric", "meaning", "unit", "dimensions", "computed"
    )
    assert [list(row) for row in rows] == [
        [
            f"`{each.name}`",
            each.meaning,
            each.unit,
            ", ".join(dimensions_of(each)),
            " / ".join(f"`{name}`" for name in how_computed(each).split(" / ")),
        ]
        for each in METRICS.values()
    ]


def test_the_views_of_analysts() -> None:
    rows = read_table("docs/services/analytics.md", "view", "a row is", "columns")
    assert [(quoted(name), meaning, quoted(columns)) for name, meaning, columns in rows] == [
        ([each.name], each.meaning, [column.name for column in each.columns])
        for each in VIEWS.values()
    ]


def test_the_tables_of_audit_that_metrics_are_read_from_hold_what_they_name() -> None:
    tables = (*audit.DEFINITIONS, *(each.definition for each in API_CALL_TABLES))
    columns = {each.full_name: set(each.column_names) for each in tables}
    assert columns["tessera.entities"] >= {
        "kind", "id", "deleted", "type", "status", "campaign_id", "customer_id", "created_at",
        "amount", "balance", "numbers", "metadata",
    }  # fmt: skip
    assert columns["tessera.redemptions"] >= {"id", "at", "order_id"}
    assert columns["tessera.segment_members"] >= {"segment_id", "customer_id", "within"}
    assert columns["tessera.api_calls"] >= {
        "at", "status", "duration_us", "route", "method", "key_id", "key_kind", "channel", "origin",
    }  # fmt: skip


def test_whoever_looks_through_all_events() -> None:
    told = [
        getattr(import_module(_module(file)), name)
        for _, names, files in read_table("docs/adding.md", "what", "table and set", "file")
        for file in quoted(files)
        for name in quoted(names)
        if hasattr(import_module(_module(file)), name)
    ]
    tables = (*ENGINE.items(), *SERVICES.items())
    pairs = (pair for name, pair in tables if name not in _OF_ALL_ROOMS)
    assert {id(each) for each in told} == {id(each) for pair in pairs for each in pair}


def _module(file: str) -> str:
    return ".".join(Path(file).with_suffix("").parts)


def test_the_operators_of_rules() -> None:
    by_kinds: dict[Collection[str], list[str]] = {}
    for name, operator in OPERATORS.items():
        by_kinds.setdefault(operator.kinds, []).append(name)
    rows = read_table("docs/engine.md", "operators", "of what")
    assert [quoted(names) for names, _ in rows] == list(by_kinds.values())


def test_the_effects_of_discounts() -> None:
    rows = read_table("docs/engine.md", "type", "effects")
    assert {quoted(kind)[0]: set(quoted(effects)) for kind, effects in rows} == EFFECTS


def test_the_words_of_formulas() -> None:
    told = [quoted(words) for _, words in read_table("docs/engine.md", "of formulas", "words")]
    assert [set(words) for words in told] == [
        set(functions.FUNCTIONS),
        set(functions.PLAIN),
        set(functions.METADATA),
    ]


def test_the_rules_that_a_skip_names() -> None:
    rows = read_table("docs/engine.md", "`rule`", "and")
    told = {name for rule, _ in rows for name in quoted(rule)}
    assert told <= set(StackingRules.__struct_fields__)


def test_the_fields_of_lists() -> None:
    rows = read_table("docs/services/audit.md", "list", "fields of its filters")
    assert rows == [(name, _fields(fields)) for name, fields in FIELDS.items()]


def _fields(fields: Mapping[str, Field]) -> str:
    by_kind: dict[str, list[str]] = {}
    for name, field in fields.items():
        if name == METADATA_PREFIX:
            by_kind["metadata"] = [f"{name}KEY"]
        elif field.kind == "state":
            by_kind[name] = list(field.states)
        else:
            by_kind.setdefault(field.kind, []).append(name)
    return "; ".join(f"{kind}: `{' '.join(names)}`" for kind, names in by_kind.items())


def test_the_routes_of_audit() -> None:
    rows = read_table("docs/services/audit.md", "`GET`", "answers")
    nothing: Any = None  # it is asked for its routes alone
    routes = {
        each.path
        for each in audit_service(nothing, nothing, nothing).routes
        if isinstance(each, Route)
    }
    told = [_shape(path) for paths, _ in rows for path in quoted(paths)]
    assert sorted(told) == sorted(map(_shape, routes))


def _shape(path: str) -> str:
    return re.sub(r"\{.*?\}", "{}", path)


def test_the_parameters_of_lists() -> None:
    rows = read_table("docs/services/audit.md", "list", "parameters", "sorted by")
    assert [(name, set(quoted(own)), quoted(orders)) for name, own, orders in rows] == [
        (name, set(each.parameters - _OF_ALL_LISTS), list(each.orders))
        for name, each in LISTINGS.items()
    ]


def test_the_operators_of_filters() -> None:
    rows = read_table("docs/services/audit.md", "kind", "operators")
    assert {kind: set(quoted(names)) for kind, names in rows} == {
        kind: set(operators) for kind, operators in OPERATORS_OF_FILTERS.items()
    }


def test_the_rooms_of_the_houses() -> None:
    _, block, _ = (ROOT / "docs/architecture.md").read_text("utf-8").split("```", 2)
    told = set(re.findall(r"[\w-]+", block))
    # a section of the dashboard is told by its pages, not here
    packages = {path.parent for path in files("__init__.py") if "sections" not in path.parts[:-2]}
    rooms = {each.parts[-1] for each in packages if each.parts[0] in python_packages()}
    assert rooms <= told
