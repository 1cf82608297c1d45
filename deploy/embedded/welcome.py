"""What is shown when an installation is healthy: where it is, its keys, a first request."""

import json
import shlex

from deploy.embedded.console import Console
from deploy.embedded.home import Home, read_json
from deploy.embedded.start import Installation

EXAMPLE_CODE = "WELCOME10"
_VOUCHER = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
_REDEMPTION = {
    "redeemables": [{"object": "voucher", "id": EXAMPLE_CODE}],
    "order": {"amount": 10_000},
}


#: What of the file of keys is for people and their browser, by what it is called.
_SIGN_IN = {"dashboard_email": "e-mail", "dashboard_password": "first password"}


def welcome(home: Home, installation: Installation, console: Console) -> None:
    """Show the URLs, the keys, two requests that create and redeem a voucher, how to sign in."""
    url = installation.url
    kept = {name: str(value) for name, value in read_json(home.keys_file).items()}
    keys = {name: value for name, value in kept.items() if name not in _SIGN_IN}
    sign_in = {called: kept[name] for name, called in _SIGN_IN.items() if name in kept}
    requests = (
        _curl(f"{url}/v1/vouchers/{EXAMPLE_CODE}", _VOUCHER, keys),
        _curl(f"{url}/v1/redemptions", _REDEMPTION, keys),
    )
    at = installation.dashboard_url
    missing = None if at is None else missing_of(installation)
    lack = {} if missing is None else {"missing": missing}
    if not console.is_readable:
        dashboard = {} if at is None else {"dashboard": {"url": at, **sign_in, **lack}}
        console.say("ready", url=url, keys=keys, first_requests=requests, **dashboard)
        return
    lines = ["", f"Tessera serves {url} with these keys, kept in {home.keys_file}:", ""]
    lines += [f"  {name:<16}  {value}" for name, value in keys.items()]
    lines += ["", "Create a voucher and redeem it:", ""]
    lines += [f"  {request}\n" for request in requests]
    if at is not None:
        lines += [f"The dashboard is at {at}", ""]
        lines += [f"  {called:<16}  {value}" for called, value in sign_in.items()]
        lines += [""] * bool(sign_in) + [f"  {missing}\n"] * bool(missing)
    console.block(lines)


def missing_of(installation: Installation) -> str | None:
    """What the dashboard lacks, as a sentence; None where it lacks nothing."""
    _, told = installation.health_of("dashboard")
    lacks = [
        f"{name} {part['state']}"
        for name, part in told.get("parts", {}).items()
        if part["state"] != "ok"
    ]
    if not lacks:
        return None
    return f"It is not complete: {', '.join(lacks)}. It tries again; dashboard.log says why."


def _curl(url: str, body: object, keys: dict[str, str]) -> str:
    headers = (
        f"X-App-Id: {keys['app_id']}",
        f"X-App-Token: {keys['app_token']}",
        "Content-Type: application/json",
    )
    given = " ".join(f"-H {shlex.quote(header)}" for header in headers)
    return f"curl {url} {given} -d {shlex.quote(json.dumps(body))}"
