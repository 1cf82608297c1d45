"""The draw of a giveaway: before it, the button that draws, and who won."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import Node, div, fragment, h2, p, section, span
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.facts import badge, link
from services.dashboard.parts.grid import grid
from services.dashboard.parts.notices import notice
from services.dashboard.parts.page import confirm_dialog, dialog_button
from services.dashboard.parts.show import NOTHING, Show
from services.dashboard.sections.campaigns.frame import tab_page
from services.dashboard.sections.campaigns.giveaways.naming import count_entries, status_badge
from services.dashboard.sections.campaigns.giveaways.overview import api_path
from services.dashboard.sections.campaigns.giveaways.proof import commitment_part, proof_part
from services.dashboard.sections.campaigns.naming import campaign_href, has_closed, say_gives
from services.dashboard.sections.campaigns.prizes import say_given
from services.dashboard.sections.customer_names import customer_name, find_customers, person_link
from services.dashboard.sections.saving import key_of
from services.dashboard.web.answers import go_to
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

_PATH: Final = "/campaigns/{id}/draw"


async def draw_tab(visit: Visit, row: Row) -> Node:
    """The draw as it stands. Raises ApiFault."""
    proof = await visit.api.get(api_path(row, "proof"))
    if not proof.get("seed"):
        return before_part(visit, row, proof)
    winners = await visit.api.get(api_path(row, "winners"))
    drawn: Sequence[Row] = winners.get("data") or []
    people = await find_customers(visit, (each.get("customer_id") for each in drawn))
    return after_part(visit, row, proof, drawn, people)


def before_part(visit: Visit, row: Row, proof: Row) -> Node:
    """What is known before the draw, and the button that draws once it can be."""
    show, terms = visit.show, row.get("giveaway") or {}
    may = visit.may("campaigns.write") and has_closed(row)
    entries = proof.get("entries") or 0
    return fragment[
        section(".card.pad.stack", aria_label="The draw")[
            h2["The draw"],
            p[
                f"{count_entries(entries, show)} take{'s' if entries == 1 else ''} part. {say_gives(row, show)}; {show.number(terms.get('alternates') or 0)} stand by."
            ],
            notice(
                "info",
                "It takes entries until ",
                show.when(terms.get("closes_at")),
                ". It can be drawn afterwards.",
            )
            if not has_closed(row)
            else None,
            may
            and entries > 0
            and div[dialog_button("Draw the winners", "draw-now", ".primary", "sparkles")],
            may and not entries and notice("warn", "Nobody took part, so nobody can be drawn."),
        ],
        commitment_part(row, proof),
        may
        and entries > 0
        and confirm_dialog(
            "draw-now",
            title=f"Draw the winners of {row['name']}?",
            what_happens=_what_happens(entries, terms, show),
            action=campaign_href(row, "draw"),
            do="Draw",
            kind=".primary",
        ),
    ]


def _what_happens(entries: int, terms: Mapping[str, Any], show: Show) -> str:
    places = (terms.get("winners") or 0) + (terms.get("alternates") or 0)
    return (
        f"Of {count_entries(entries, show)} {show.number(min(places, entries))} are drawn by the seed that was committed to. "
        "The winners are given their prizes at once, and the seed is published. "
        "A giveaway is drawn once: this cannot be done again or taken back, only single winners can be refused."
    )


def after_part(
    visit: Visit, row: Row, proof: Row, drawn: Sequence[Row], people: Mapping[str, Row]
) -> Node:
    """The winners with their prizes, and the proof."""
    may, show = visit.may("campaigns.write"), visit.show
    winners = [each for each in drawn if each.get("status") == "WINNER"]
    waiting = [each for each in winners if not each.get("prize")]
    return fragment[
        waiting
        and notice(
            "warn",
            f"{len(waiting)} of {len(winners)} winners have no prize yet. ",
            may and dialog_button("Hand out what is missing", "hand-out", ".small", "gift"),
        ),
        grid(
            "Winners",
            ("Place", "Customer", "State", "Prize", "Code", ""),
            [_winner(each, people, show, may=may) for each in drawn],
            lead=[
                "Drawn ",
                show.when(proof.get("date")),
                f" among {count_entries(proof.get('entries'), show)}.",
            ],
        ),
        proof_part(row, proof, show),
        may and (_refuse_dialog(row, each, people) for each in winners),
        may
        and waiting
        and confirm_dialog(
            "hand-out",
            title="Hand out the missing prizes?",
            what_happens="Winners without a prize are given theirs, as far as it can be given now. Nobody gets one twice.",
            action=campaign_href(row, "draw/prizes"),
            do="Hand out",
            kind=".primary",
        ),
    ]


def _winner(drawn: Row, people: Mapping[str, Row], show: Show, *, may: bool) -> tuple[Node, ...]:
    prize = drawn.get("prize")
    voucher = (prize or {}).get("voucher") or {}
    name = voucher.get("code") or voucher.get("id")
    won = drawn.get("status") == "WINNER"
    return (
        show.number(drawn.get("place")),
        person_link(drawn.get("customer_id"), people),
        span[
            status_badge(drawn),
            drawn.get("reason") and span(".muted")[f" {drawn['reason']}"],
        ],
        say_given(prize, show) if prize or not won else badge(_withheld(drawn), "warn"),
        span(".mono")[link(name, f"/vouchers/{escape_segment(str(name))}")] if name else NOTHING,
        may and won and dialog_button("Refuse", f"refuse-{drawn['entry_id']}", ".quiet.small", "x"),
    )


def _withheld(drawn: Row) -> str:
    key = str(drawn.get("withheld") or "not given yet")
    return key.replace("_", " ").capitalize()


def _refuse_dialog(row: Row, drawn: Row, people: Mapping[str, Row]) -> Node:
    name, who = str(drawn["entry_id"]), str(drawn.get("customer_id"))
    called = customer_name(people.get(who) or {"id": who})
    return confirm_dialog(
        f"refuse-{name}",
        title=f"Refuse {called} and let the next one win?",
        what_happens="The prize is taken back as far as it is there. The first who stands by wins in that place; where nobody does, one more is drawn by the same seed. It stays in the proof, and does not come back.",
        action=campaign_href(row, f"draw/{escape_segment(name)}/refuse"),
        do="Refuse",
        reason=True,
    )


async def draw(visit: Visit) -> Response:
    """Draws. Raises ApiFault."""
    form, row = await visit.form(), {"id": visit.path("id")}
    await visit.api.post(api_path(row, "draw"), key=key_of(form))
    return go_to(visit.request, campaign_href(row, "draw"), "Drawn")


async def refuse(visit: Visit) -> Response:
    """Refuses a winner. Raises ApiFault."""
    form, row = await visit.form(), {"id": visit.path("id")}
    entry = escape_segment(visit.path("entry"))
    body = {"reason": str(form.get("reason") or "").strip() or None}
    await visit.api.post(api_path(row, f"winners/{entry}/refuse"), body, key=key_of(form))
    return go_to(visit.request, campaign_href(row, "draw"), "Refused; the next one wins")


async def hand_out(visit: Visit) -> Response:
    """Gives winners what they lack. Raises ApiFault."""
    form, row = await visit.form(), {"id": visit.path("id")}
    body = await visit.api.post(api_path(row, "prizes"), key=key_of(form))
    drawn = (body or {}).get("drawn") or []
    left = sum(each.get("status") == "WINNER" and not each.get("prize") for each in drawn)
    said = f"{left} could not be given yet" if left else "Every winner has a prize"
    return go_to(visit.request, campaign_href(row, "draw"), said)


PAGES: Final = (
    tab_page("draw", draw_tab),
    Page(_PATH, draw, "campaigns.write", "POST"),
    Page(f"{_PATH}/prizes", hand_out, "campaigns.write", "POST"),
    Page(f"{_PATH}/{{entry}}/refuse", refuse, "campaigns.write", "POST"),
)
