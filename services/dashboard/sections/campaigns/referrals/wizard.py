"""The form of a new referral program: its code, when a friend counts, what both get."""

from collections.abc import Mapping
from typing import Final

from htpy import Node, fragment

from services.dashboard.parts.discounts import say_discount
from services.dashboard.parts.forms import Errors, ask_again, field_switch
from services.dashboard.parts.show import Show
from services.dashboard.sections.campaigns.making.bodies import (
    Body,
    new_campaign,
)
from services.dashboard.sections.campaigns.making.choices import chosen
from services.dashboard.sections.campaigns.making.draft import Draft
from services.dashboard.sections.campaigns.making.frame import name_fields
from services.dashboard.sections.campaigns.making.names import find_names
from services.dashboard.sections.campaigns.making.own_form import (
    UNSAID,
    first_sentence,
    own_form,
    told_part,
)
from services.dashboard.sections.campaigns.making.own_pages import OwnKind, own_pages
from services.dashboard.sections.campaigns.making.sections import (
    codes_part,
    discount_fields,
    part,
)
from services.dashboard.sections.campaigns.making.terms import when_fields, who_fields
from services.dashboard.sections.campaigns.referrals.terms import (
    find_own_names,
    place_of,
    read_terms,
    say_program,
    terms_fields,
)
from services.dashboard.web.visit import Visit

PATH: Final = "/campaigns/referrals/new"
TITLE: Final = "New referral program"
_STEPS: Final = (
    ("about", "About"),
    ("gives", "What the code gives"),
    ("rewards", "What counts, and for whom"),
    ("codes", "Codes"),
    ("who", "Who and when"),
)
_BEGIN: Final = {"kind": "PERCENT", "quantity": "", "join_once": "true", "conversion": "redemption"}


def new_program(draft: Draft, show: Show) -> Body:
    """The body of `POST /v1/campaigns`."""
    made = new_campaign(draft, show)
    made.body["campaign_type"] = "REFERRAL_PROGRAM"
    made.body["voucher"]["is_referral_code"] = True
    made.body["referral_program"] = read_terms(draft.values, made.errors)
    return made


def wizard(
    draft: Draft,
    show: Show,
    names: Mapping[str, str],
    errors: Errors | None = None,
    key: str | None = None,
) -> Node:
    """The form as it stands, with what is wrong at its fields."""
    wrong, again = errors or {}, ask_again(PATH, "making")
    dashed = {name.replace("_", "-"): value for name, value in again.items()}
    parts = fragment[
        part(
            "about",
            "About",
            name_fields(draft, wrong),
        ),
        part(
            "gives",
            "What the code gives",
            discount_fields(draft, wrong, chosen(names, draft["unit"]), dashed),
            hint="A customer is given a code, and passes it on; the friend who redeems it gets this.",
        ),
        part(
            "rewards",
            "What counts, and for whom",
            terms_fields(draft.values, names, wrong, again),
            hint="Nobody refers themselves: not with the same e-mail address or phone either.",
        ),
        codes_part(draft, wrong),
        part(
            "who",
            "Who and when",
            when_fields(draft, wrong, show),
            who_fields(draft, wrong, names, with_rules=True, with_codes=True),
            field_switch("active", "Switch it on at once", is_on=draft.has("active")),
        ),
    ]
    return own_form(PATH, _STEPS, parts, told(draft, show, names), wrong, key)


def told(draft: Draft, show: Show, names: Mapping[str, str]) -> Node:
    """The program in sentences."""
    body = new_program(draft, show).body
    discount = body["voucher"].get("discount")
    gives: Node = say_discount(discount, show) if draft["value"] or draft["formula"] else UNSAID
    sentences = [
        first_sentence(draft, "a referral program"),
        *say_program(body["referral_program"], names, gives, show),
    ]
    return told_part(sentences, _warn(draft))


def _warn(draft: Draft) -> list[Node]:
    found: list[Node] = []
    if not draft["referrer_type"]:
        found.append("Who brings somebody gets nothing for it.")
    if not draft["end"]:
        found.append("It has no end: it runs until somebody switches it off.")
    if not draft.has("join_once"):
        found.append("A customer may hold several codes, each of which brings friends.")
    return found


async def _names(visit: Visit, draft: Draft) -> dict[str, str]:
    return {**await find_names(visit, draft), **await find_own_names(visit, draft.values)}


PAGES: Final = own_pages(OwnKind(PATH, TITLE, _BEGIN, new_program, wizard, told, _names, place_of))
