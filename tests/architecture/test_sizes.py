"""Files and functions stay small enough to be read in one go."""

import ast
from collections.abc import Iterator

from tests.architecture.repository import files, text

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70


def test_no_python_file_is_longer_than_the_limit() -> None:
    lengths = {str(path): text(path).count("\n") for path in files(".py")}
    assert {path: n for path, n in lengths.items() if n > FILE_LINES_MAX} == {}


def test_no_function_is_longer_than_the_limit() -> None:
    long = {
        f"{path}:{node.lineno} {node.name}": length
        for path in files(".py")
        for node in _functions(text(path))
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    }
    assert long == {}


def _functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
