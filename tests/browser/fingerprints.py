"""Pictures of pages, kept as a few grey cells each: enough to see an unwanted change, too few to see a font's edges.

A picture is taken small, and each of its cells is the mean of what is in it. Two machines draw letters
differently, which moves a mean by little; a column that is missing, a frame that moved or a text that
took the colour of its ground moves some means by much.
"""

import base64
import json
import os
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median_low
from typing import Final, NamedTuple

from playwright.sync_api import CDPSession, Page

FILE: Final = Path(__file__).parent / "fingerprints.json"
#: Whether pictures are kept anew (`make pictures`) or compared (`make compare-pictures`); nothing:
#: neither, since some pages are seen a moment too early on a busy machine.
ASKED: Final = os.environ.get("TESSERA_PICTURES", "")
KEEPING: Final = ASKED == "keep"
#: How much greys may differ, of 255: all of them in the mean, and the cell that differs most.
MEAN_MAX: Final = 1.5
CELL_MAX: Final = 12
#: Greys are kept in steps of this.
STEP: Final = 4
_DOTS_OF_A_CELL: Final = 5
_READ_GREYS: Final = """async ({ png, columns, rows, dots }) => {
  const bytes = Uint8Array.from(atob(png), (each) => each.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(columns * dots, rows * dots);
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const { data } = paper.getImageData(0, 0, canvas.width, canvas.height);
  const greys = new Array(columns * rows).fill(0);
  for (let at = 0; at < data.length / 4; at += 1) {
    const cell = Math.floor(at / canvas.width / dots) * columns + Math.floor((at % canvas.width) / dots);
    greys[cell] += 0.299 * data[4 * at] + 0.587 * data[4 * at + 1] + 0.114 * data[4 * at + 2];
  }
  return greys.map((each) => Math.min(255, Math.round(each / dots / dots)));
}"""


class Size(NamedTuple):
    """A window, and the cells that a picture of it has."""

    name: str
    width: int
    height: int
    columns: int
    rows: int


#: Higher than screens are, so that what stands further down is seen, too.
WIDE: Final = Size("wide", 1440, 1440, 32, 32)
PHONE: Final = Size("phone", 390, 1560, 16, 64)

#: Light or dark, 0 to 255, of each cell from the upper left, row by row.
Greys = Sequence[int]


def take_greys(protocol: CDPSession, blank: Page, size: Size) -> Greys:
    """What the window of `protocol` shows; `blank`: a page without a policy, which reads the picture."""
    scale = size.columns * _DOTS_OF_A_CELL / size.width
    clip = {"x": 0, "y": 0, "width": size.width, "height": size.height, "scale": scale}
    taken = protocol.send("Page.captureScreenshot", {"clip": clip, "optimizeForSpeed": True})
    asked = {"png": taken["data"], "columns": size.columns, "rows": size.rows}
    greys: list[int] = blank.evaluate(_READ_GREYS, asked | {"dots": _DOTS_OF_A_CELL})
    return greys


def tell_difference(kept: Greys, taken: Greys, columns: int) -> str:
    """Where and how much they differ beyond what another machine does; nothing if they do not."""
    if len(kept) != len(taken):
        return f"{len(kept)} cells were kept, there are {len(taken)}"
    signed = [other - one for one, other in zip(kept, taken, strict=True)]
    # the ground is one step off where its grey lies between two
    shift = max(-STEP, min(STEP, median_low(signed)))
    differences = [abs(each - shift) for each in signed]
    mean, worst = sum(differences) / len(differences), max(differences)
    if mean <= MEAN_MAX and worst <= CELL_MAX:
        return ""
    row, column = divmod(differences.index(worst), columns)
    return f"mean {mean:.1f}; {worst} in row {row + 1}, column {column + 1}"


def write_greys(greys: Greys) -> str:
    """In steps, packed."""
    steps = bytes(min(255 // STEP, round(each / STEP)) for each in greys)
    return base64.b64encode(zlib.compress(steps, 9)).decode()


def read_greys(text: str) -> Greys:
    """What was written; each within half a step."""
    return [each * STEP for each in zlib.decompress(base64.b64decode(text))]


class Kept:
    """The fingerprints of all pictures, by page and by kind of picture."""

    def __init__(self, pages: Mapping[str, Mapping[str, str]]) -> None:
        self.pages = pages
        #: What is to be kept from now on.
        self.taken: dict[str, dict[str, str]] = {}
        self.left: set[str] = set()

    def compare(self, page: str, picture: str, greys: Greys, size: Size) -> str:
        """What differs; nothing where it is as it was, or is kept from now on."""
        if KEEPING:
            self.taken.setdefault(page, {})[picture] = write_greys(greys)
            return ""
        kept = self.pages.get(page, {}).get(picture)
        if kept is None:
            return "no picture is kept; look at it, then `make pictures`"
        return tell_difference(read_greys(kept), greys, size.columns)

    def gone(self, pages: Collection[str]) -> Collection[str]:
        """Those of pages that are no more; where pictures are kept, they go, too."""
        gone = self.pages.keys() - pages
        if KEEPING:
            self.left |= gone
        return [] if KEEPING else sorted(gone)

    def write(self) -> None:
        """Puts into the file what was taken; the pictures of other pages stay."""
        pages = _read_file() | self.taken
        for page in self.left & pages.keys():
            del pages[page]
        FILE.write_text(json.dumps(pages, indent=1, sort_keys=True) + "\n", "utf-8")


@contextmanager
def kept_pictures() -> Iterator[Kept]:
    """Those of the file; written anew afterwards if that was wanted."""
    kept = Kept(_read_file())
    yield kept
    if KEEPING:
        kept.write()


def _read_file() -> dict[str, dict[str, str]]:
    pages: dict[str, dict[str, str]] = json.loads(FILE.read_text("utf-8"))
    return pages
