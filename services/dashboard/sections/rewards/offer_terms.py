"""What an offer of a reward says: how many points, whether by itself, and for whom."""

from collections.abc import Mapping, Sequence
from typing import Any

from htpy import Node, fragment, span
from starlette.datastructures import FormData

from services.dashboard.parts.facts import badge, link
from services.dashboard.parts.forms import field_switch, field_text
from services.dashboard.parts.numbers import read_count
from services.dashboard.parts.show import Row
from services.dashboard.web.asking import Refused, ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

#: Sets of validation rules of each offer: id and name.
OfferRules = Mapping[str, Sequence[tuple[str, str]]]
_MANY = ("limit", "100")


def loyalty_of(offer: Row) -> Row:
    """The terms of an offer; none of one that pays orders, which costs what it pays."""
    found: Row = (offer.get("parameters") or {}).get("loyalty") or {}
    return found


def auto_redeem_badge(offer: Row) -> Node:
    """Says of an offer that it is redeemed without being asked for."""
    return badge("By itself", "violet") if loyalty_of(offer).get("auto_redeem") else None


def say_whom(offer: Row, rules: OfferRules | None) -> Node:
    """For whom it is; `rules` None: it cannot be asked."""
    if rules is None:
        return span(".muted")["Not known"]
    bound = rules.get(str(offer["id"]))
    if not bound:
        return span(".muted")["Every member"]
    return [[link(said, f"/validation-rules/{escape_segment(rule)}"), " "] for rule, said in bound]


def terms_fields(
    offer: Row | None = None, *, label: str = "Points", hint: str = "", is_wanted: bool = True
) -> Node:
    """What it costs, and whether members have to ask for it; `is_wanted`: it has to have a cost."""
    loyalty, after = loyalty_of(offer or {}), f"-{offer['id']}" if offer else ""
    return fragment[
        field_text(
            "points",
            label,
            loyalty.get("points"),
            hint=hint,
            id=f"points{after}",
            inputmode="numeric",
            autocomplete="off",
            required=is_wanted,
        ),
        field_switch(
            "auto_redeem",
            "Redeem it by itself",
            is_on=bool(loyalty.get("auto_redeem")),
            hint="A card that gets points is redeemed for it at once, if it has enough and the rules hold",
            id=f"auto_redeem{after}",
        ),
    ]


def read_terms(form: FormData) -> dict[str, Any]:
    """The terms of a new offer as the API takes them. Raises Refused."""
    points = read_count(str(form.get("points") or "").strip())
    if not points:
        raise refused("Say how many points it costs, as a whole number from 1 on")
    loyalty: dict[str, Any] = {"points": points}
    return {"loyalty": loyalty | ({"auto_redeem": True} if is_by_itself(form) else {})}


def read_changed_terms(form: FormData) -> dict[str, Any]:
    """The same of a change, which switches it off, too. Raises Refused."""
    loyalty = read_terms(form)["loyalty"]
    return {"loyalty": loyalty | {"auto_redeem": is_by_itself(form)}}


def is_by_itself(form: FormData) -> bool:
    """Whether the switch of `terms_fields` is on."""
    return form.get("auto_redeem") == "true"


def refused(details: str) -> Refused:
    """What is wrong with a form of an offer."""
    return Refused(400, {"key": "invalid_payload", "message": "Invalid", "details": details})


async def find_offer_rules(visit: Visit, ids: Sequence[str]) -> OfferRules | None:
    """What binds these offers; None where that cannot be asked."""
    if not ids:
        return {}
    if not visit.may("rules.read"):
        return None
    named = "filters[related_object_id][conditions][$in]"
    asked = [_MANY, *((f"{named}[{at}]", each) for at, each in enumerate(ids))]
    body = await ask_quietly(visit.api.get("/v1/validation-rules-assignments", asked))
    if body is None:
        return None
    bound = [
        (str(each.get("related_object_id")), str(each.get("rule_id")))
        for each in body.get("data") or []
    ]
    if not bound:
        return {}
    some = [_MANY, *(("ids", rule) for rule in sorted({rule for _, rule in bound}))]
    sets = await ask_quietly(visit.api.get("/v1/validation-rules", some))
    names = {str(each["id"]): str(each.get("name")) for each in (sets or {}).get("data") or []}
    found: dict[str, list[tuple[str, str]]] = {}
    for offer, rule in bound:
        found.setdefault(offer, []).append((rule, names.get(rule, rule)))
    return found
