"""Runs the story against an installation, and gives what each of its requests was answered."""

import base64
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import httpx

from fronts.query_string import SUPPORTED
from services.catalog.users.codes import STEP_MS, code_at
from tests.contract.answers import client, route_of
from tests.openapi import (
    background,
    earning,
    loyalty_tiers,
    member_points,
    offers,
    programs,
    referrals,
    rewards,
    selling,
    shop,
    team,
)
from tests.openapi.steps import Kept, Step, filled, found_at

STORY: Final = (
    *shop.PROJECTS,
    *team.TEAM,
    *shop.COMMERCE,
    *shop.PEOPLE,
    *offers.RULES,
    *offers.VOUCHERS,
    *offers.CAMPAIGNS,
    *offers.PROMOTIONS,
    *offers.PUBLICATIONS,
    *programs.PROGRAMS,
    *earning.EARNING,
    *loyalty_tiers.TIERS,
    *referrals.REFERRALS,
    *member_points.MEMBER_POINTS,
    *rewards.REWARDS,
    *selling.VALIDATIONS,
    *selling.WATCHED,
    *selling.REDEMPTIONS,
    *selling.HISTORY,
    *selling.ANALYTICS,
    *background.IMPORTS,
    *background.EXPORTS,
    *background.TOKENS,
    *background.ENDS,
)
SECONDS_MAX: Final = 120.0
#: In which a giveaway has its entries, and after which it is drawn.
SOON: Final = timedelta(seconds=20)
POLL_SECONDS: Final = 0.1


class Told(NamedTuple):
    """What a step asked for, and how it was answered."""

    step: Step
    route: str
    status: int
    #: What it was asked with, in place of names.
    path: str
    query: Mapping[str, str]
    asked: Any
    #: The answer as JSON; None where it is none.
    body: Any
    #: The parameters that the query can have, for an endpoint that reads.
    parameters: tuple[str, ...]


def run_story(url: str, keys: Mapping[str, str]) -> Iterator[Told]:
    """Each step in its order; `keys` are those of the installation's first project."""
    today = datetime.now(UTC).date()
    kept: Kept = {
        "yesterday": (today - timedelta(1)).isoformat(),
        "after_tomorrow": (today + timedelta(2)).isoformat(),
        "management_id": keys["management_id"],
        "management_token": keys["management_token"],
    }
    with client(base_url=url, timeout=60.0) as http:
        for step in STORY:
            kept["soon"] = (datetime.now(UTC) + SOON).isoformat()
            answer = _ask_in_time(http, step, kept)
            path = httpx.URL(filled(step.path, kept)).path
            route = route_of(step.method, path)
            assert route is not None, step
            assert answer.is_success, f"{step.method} {path}: {answer.status_code} {answer.text}"
            is_json = answer.headers.get("content-type", "").startswith("application/json")
            body = answer.json() if is_json and answer.content else None
            for name, place in step.keep.items():
                found = found_at(place, body)
                assert isinstance(found, str), f"{path} says nothing at {place}: {body}"
                kept[name] = found
            kept |= _device_code(kept)
            parameters = _parameters(http, step, kept) if step.method == "GET" else ()
            query, asked = filled(step.query, kept), filled(step.body or step.form, kept)
            yield Told(
                step, route, answer.status_code, path, query, asked or None, body, parameters
            )


def _device_code(kept: Kept) -> Kept:
    """What the device of a second factor shows now, where there is one."""
    if "secret" not in kept:
        return {}
    secret = base64.b32decode(kept["secret"])
    return {"device_code": code_at(secret, int(time.time() * 1000) // STEP_MS)}


def _parameters(http: httpx.Client, step: Step, kept: Kept) -> tuple[str, ...]:
    """What an endpoint says that it takes, when it is asked with what nothing takes."""
    refused = http.send(_request(http, step, kept, {"no_such_parameter": "1"}))
    if refused.status_code != 400:
        return ()
    _, _, names = refused.json()["details"].partition(SUPPORTED)
    return () if names == "none" else tuple(names.split(", "))


def _ask_in_time(http: httpx.Client, step: Step, kept: Kept) -> httpx.Response:
    deadline = time.monotonic() + SECONDS_MAX
    while True:
        answer = http.send(_request(http, step, kept))
        wanted = step.until.items()
        if not answer.is_success or all(_says(answer.json(), *each) for each in wanted):
            return answer
        assert time.monotonic() < deadline, f"{step} is still answered {answer.text}"
        time.sleep(POLL_SECONDS)


def _says(body: Any, place: str, value: Any) -> bool:
    found = found_at(place, body)
    return found is not None if value is ... else bool(found == value)


def _request(
    http: httpx.Client, step: Step, kept: Kept, wrong: Mapping[str, str] | None = None
) -> httpx.Request:
    query = filled(step.query, kept) | (wrong or {})
    more: dict[str, Any] = {"params": query, "headers": _headers(step.by, kept)}
    if step.file:
        content = filled(step.file, kept).encode()
        more["files"] = {"file": ("rows.csv", content, "text/csv")}
    elif step.form:
        more["data"] = filled(step.form, kept)
    elif step.body is not None:
        more["json"] = filled(step.body, kept)
    return http.build_request(step.method, filled(step.path, kept), **more)


def _headers(by: str, kept: Kept) -> dict[str, str]:
    if by == "server":
        return {"X-App-Id": kept["app_id"], "X-App-Token": kept["app_token"]}
    if by == "client":
        return {
            "X-Client-Application-Id": kept["client_id"],
            "X-Client-Token": kept["client_token"],
            "Origin": "https://shop.example",
        }
    if by == "user":
        return {"X-Session-Token": kept["session"], "X-Project-Id": kept["project"]}
    if by == "management":
        return {
            "X-Management-Id": kept["management_id"],
            "X-Management-Token": kept["management_token"],
        }
    return {}
