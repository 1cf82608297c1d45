"""Files, functions and folders stay small enough to be taken in at one look."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.repository import files, text

FILE_LINES_MAX = 350
FUNCTION_LINES_MAX = 70
FOLDER_FILES_MAX = 30
#: Where every feature has a file of its own, or every story.
WIDE_FOLDERS = frozenset({Path("schemas"), Path("tests/e2e")})


def test_no_python_file_is_longer_than_the_limit() -> None:
    lengths = {str(path): text(path).count("\n") for path in files(".py")}
    assert {path: n for path, n in lengths.items() if n > FILE_LINES_MAX} == {}


def test_no_folder_holds_more_files_than_the_limit() -> None:
    counts = Counter(path.parent for path in files(".py") if path.name != "__init__.py")
    crowded = {str(each): n for each, n in counts.items() if n > FOLDER_FILES_MAX}
    assert {each: n for each, n in crowded.items() if Path(each) not in WIDE_FOLDERS} == {}


def test_no_function_is_longer_than_the_limit() -> None:
    long = {
        f"{path}:{node.lineno} {node.name}": length
        for path in files(".py")
        if text(path).count("\n") > FUNCTION_LINES_MAX
        for node in _functions(text(path))
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    }
    assert long == {}


def _functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Those of a file; what an expression holds has none, so it is not looked through."""
    left: list[ast.AST] = [ast.parse(source)]
    while left:
        for node in ast.iter_child_nodes(left.pop()):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node
            if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
                left.append(node)
