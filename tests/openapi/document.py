"""The description of the API that `GET /openapi.json` gives: OpenAPI 3.1, of every endpoint."""

import json
import re
from typing import Any, Final

from fastapi import FastAPI

from tests.architecture.tables import rows_of, spans_of
from tests.contract.answers import FILES, PICTURE, ROUTES, STREAM
from tests.contract.served import unnamed
from tests.openapi.examples import read_examples
from tests.openapi.schemas import components_of, schema_of
from tests.unit.services.world import World

JSON: Final = "application/json"
_USER: Final[dict[str, list[str]]] = {"session_token": [], "project_id": []}
#: What a key of each kind is sent as, and what is asked without one.
_SECURITY: Final[dict[str, list[dict[str, list[str]]]]] = {
    "server": [{"app_id": [], "app_token": []}, {"bearer": []}, _USER],
    "client": [{"client_id": [], "client_token": []}, {"bearer": []}],
    "management": [{"management_id": [], "management_token": []}, _USER],
    "user": [_USER],
    "": [],
}
_HEADERS: Final = {
    "app_id": "X-App-Id",
    "app_token": "X-App-Token",
    "client_id": "X-Client-Application-Id",
    "client_token": "X-Client-Token",
    "management_id": "X-Management-Id",
    "management_token": "X-Management-Token",
    "session_token": "X-Session-Token",
    "project_id": "X-Project-Id",
}
#: Parameters that have members in brackets.
_DEEP: Final = frozenset(
    {"customer", "customer_metadata", "created_at", "filters", "gift", "item", "items", "metadata"}
    | {"order_metadata", "reward", "updated_at"}
)
_OWN_PORT: Final = "/internal/"


async def written() -> str:
    """The document as it is served."""
    async with World() as world:
        app = FastAPI()
        for service in world.host._services:
            for router in service.routers:
                app.include_router(router)
        described = describe(app.openapi())
    return json.dumps(described, separators=(",", ":")) + "\n"


def describe(modelled: dict[str, Any]) -> dict[str, Any]:
    """The document; `modelled` is that of the routes whose bodies are models."""
    routes = [route for route in ROUTES if _OWN_PORT not in route]
    paths: dict[str, dict[str, Any]] = {}
    told = _told()
    for route in routes:
        method, path = route.split(" ")
        model = _operation_of(modelled, method, path)
        paths.setdefault(path, {})[method.lower()] = _operation(
            route, told.get(unnamed(route)), model
        )
    shapes = [
        shape
        for route in routes
        for shape in ROUTES[route].values()
        if shape is not None and _is_json(shape)
    ]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tessera",
            "version": "1",
            "description": "A promotion and voucher engine that speaks the Voucherify REST API.",
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                **{
                    name: {"type": "apiKey", "in": "header", "name": header}
                    for name, header in _HEADERS.items()
                },
                "bearer": {"type": "http", "scheme": "bearer"},
            },
            "schemas": {
                **components_of([*shapes, "Error"]),
                **modelled.get("components", {}).get("schemas", {}),
            },
        },
    }


def _operation(route: str, told: tuple[str, str] | None, model: dict[str, Any]) -> dict[str, Any]:
    method, path = route.split(" ")
    example = read_examples().get(route, {})
    does, service = told or ("", "")
    found: dict[str, Any] = {
        "operationId": re.sub(r"[^a-z0-9]+", "_", f"{method}{path}".lower()).strip("_"),
        "summary": re.sub(r"\]\([^)]*\)|\[", "", does),
        "tags": [service],
        "security": _SECURITY[example.get("by", "server")],
        "parameters": _parameters(path, example),
    }
    body = _body(example, model)
    if body is not None:
        found["requestBody"] = body
    found["responses"] = _responses(route, example)
    return found


def _parameters(path: str, example: dict[str, Any]) -> list[dict[str, Any]]:
    text = {"type": "string"}
    named = re.findall(r"\{(\w+)\}", path)
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": text} for name in named
    ]
    query = {name.partition("[")[0] for name in example.get("query", {})}
    for name in sorted(query | set(example.get("parameters", ()))):
        one: dict[str, Any] = {"name": name, "in": "query", "schema": text}
        if name in _DEEP:
            one |= {"style": "deepObject", "schema": {"type": "object"}}
        elif name in example.get("query", {}):
            one["example"] = example["query"][name]
        found.append(one)
    return found


def _body(example: dict[str, Any], model: dict[str, Any]) -> dict[str, Any] | None:
    if example.get("file"):
        parts = {"type": "object", "properties": {"file": {"type": "string"}}}
        shown = {"schema": parts, "example": {"file": example["file"]}}
        return {"required": True, "content": {"multipart/form-data": shown}}
    content = model.get("requestBody", {}).get("content", {}).get(JSON)
    asked = example.get("asked")
    if content is None and asked is None:
        return None
    kind = "application/x-www-form-urlencoded" if example.get("is_form") else JSON
    shown = {"schema": (content or {}).get("schema", {})}
    if asked is not None:
        shown["example"] = asked
    return {"required": True, "content": {kind: shown}}


def _responses(route: str, example: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, shape in ROUTES[route].items():
        one: dict[str, Any] = {"description": "Done" if status[0] == "2" else "Not well"}
        if _is_json(shape):
            assert shape is not None
            content: dict[str, Any] = {"schema": schema_of(shape)}
            if status == str(example.get("status")) and example["answer"] is not None:
                content["example"] = example["answer"]
            one["content"] = {JSON: content}
            if route in FILES:
                one["content"]["text/csv"] = {"schema": {"type": "string"}}
        elif shape == STREAM:
            one["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
        elif shape == PICTURE:
            binary = {"schema": {"type": "string", "format": "binary"}}
            one["content"] = {"image/png": binary, "image/svg+xml": binary}
        found[status] = one
    error = {JSON: {"schema": schema_of("Error")}}
    return found | {"default": {"description": "Refused, and why", "content": error}}


def _is_json(shape: Any) -> bool:
    return shape is not None and shape not in (STREAM, PICTURE)


def _operation_of(modelled: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    for each, operations in modelled["paths"].items():
        if unnamed(each) == unnamed(path) and method.lower() in operations:
            found: dict[str, Any] = operations[method.lower()]
            return found
    return {}


def _told() -> dict[str, tuple[str, str]]:
    """By route without names: what docs/api.md says that it does, and the service that has it."""
    found = {}
    for section in ("## Endpoints", "### Beside the Voucherify API"):
        for endpoints, does, service in rows_of("docs/api.md", section):
            for span in spans_of(endpoints):
                *methods, path = span.split(" ")
                for method in methods:
                    found[unnamed(f"{method} {path}")] = (does, service)
    return found
