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
#: Whether pictures are kept anew (`make pictures`); else they are compared.
KEEPING: Final = os.environ.get("TESSERA_PICTURES") == "keep"
#: How many further looks there are at pages that differ, in all of them together.
FURTHER_LOOKS_MAX: Final = 40
#: How much greys may differ, of 255: all of them in the mean, and the cell that differs most.
MEAN_MAX: Final = 1.5
CELL_MAX: Final = 12
#: Greys are kept in steps of this: small beside MEAN_MAX, else a page is near it by rounding alone.
STEP: Final = 2
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


class Camera:
    """Takes pictures of one window; `blank`: a page without a policy, which reads them."""

    def __init__(self, protocol: CDPSession, blank: Page) -> None:
        self._protocol = protocol
        # one function for all pictures: a browser makes it quick after a few
        self._reader = blank.evaluate_handle(f"() => {_READ_GREYS}")

    def take_greys(self, size: Size) -> Greys:
        """What the window shows now."""
        scale = size.columns * _DOTS_OF_A_CELL / size.width
        clip = {"x": 0, "y": 0, "width": size.width, "height": size.height, "scale": scale}
        taken = self._protocol.send(
            "Page.captureScreenshot", {"clip": clip, "optimizeForSpeed": True}
        )
        asked = {"png": taken["data"], "columns": size.columns, "rows": size.rows}
        asked |= {"dots": _DOTS_OF_A_CELL}
        greys: list[int] = self._reader.evaluate("(read, asked) => read(asked)", asked)
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
        self._looks_left = FURTHER_LOOKS_MAX

    def compare(self, page: str, picture: str, greys: Greys, size: Size) -> str:
        """What differs; nothing where it is as it was, or as at the look before when it is kept anew."""
        pictures = (self.taken if KEEPING else self.pages).get(page, {})
        kept = pictures.get(picture)
        if kept is None:
            told = "no picture is kept; look at it, then `make pictures`"
        else:
            told = tell_difference(read_greys(kept), greys, size.columns)
        if KEEPING and told:
            self.taken.setdefault(page, {})[picture] = write_greys(greys)
        return told

    def may_look_again(self) -> bool:
        """Whether a page that differs is worth one more look: a change of all pages is seen in a few."""
        self._looks_left -= 0 if KEEPING else 1
        return self._looks_left >= 0

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
