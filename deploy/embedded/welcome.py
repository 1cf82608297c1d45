"""What is shown when an installation is healthy: where it is, its keys, a first request, the dashboard."""

import json
import shlex
from collections.abc import Mapping

from deploy.embedded.console import Console
from deploy.embedded.home import Home, read_json
from deploy.embedded.start import Installation

EXAMPLE_CODE = "WELCOME10"
_VOUCHER = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
_REDEMPTION = {
    "redeemables": [{"object": "voucher", "id": EXAMPLE_CODE}],
    "order": {"amount": 10_000},
}
#: What of the file of keys is for a person who signs in, and what it is called.
_SIGN_IN = {"dashboard_email": "e-mail", "dashboard_password": "first password"}


def welcome(home: Home, installation: Installation, console: Console) -> None:
    """Show the URLs, the keys, two requests that create and redeem a voucher, how to sign in."""
    kept = {name: str(value) for name, value in read_json(home.keys_file).items()}
    keys = {name: value for name, value in kept.items() if name not in _SIGN_IN}
    sign_in = {called: kept[name] for name, called in _SIGN_IN.items() if name in kept}
    url = installation.url
    requests = (
        _curl(f"{url}/v1/vouchers/{EXAMPLE_CODE}", _VOUCHER, keys),
        _curl(f"{url}/v1/redemptions", _REDEMPTION, keys),
    )
    dashboard = installation.dashboard_url
    if not console.is_readable:
        console.say("ready", url=url, keys=keys, first_requests=requests)
        if dashboard is not None:
            missing = missing_of_dashboard(installation)
            console.say("dashboard", url=dashboard, sign_in=sign_in, missing=missing)
        return
    lines = ["", f"Tessera serves {url} with these keys, kept in {home.keys_file}:", ""]
    lines += [f"  {name:<16}  {value}" for name, value in keys.items()]
    lines += ["", "Create a voucher and redeem it:", ""]
    lines += [f"  {request}\n" for request in requests]
    if dashboard is not None:
        lines += _dashboard_lines(dashboard, sign_in, missing_of_dashboard(installation))
    console.block(lines)


def missing_of_dashboard(installation: Installation) -> str | None:
    """What the dashboard lacks, as a sentence; None where it lacks nothing."""
    _, told = installation.health_of("dashboard")
    parts = told.get("parts", {})
    lacks = [f"{name} {part['state']}" for name, part in parts.items() if part["state"] != "ok"]
    if not lacks:
        return None
    return f"It is not complete: {', '.join(lacks)}. It tries again; dashboard.log says why."


def _dashboard_lines(url: str, sign_in: Mapping[str, str], missing: str | None) -> list[str]:
    lines = [f"The dashboard is at {url}", ""]
    if sign_in:
        lines += [*(f"  {called:<16}  {value}" for called, value in sign_in.items()), ""]
        lines += ["The first password is changed at the first sign-in, and holds until then.", ""]
    return lines if missing is None else [*lines, missing, ""]


def _curl(url: str, body: object, keys: Mapping[str, str]) -> str:
    headers = (
        f"X-App-Id: {keys['app_id']}",
        f"X-App-Token: {keys['app_token']}",
        "Content-Type: application/json",
    )
    given = " ".join(f"-H {shlex.quote(header)}" for header in headers)
    return f"curl {url} {given} -d {shlex.quote(json.dumps(body))}"
