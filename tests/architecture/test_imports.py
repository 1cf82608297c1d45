"""The import contracts cover everything, hold, and keep the graph shallow."""

import tomllib
from collections.abc import Mapping

import grimp
import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.architecture.repository import ROOT, python_packages

IMPORT_DEPTH_MAX = 10


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*python_packages(), cache_dir=None)


def test_every_package_is_in_the_contracts() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = config["contracts"][0]["layers"]
    in_layers = {name.strip() for layer in layers for name in layer.split("|")}
    assert set(config["root_packages"]) == in_layers == set(python_packages())


def test_the_contracts_hold() -> None:
    config = str(ROOT / "pyproject.toml")
    assert lint_imports(config_filename=config, no_cache=True) == EXIT_STATUS_SUCCESS


def test_no_chain_of_imports_within_a_house_is_deeper_than_the_limit(
    graph: grimp.ImportGraph,
) -> None:
    # Within a house: how many houses lie below one another is what the layers say.
    imports = {
        module: {
            name
            for name in graph.find_modules_directly_imported_by(module)
            if name.split(".")[0] == module.split(".")[0]
        }
        for module in graph.modules
    }
    longest: dict[str, tuple[str, ...]] = {}
    for module in imports:
        _chain(module, imports, longest, ())
    deepest = max(longest.values(), key=len)
    assert len(deepest) <= IMPORT_DEPTH_MAX, " → ".join(deepest)


def _chain(
    module: str,
    imports: Mapping[str, set[str]],
    longest: dict[str, tuple[str, ...]],
    above: tuple[str, ...],
) -> tuple[str, ...]:
    """The longest chain of imports that begins with `module`."""
    assert module not in above, f"a cycle: {' → '.join((*above, module))}"
    if module not in longest:
        below = (_chain(name, imports, longest, (*above, module)) for name in imports[module])
        longest[module] = (module, *max(below, key=len, default=()))
    return longest[module]
