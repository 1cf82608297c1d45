"""How a referral program does: who brought how many, and what was given for it."""

import asyncio

from htpy import Node, a, div, fragment, li, p, section, span, ul

from services.dashboard.lists.resource import Row
from services.dashboard.parts.facts import block, code_text, facts, metadata_facts, raw_block
from services.dashboard.parts.icons import icon
from services.dashboard.sections.campaigns.figures import count_events, events_href, figures
from services.dashboard.sections.campaigns.naming import campaign_category, campaign_href, say_gives
from services.dashboard.sections.campaigns.referrals.terms import (
    find_own_names,
    names_of,
    say_program,
    values_of,
)
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit

#: Who has a code, as the list of vouchers filters.
HELD = ("filters[holder_id][conditions][$has_value]", "true")


async def referral_overview(visit: Visit, row: Row) -> Node:
    """The first tab of a referral program. Raises SignedOut."""
    name, show = str(row["id"]), visit.show
    program = row.get("referral_program") or {}
    held, added, converted, rewarded, revoked, names = await asyncio.gather(
        _count_referrers(visit, name),
        count_events(visit, name, "referral.referee_added"),
        count_events(visit, name, "customer.referred"),
        count_events(visit, name, "customer.rewarded"),
        count_events(visit, name, "customer.referral_revoked"),
        find_own_names(visit, {"segment": values_of(program)["segment"]}),
    )
    is_at_once = program.get("conversion_event_type") == "redemption"
    numbers = [
        ("Referrers, who hold a code", held, campaign_href(row, "referrals")),
        (
            "Friends who came by a code",
            converted if is_at_once else added,
            campaign_href(row, "referrals"),
        ),
        ("Conversions", converted, events_href(name, "customer.referred")),
        ("Rewards given", rewarded, events_href(name, "customer.rewarded")),
        ("Taken back", revoked, events_href(name, "customer.referral_revoked")),
    ]
    told = say_program(program, names | names_of(program), say_gives(row, show), show)
    return fragment[
        figures(numbers, show),
        not visit.may("audit.read")
        and p(".muted")["Conversions and rewards are counted for who may read the audit log."],
        section(".card.pad.stack", aria_label="How it works")[
            block(
                "How it works",
                ul(".sentences")[(li[icon("right", 13), span[each]] for each in told)],
                action=visit.may("campaigns.write")
                and a(".btn.small", href=campaign_href(row, "referral-terms"))[
                    icon("edit", 13), "Change"
                ],
            ),
        ],
        div(".card.pad.stack")[
            block(
                "Terms",
                facts(
                    ("Id", code_text(row["id"])),
                    ("Description", row.get("description")) if row.get("description") else None,
                    ("Runs", show.period(row.get("start_date"), row.get("expiration_date"))),
                    ("Category", campaign_category(row)),
                    ("Created", show.when(row.get("created_at"))),
                    ("Changed", show.when(row.get("updated_at"))),
                ),
            ),
            block("Metadata", metadata_facts(row.get("metadata"))),
            raw_block(
                {key: value for key, value in row.items() if key != "state"},
                f"/v1/campaigns/{name}",
                "The campaign",
            ),
        ],
    ]


async def _count_referrers(visit: Visit, name: str) -> int | None:
    if not visit.may("vouchers.read"):
        return None
    params = [("campaign_id", name), ("limit", "1"), HELD]
    body = await ask_quietly(visit.api.get("/v1/vouchers", params))
    return None if body is None else body.get("total")
