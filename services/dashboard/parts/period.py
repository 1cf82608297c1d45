"""The period of numbers: chosen by name or from when to when, in the project's zone, kept in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from htpy import Node, a, button, div, form, label, nav
from htpy import input as input_

from services.dashboard.parts.icons import icon
from services.dashboard.parts.show import Show

#: Name → label and days, today included.
NAMED: Final[Mapping[str, tuple[str, int]]] = {
    "today": ("Today", 1),
    "7d": ("7 days", 7),
    "28d": ("28 days", 28),
    "90d": ("90 days", 90),
}
DEFAULT: Final = "28d"
DAYS_MAX: Final = 3_660
#: Years between which periods lie.
YEAR_MIN: Final = 1970
YEAR_MAX: Final = 9000


@dataclass(frozen=True, slots=True)
class Period:
    """From when (included) to when (not), and the period of the same length before it."""

    name: str
    start: datetime
    end: datetime

    @property
    def before(self) -> "tuple[datetime, datetime]":
        """The period of the same length that ends where this one begins."""
        start, end = self.start.astimezone(UTC), self.end.astimezone(UTC)
        return start - (end - start), start

    @property
    def interval(self) -> str:
        """The step of a chart: some tens of points."""
        length = self.end - self.start
        if length <= timedelta(hours=2):
            return "minute"
        if length <= timedelta(days=3):
            return "hour"
        return (
            "day"
            if length <= timedelta(days=120)
            else "week"
            if length <= timedelta(days=800)
            else "month"
        )

    @property
    def params(self) -> dict[str, str]:
        """As the API takes it."""
        return {"from": write_time(self.start), "to": write_time(self.end)}

    @property
    def against(self) -> dict[str, str]:
        """The period before, as the API takes it."""
        start, end = self.before
        return {"against_from": write_time(start), "against_to": write_time(end)}

    @property
    def query(self) -> dict[str, str]:
        """As an address keeps it."""
        if self.name != "own":
            return {} if self.name == DEFAULT else {"period": self.name}
        return {"period": "own", "from": write_time(self.start), "to": write_time(self.end)}

    @property
    def conditions(self) -> list[tuple[str, str]]:
        """As filters of a list by its date."""
        return [
            ("f", f"created_at:after:{write_time(self.start)}"),
            ("f", f"created_at:before:{write_time(self.end)}"),
        ]


def write_time(moment: datetime) -> str:
    """A moment in UTC, as the API reads it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_period(params: Mapping[str, str], show: Show, now: datetime) -> Period:
    """What an address asks for; what it says wrongly is the default."""
    name = params.get("period", DEFAULT)
    if name == "own":
        start = show.from_local(params.get("from", ""))
        end = show.from_local(params.get("to", ""))
        begins = datetime.fromisoformat(start) if start else None
        ends = datetime.fromisoformat(end) if end else None
        if begins and ends and _is_period(begins, ends):
            return Period("own", begins, ends)
    if name not in NAMED:
        name = DEFAULT
    first = show.today(now) - timedelta(days=NAMED[name][1] - 1)
    return Period(name, datetime.combine(first, time(), show.zone), now)


def _is_period(begins: datetime, ends: datetime) -> bool:
    """Whether it is one that numbers can be of."""
    is_within = begins.year >= YEAR_MIN and ends.year <= YEAR_MAX
    return is_within and begins < ends <= begins + timedelta(days=DAYS_MAX)


def period_picker(
    path: str, period: Period, show: Show, kept: Mapping[str, str] | None = None
) -> Node:
    """The choice of a period; `kept` is what the address says besides."""
    others = dict(kept or {})

    def href(name: str) -> str:
        pairs = others | ({} if name == DEFAULT else {"period": name})
        return path + (f"?{urlencode(pairs)}" if pairs else "")

    is_own = period.name == "own"
    return div(".period")[
        nav(".segmented", aria_label="Period")[
            (
                a(href=href(name), aria_current="true" if name == period.name else None)[said]
                for name, (said, _) in NAMED.items()
            )
        ],
        button(".btn.small", type="button", popovertarget="own-period", data_selected=is_own)[
            icon("calendar", 14), _said(period, show) if is_own else "From … to …"
        ],
        div("#own-period.pop", popover=True)[
            form(action=path, aria_label="Period")[
                (input_(type="hidden", name=name, value=value) for name, value in others.items()),
                input_(type="hidden", name="period", value="own"),
                _moment("from", "From", period.start, show),
                _moment("to", "To", period.end, show),
                button(".btn.primary")["Show"],
            ]
        ],
    ]


def _moment(name: str, text: str, moment: datetime, show: Show) -> Node:
    return div(".field")[
        label(for_=f"period-{name}")[text],
        input_(
            f"#period-{name}.input",
            type="datetime-local",
            name=name,
            value=f"{moment.astimezone(show.zone):%Y-%m-%dT%H:%M}",
            required=True,
        ),
    ]


def _said(period: Period, show: Show) -> str:
    start, end = period.start.astimezone(show.zone), period.end.astimezone(show.zone)
    return f"{start:%-d %b %Y, %H:%M} to {end:%-d %b %Y, %H:%M}"
