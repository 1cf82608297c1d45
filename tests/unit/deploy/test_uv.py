"""uv is told what pip is told: where packages come from, through which proxy, trusting whom."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.uv import effective_options, flags, variables

STRATEGY = {"UV_INDEX_STRATEGY": "unsafe-best-match"}


def told(options: dict[str, str], **environment: str) -> dict[str, str]:
    """What uv is told besides how to choose among indexes."""
    found = variables(options, {"SSL_CERT_FILE": "/some.pem"} | environment)
    return {name: value for name, value in found.items() if name not in STRATEGY}


def test_the_environment_wins_over_the_command_and_that_over_all_commands() -> None:
    listed = """\
:env:.index-url='https://env.test/simple'
global.cert='/global.pem'
global.index-url='https://global.test/simple'
global.proxy='http://proxy.test:3128'
install.cert='/install.pem'
list.format='json'
"""
    assert effective_options(listed) == {
        "index-url": "https://env.test/simple",
        "cert": "/install.pem",
        "proxy": "http://proxy.test:3128",
    }


def test_options_are_what_pip_itself_prints(tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\nindex-url = https://one.test/simple\nno-index =\n"
        "[install]\nextra-index-url =\n    https://two.test/it's\n    https://three.test/simple\n"
    )
    own = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    own |= {"PIP_CONFIG_FILE": str(file), "PIP_FIND_LINKS": "a b"}
    listed = subprocess.run(
        (sys.executable, "-m", "pip", "config", "list"),
        env=own,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    options = effective_options(listed)
    assert options["index-url"] == "https://one.test/simple"
    assert options["extra-index-url"].split() == [
        "https://two.test/it's",
        "https://three.test/simple",
    ]
    assert options["find-links"] == "a b"
    assert "no-index" not in options


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("index-url", "https://a.test/s", {"UV_DEFAULT_INDEX": "https://a.test/s"}),
        ("extra-index-url", "\nhttps://a.test\nhttps://b.test", {"UV_INDEX": "https://a.test https://b.test"}),
        ("trusted-host", "a.test\nb.test:8080", {"UV_INSECURE_HOST": "a.test b.test:8080"}),
        ("keyring-provider", "subprocess", {"UV_KEYRING_PROVIDER": "subprocess"}),
        ("timeout", "60", {"UV_HTTP_TIMEOUT": "60"}),
        ("default-timeout", "60", {"UV_HTTP_TIMEOUT": "60"}),
        ("retries", "7", {"UV_HTTP_RETRIES": "7"}),
        ("client-cert", "/me.pem", {"SSL_CLIENT_CERT": "/me.pem"}),
        ("proxy", "http://p.test", dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://p.test")),
        ("find-links", "https://a.test/links\n/not/there", {"UV_FIND_LINKS": "https://a.test/links"}),
        ("find-links", "/not/there", {}),
        ("no-cache-dir", "false", {"UV_NO_CACHE": "1"}),
        ("cert", "/a.pem", {"SSL_CERT_FILE": "/a.pem"}),
        ("disable-pip-version-check", "1", {}),
    ],
)  # fmt: skip
def test_an_option_of_pips_is_a_variable_of_uvs(
    option: str, value: str, expected: dict[str, str]
) -> None:
    assert told({option: value}) == expected


def test_folders_with_packages_are_told_when_they_are_there(tmp_path: Path) -> None:
    assert told({"find-links": f"{tmp_path} {tmp_path}"}) == {
        "UV_FIND_LINKS": f"{tmp_path},{tmp_path}"
    }


def test_what_is_set_for_uv_stays_as_it_is() -> None:
    options = {"index-url": "https://pip.test/simple", "cert": "/pip.pem"}
    assert told(options, UV_DEFAULT_INDEX="https://uv.test/simple") == {"SSL_CERT_FILE": "/pip.pem"}


def test_indexes_are_one_for_pip_and_so_for_uv() -> None:
    assert variables({}, {"SSL_CERT_DIR": "/certs"}) == STRATEGY


def test_without_an_own_certificate_what_the_machine_trusts_is_trusted(tmp_path: Path) -> None:
    assert variables({}, {}) == STRATEGY | {"UV_SYSTEM_CERTS": "1"}
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        assert told({}, **{name: "/bundle.pem"}) == {"SSL_CERT_FILE": "/bundle.pem"}
        assert told({"cert": "/a.pem"}, **{name: "/bundle.pem"}) == {"SSL_CERT_FILE": "/a.pem"}
    assert told({"cert": str(tmp_path)}) == {"SSL_CERT_DIR": str(tmp_path)}


@pytest.mark.parametrize(("value", "expected"), [("yes", ("--no-index",)), ("0", ()), ("", ())])
def test_no_index_is_no_index(value: str, expected: tuple[str, ...]) -> None:
    assert flags({"no-index": value}) == expected
