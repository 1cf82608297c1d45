"""Bars as SVG: one file a picture, readable on a light and on a dark page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

WIDTH: Final = 760
_LABELS: Final = 190
_NUMBERS: Final = 70
_BAR: Final = 20
_STEP: Final = 30
_TOP: Final = 44
_LEGEND_STEP: Final = 18
_LEGEND_COLUMNS: Final = 4
_COLORS: Final = (
    "#4e79a7",
    "#f28e2b",
    "#59a14f",
    "#e15759",
    "#b07aa1",
    "#9c755f",
    "#edc948",
    "#76b7b2",
    "#ff9da7",
    "#7f7f7f",
    "#1f3f66",
    "#a65a17",
    "#2d5f27",
    "#8a1c1f",
    "#5f3a5a",
    "#a0cbe8",
    "#ffbe7d",
    "#8cd17d",
    "#d4a6c8",
    "#d7b5a6",
    "#499894",
    "#bab0ac",
)


@dataclass(frozen=True, slots=True)
class Bar:
    """A labelled bar of parts that are laid end to end; the number beside it is their sum."""

    label: str
    parts: Sequence[tuple[str, float]]

    @property
    def length(self) -> float:
        """The sum of its parts."""
        return sum(value for _, value in self.parts)


def draw_bars(title: str, bars: Sequence[Bar]) -> str:
    """The picture. Parts of the same name have the same color; two names or more are explained."""
    names = list(dict.fromkeys(name for bar in bars for name, _ in bar.parts))
    colors = {name: _COLORS[at % len(_COLORS)] for at, name in enumerate(names)}
    longest = max((bar.length for bar in bars), default=0.0) or 1.0
    scale = (WIDTH - _LABELS - _NUMBERS) / longest
    below = _TOP + _STEP * len(bars) + 8
    legend = list(_draw_legend(colors, below)) if len(names) > 1 else []
    rows = -(-len(names) // _LEGEND_COLUMNS) if legend else 0
    height = below + _LEGEND_STEP * rows + 6
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13" fill="#222">'
        ),
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="10" y="24" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    for at, bar in enumerate(bars):
        lines += _draw_bar(bar, _TOP + _STEP * at, scale, colors)
    return "\n".join([*lines, *legend, "</svg>", ""])


def _draw_bar(bar: Bar, top: int, scale: float, colors: dict[str, str]) -> Iterator[str]:
    middle = top + _BAR - 5
    yield f'<text x="{_LABELS - 8}" y="{middle}" text-anchor="end">{escape(bar.label)}</text>'
    left = float(_LABELS)
    for name, value in bar.parts:
        width = value * scale
        yield (
            f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{_BAR}" '
            f'fill="{colors[name]}"><title>{escape(name)}: {show_number(value)}</title></rect>'
        )
        left += width
    yield f'<text x="{left + 6:.1f}" y="{middle}">{show_number(bar.length)}</text>'


def _draw_legend(colors: dict[str, str], top: int) -> Iterator[str]:
    column = (WIDTH - 20) // _LEGEND_COLUMNS
    for at, (name, color) in enumerate(colors.items()):
        x = 10 + column * (at % _LEGEND_COLUMNS)
        y = top + _LEGEND_STEP * (at // _LEGEND_COLUMNS)
        yield f'<rect x="{x}" y="{y}" width="11" height="11" fill="{color}"/>'
        yield f'<text x="{x + 16}" y="{y + 10}" font-size="12">{escape(name)}</text>'


def show_number(value: float) -> str:
    """With as many digits as say something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
