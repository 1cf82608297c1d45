"""What is shown when an installation is healthy: where it is, its keys, a first request."""

import json
import shlex

from deploy.embedded.console import Console
from deploy.embedded.home import Home, read_json

EXAMPLE_CODE = "WELCOME10"
_VOUCHER = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
_REDEMPTION = {
    "redeemables": [{"object": "voucher", "id": EXAMPLE_CODE}],
    "order": {"amount": 10_000},
}


def welcome(home: Home, url: str, console: Console) -> None:
    """Show the URL, the keys and two requests that create and redeem a voucher."""
    keys = {name: str(value) for name, value in read_json(home.keys_file).items()}
    requests = (
        _curl(f"{url}/v1/vouchers/{EXAMPLE_CODE}", _VOUCHER, keys),
        _curl(f"{url}/v1/redemptions", _REDEMPTION, keys),
    )
    if not console.is_readable:
        console.say("ready", url=url, keys=keys, first_requests=requests)
        return
    lines = ["", f"Tessera serves {url} with these keys, kept in {home.keys_file}:", ""]
    lines += [f"  {name:<16}  {value}" for name, value in keys.items()]
    lines += ["", "Create a voucher and redeem it:", ""]
    lines += [f"  {request}\n" for request in requests]
    console.block(lines)


def _curl(url: str, body: object, keys: dict[str, str]) -> str:
    headers = (
        f"X-App-Id: {keys['app_id']}",
        f"X-App-Token: {keys['app_token']}",
        "Content-Type: application/json",
    )
    given = " ".join(f"-H {shlex.quote(header)}" for header in headers)
    return f"curl {url} {given} -d {shlex.quote(json.dumps(body))}"
