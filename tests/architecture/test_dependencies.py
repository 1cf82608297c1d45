"""Every dependency is explained, locked and hashed."""

import json
import re

import pytest

from tests.architecture.repository import ROOT

REQUIREMENT = re.compile(r"^([a-z0-9][a-z0-9-]*)", re.MULTILINE)
LOCKED = re.compile(r"^([a-z0-9][a-z0-9-]*)==[^\n]*\\$", re.MULTILINE)
PIN = re.compile(r"^([a-z0-9][a-z0-9-]*)==(\S+)", re.MULTILINE)
EXPLAINED = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
JAVASCRIPT = ("services/dashboard/static", "tests/browser", "tests/e2e/js")
LOCKS = {
    "requirements-install.in": "requirements-install.txt",
    "requirements.in": "requirements.txt",
    "requirements-build.in": "requirements-build.txt",
    "requirements-dev.in": "requirements-dev.txt",
    "requirements-npm.in": "requirements-npm.txt",
}


def _read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_every_dependency_is_explained_and_nothing_else_is() -> None:
    wanted = {name for source in LOCKS for name in REQUIREMENT.findall(_read(source))}
    for folder in JAVASCRIPT:
        wanted |= set(json.loads(_read(f"{folder}/package.json"))["dependencies"])
    explained = set(EXPLAINED.findall(_read("docs/dependencies.md")))
    assert {name for name in explained if ":" not in name} == wanted


def test_every_dependency_is_locked() -> None:
    for source, lock in LOCKS.items():
        assert set(REQUIREMENT.findall(_read(source))) <= set(LOCKED.findall(_read(lock)))


def test_every_locked_package_has_hashes_and_no_lock_names_an_index() -> None:
    for lock in LOCKS.values():
        content = _read(lock)
        for entry in re.split(r"^(?=[a-z0-9])", content, flags=re.MULTILINE)[1:]:
            assert "--hash=sha256:" in entry, entry.splitlines()[0]
        assert "://" not in content
        assert "index-url" not in content


@pytest.mark.parametrize("folder", JAVASCRIPT)
def test_every_package_of_npm_is_locked_by_hash_and_no_lock_names_a_registry(folder: str) -> None:
    lock = json.loads(_read(f"{folder}/package-lock.json"))
    asked = json.loads(_read(f"{folder}/package.json"))["dependencies"]
    assert lock["packages"].pop("")["dependencies"] == asked
    for name, package in lock["packages"].items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package
        assert "hasInstallScript" not in package


def test_the_locks_agree_on_what_they_share() -> None:
    pins: dict[str, set[str]] = {}
    for lock in LOCKS.values():
        found: dict[str, set[str]] = {}
        for name, pin in PIN.findall(_read(lock)):
            found.setdefault(name, set()).add(pin)
        for name, versions in found.items():
            assert pins.setdefault(name, versions) == versions, name


def test_every_jar_is_locked_by_hash() -> None:
    for line in _read("deploy/embedded/kafka.lock").splitlines():
        assert re.fullmatch(r"[0-9a-f]{64}  [\w.-]+:[\w.-]+:[\w.-]+", line), line
