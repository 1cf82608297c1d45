"""Campaigns over time: when each begins and ends, as a picture with the same words in it."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from htpy import Node, a, div, fragment, g, line, nav, p, rect, svg, text, title

from services.dashboard.lists.filtering import filter_bar
from services.dashboard.lists.query import Query, read_query
from services.dashboard.lists.resource import Resource, Row, rows_of
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import empty_state
from services.dashboard.parts.show import Show, at_zone, read_moment
from services.dashboard.sections.campaigns.fields import FIELDS
from services.dashboard.sections.campaigns.gathering import find_states
from services.dashboard.sections.campaigns.naming import STATES, state_of
from services.dashboard.web.visit import Visit

PATH: Final = "/campaigns/calendar"
ROWS_MAX: Final = 100
PAGE_ROWS: Final = 100
#: How many pages of the list are looked through for those that run.
PAGES_MAX: Final = 5
MONTHS_SHOWN: Final = 6
MONTHS_AWAY_MAX: Final = 120
_WIDTH: Final = 1_200
_NAME_WIDTH: Final = 240
_ROW: Final = 30
_HEAD: Final = 34
_GAP: Final = 12
_NARROWEST: Final = 4.0


async def find_spans(visit: Visit, start: date, end: date, query: Query) -> tuple[list[Row], bool]:
    """Campaigns that run in a period, the newest first, and whether there may be more.

    Raises ApiFault.
    """
    found: list[Row] = []
    filters = query.filters_for_api(FIELDS, visit.show)
    has_more = False
    for page in range(1, PAGES_MAX + 1):
        params = [("limit", str(PAGE_ROWS)), ("page", str(page)), ("order", "-created_at")]
        rows = rows_of(await visit.api.get("/v1/campaigns", params + filters), "campaigns")
        found += [row for row in rows.rows if _runs(row, start, end, visit.show)]
        has_more = (rows.total or 0) > page * PAGE_ROWS or len(found) > ROWS_MAX
        if len(found) >= ROWS_MAX or (rows.total or 0) <= page * PAGE_ROWS:
            break
    found = found[:ROWS_MAX]
    states = await find_states(visit, [str(row["id"]) for row in found]) if found else {}
    return [{**row, "state": state_of(row, states)} for row in found], has_more


def first_month(asked: str, today: date) -> date:
    """The month that a calendar begins with: `YYYY-MM`, else the one before this."""
    try:
        wanted = datetime.strptime(asked, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        return add_months(today.replace(day=1), -1)
    away = (wanted.year - today.year) * 12 + wanted.month - today.month
    return wanted if abs(away) <= MONTHS_AWAY_MAX else add_months(today.replace(day=1), -1)


def add_months(month: date, count: int) -> date:
    """The first day of a month so many months on."""
    years, at = divmod(month.month - 1 + count, 12)
    return date(month.year + years, at + 1, 1)


def _day(value: object, show: Show) -> date | None:
    moment = read_moment(value)
    return at_zone(moment, show.zone).date() if moment else None


def _runs(row: Row, start: date, end: date, show: Show) -> bool:
    begins = _day(row.get("start_date"), show) or date.min
    ends = _day(row.get("expiration_date"), show) or date.max
    return begins < end and ends >= start


def calendar(
    resource: Resource,
    query: Query,
    rows: Sequence[Row],
    start: date,
    today: date,
    show: Show,
    *,
    has_more: bool = False,
) -> Node:
    """The calendar with its filters, and the way to other months."""
    return div(
        "#list",
        {
            "hx-target:inherited": "#list",
            "hx-swap:inherited": "outerMorph",
            "hx-push-url:inherited": "true",
        },
    )[
        filter_bar(resource, query, show),
        div(".card.pad")[
            _months(query, start, today),
            div(".gantt", tabindex="0", role="region", aria_label="Calendar of campaigns")[
                gantt(rows, start, today, show)
            ]
            if rows
            else empty_state(
                "calendar",
                "No campaign runs in these months",
                "Look at other months, or take a filter away.",
            ),
            has_more and p(".muted")["The newest are shown. Filter to see others."],
        ],
    ]


def _months(query: Query, start: date, today: date) -> Node:
    end = add_months(start, MONTHS_SHOWN)
    steps = (
        ("Earlier", "left", add_months(start, -MONTHS_SHOWN)),
        ("Now", "clock", add_months(today.replace(day=1), -1)),
        ("Later", "right", end),
    )

    def href(month: date) -> str:
        address = query.href(page=1, open="")
        return f"{address}{'&' if '?' in address else '?'}from={month:%Y-%m}"

    return nav(".row", aria_label="Months")[
        (
            a(".btn.small", href=href(month), hx_get=href(month))[icon(sign, 14), said]
            for said, sign, month in steps
        ),
        div(".muted")[f"{start:%B %Y} to {add_months(end, -1):%B %Y}"],
    ]


def gantt(rows: Sequence[Row], start: date, today: date, show: Show) -> Node:
    """A line for each campaign, from its start to its end; each leads to it."""
    end = add_months(start, MONTHS_SHOWN)
    days = (end - start).days
    height = _HEAD + _ROW * len(rows) + 6

    def x(day: date) -> float:
        return _NAME_WIDTH + (_WIDTH - _NAME_WIDTH) * (day - start).days / days

    return svg(
        {"viewBox": f"0 0 {_WIDTH} {height}"}, role="group", aria_label="Campaigns over time"
    )[
        (
            fragment[
                line(".grid", x1=f"{x(month):.1f}", x2=f"{x(month):.1f}", y1="0", y2=str(height)),
                text(".muted", x=f"{x(month) + 6:.1f}", y="18")[f"{month:%b %Y}"],
            ]
            for month in (add_months(start, at) for at in range(MONTHS_SHOWN))
        ),
        (_line(row, at, start, end, x, show) for at, row in enumerate(rows)),
        start <= today < end
        and line(".now", x1=f"{x(today):.1f}", x2=f"{x(today):.1f}", y1="24", y2=str(height)),
    ]


def _line(
    row: Row, at: int, start: date, end: date, x: Callable[[date], float], show: Show
) -> Node:
    begins, ends = _day(row.get("start_date"), show), _day(row.get("expiration_date"), show)
    left = max(start, begins) if begins else start
    right = min(end, ends + timedelta(days=1)) if ends else end
    top = _HEAD + _ROW * at
    state = STATES.get(str(row.get("state")), ("", ""))[0]
    said = (
        f"{row['name']}: "
        f"{begins.isoformat() if begins else 'no start'} to {ends.isoformat() if ends else 'no end'}"
        f"{state and f', {state}'}"
    )
    is_on = row.get("state") in ("active", "before_start", "in_progress")
    return a(href=f"/campaigns/{row['id']}", aria_label=said)[
        g[
            title[said],
            # an svg of its own cuts off what is longer, and leaves the name whole for who hears it
            svg(x="0", y=str(top), width=str(_NAME_WIDTH - _GAP), height=str(_ROW))[
                text(x="0", y="18")[str(row["name"])]
            ],
            rect(
                ".span" if is_on else ".span.off",
                x=f"{x(left):.1f}",
                y=str(top + 5),
                width=f"{max(_NARROWEST, x(right) - x(left)):.1f}",
                height="18",
                rx="5",
            ),
        ]
    ]


def query_of_calendar(visit: Visit) -> Query:
    """The filters that the address of a calendar says."""
    return read_query(
        visit.request.query_params, PATH, FIELDS, order="-created_at", sorts=frozenset()
    )
