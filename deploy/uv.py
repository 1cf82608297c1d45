"""`python -m deploy.uv pip install ...` runs uv with the settings that pip has on this machine.

uv installs a lock in a fraction of pip's time, but reads none of pip's settings. Where packages
come from, which certificates count and which proxy is asked may have been told to pip alone, so
uv is told it here. What is set for uv itself stays as it is.

It runs before anything is installed: only the standard library is there.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

#: Of several sections that say the same, the last one counts, as for pip.
_SECTIONS: Final = ("global", "install", ":env:")
#: An option of pip's → the variables of uv's that hold the same, lists with blanks in between.
_SAME: Final = {
    "index-url": ("UV_DEFAULT_INDEX",),
    "extra-index-url": ("UV_INDEX",),
    "trusted-host": ("UV_INSECURE_HOST",),
    "keyring-provider": ("UV_KEYRING_PROVIDER",),
    "timeout": ("UV_HTTP_TIMEOUT",),
    "default-timeout": ("UV_HTTP_TIMEOUT",),
    "retries": ("UV_HTTP_RETRIES",),
    "client-cert": ("SSL_CLIENT_CERT",),
    "proxy": ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"),
}
_TRUE: Final = ("1", "on", "t", "true", "y", "yes")


def effective_options(listed: str) -> dict[str, str]:
    """What pip was told, by option, of `pip config list`: lines `section.option='value'`."""
    found: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    for line in listed.splitlines():
        name, is_option, value = line.partition("=")
        section, _, option = name.rpartition(".")
        if is_option and section in found:
            found[section][option] = str(ast.literal_eval(value))
    options = {name: value for section in _SECTIONS for name, value in found[section].items()}
    # an empty value is none for pip
    return {name: value for name, value in options.items() if value}


def variables(options: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that tell uv what pip's options and the environment tell pip."""
    told = {
        variable: " ".join(options[option].split())
        for option, names in _SAME.items()
        if option in options
        for variable in names
    }
    # pip takes the best of all indexes; each package has its hash, so none can slip in
    told["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    if "find-links" in options:
        told["UV_FIND_LINKS"] = ",".join(_that_exist(options["find-links"].split()))
    if "no-cache-dir" in options:
        told["UV_NO_CACHE"] = "1"
    trusted = (
        options.get("cert")
        or environment.get("REQUESTS_CA_BUNDLE")
        or environment.get("CURL_CA_BUNDLE")
    )
    if trusted:
        told["SSL_CERT_DIR" if Path(trusted).is_dir() else "SSL_CERT_FILE"] = trusted
    elif not environment.keys() & {"SSL_CERT_DIR", "SSL_CERT_FILE"}:
        told["UV_SYSTEM_CERTS"] = "1"
    set_for_uv = {name for name in told if name.startswith("UV_") and name in environment}
    return {name: value for name, value in told.items() if value and name not in set_for_uv}


def flags(options: Mapping[str, str]) -> tuple[str, ...]:
    """What there is no variable for."""
    return ("--no-index",) if options.get("no-index", "").lower() in _TRUE else ()


def _that_exist(places: list[str]) -> list[str]:
    # pip passes over a folder that is not there, for uv it is an error
    return [place for place in places if "://" in place or Path(place).exists()]


def main() -> int:
    """Gives the exit status of uv; 1 when it is not there."""
    python = Path(sys.executable)
    uv = python.with_name("uv")
    if not uv.exists():
        print(f"{uv} is not there.", file=sys.stderr)
        return 1
    pip = (python, "-m", "pip", "--disable-pip-version-check", "config", "list")
    listed = subprocess.run(pip, capture_output=True, text=True, check=True).stdout
    options = effective_options(listed)
    environment = os.environ | variables(options, os.environ)
    return subprocess.run(
        (uv, *sys.argv[1:], *flags(options)), env=environment, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
