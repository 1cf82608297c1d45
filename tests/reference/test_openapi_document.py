"""`schemas/openapi.json` is a description of the API, and its examples are as it says."""

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.readers import read_from_filename

from tests.reference.documents import API

DOCUMENT: Final[dict[str, Any]] = json.loads(API.read_text("utf-8"))


class Example(NamedTuple):
    """A body that is shown, and the schema that it stands beside."""

    place: str
    schema: dict[str, Any]
    body: Any


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def examples() -> Iterator[Example]:
    for name, operation in operations():
        bodies = {"body": operation.get("requestBody", {}), **operation["responses"]}
        for word, each in bodies.items():
            for content in each.get("content", {}).values():
                if "example" in content:
                    yield Example(f"{name} {word}", content["schema"], content["example"])


def test_it_is_openapi() -> None:
    assert read_from_filename(str(API))[0] == DOCUMENT
    assert [str(each) for each in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


@pytest.mark.parametrize("example", list(examples()), ids=lambda each: each.place)
def test_an_example_is_as_the_description_says(example: Example) -> None:
    schema = {**example.schema, "components": DOCUMENT["components"]}
    wrong = [each.message for each in OAS31Validator(schema).iter_errors(example.body)]
    assert wrong == []


def test_every_operation_says_what_it_does_and_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for _, operation in operations()]
    assert len(set(names)) == len(names)
    assert [name for name, each in operations() if not (each["summary"] and each["tags"][0])] == []


def test_every_operation_that_answers_with_json_has_an_example() -> None:
    """But for the one that gives this document."""
    without = []
    for name, operation in operations():
        answers = [each for status, each in operation["responses"].items() if status[0] == "2"]
        bodies = [
            each["content"]["application/json"]
            for each in answers
            if "application/json" in each.get("content", {})
        ]
        if bodies and not any("example" in each for each in bodies):
            without.append(name)
    assert without == ["GET /openapi.json"]
