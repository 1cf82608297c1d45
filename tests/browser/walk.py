"""Every address of the dashboard, found by following links: read by plain HTTP first, opened in a browser then."""

import re
from collections.abc import Mapping
from typing import Final

import httpx
from playwright.sync_api import Page
from starlette.routing import compile_path

from services.dashboard.routes import PAGES
from services.dashboard.web.visit import escape_segment
from tests.browser.hostile import TEXTS
from tests.browser.hostile_club import CLUB

#: The addresses that pages have.
PATHS: Final = tuple(dict.fromkeys(each.path for each in PAGES if each.method == "GET"))
_PLACE: Final = re.compile(r"\{[^}]+\}")
#: Values of what no link leads to: pages ask for these by themselves, or from a form.
GIVEN: Final[Mapping[str, tuple[str, ...]]] = {
    "/lookup/{kind}": (
        "voucher", "campaign", "customer", "order", "product", "collection", "validation-rule",
        "promotion-tier", "reward", "loyalty-program", "gift-cards", "code-campaign", "reward-campaign", "segment", "category", "location", TEXTS[0],
    ),
    **{
        f"/campaigns/{{id}}/{tab}": (CLUB,)
        for tab in (
            "members", "earning-rules", "earning-rules/new", "loyalty-tiers", "loyalty-tiers/new", "rewards",
            "transactions",
        )
    },
    "/campaigns/{id}": (f"friends {TEXTS[3]} 3",),
    "/campaigns/{id}/members/{member}": (CLUB,),
    "/campaigns/{id}/tiers": (f"promotion {TEXTS[3]} 3",),
    "/campaigns/{id}/entries": (f"draw {TEXTS[3]} 3",),
    "/campaigns/{id}/draw": (f"draw {TEXTS[3]} 3",),
}  # fmt: skip
#: Lists that fill while pages are asked for: what of them is always the same.
FILTERS: Final[Mapping[str, str]] = {
    "/api-calls": "?f=method:is:POST",
    "/audit-log": "?f=kind:is:import",
    "/events": "?f=type:is:campaign.created",
}
#: What there is nothing of here: send-outs take their time, and no work goes on.
OF_NOTHING: Final = frozenset(
    {
        "/send-outs/{key:path}", "/vouchers/work/{action}", "/campaigns/{id}/tasks/{action}",
        "/integrations/webhooks/{id}/test/{event}", "/bin/work/{action}",
    }
)  # fmt: skip
#: Lists whose drawers are opened over them: the same details as on a page of their own.
DRAWERS: Final = frozenset({"redemptions", "vouchers", "customers", "api-calls"})
#: What no text of a shop's may become.
MADE_OF_TEXT: Final = (
    "script:not([src])", "img[src='x']", "svg[onload]", "[onerror]", "[onload]", "[hx-post='/sign-out']",
    "a[href^='javascript:' i]", "[src^='javascript:' i]", "[action^='javascript:' i]", "samp",
)  # fmt: skip
#: What an answer is made of: elements that there must not be, where its links lead, what it says.
_LOOK: Final = """({ html, selectors }) => {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  return {
    made: selectors.filter((each) => parsed.querySelector(each)),
    links: [...parsed.querySelectorAll("[href], [hx-get], [src]")]
      .flatMap((each) => ["href", "hx-get", "src"].map((name) => each.getAttribute(name)))
      .filter((each) => each?.startsWith("/") && !each.startsWith("/static/")),
    text: parsed.body.textContent,
  };
}"""


class Crawl:
    """Asks for every address as a browser does, and keeps what the answers are made of."""

    def __init__(self, http: httpx.Client, blank: Page) -> None:
        self._http = http
        self._blank = blank
        #: Where links lead.
        self.links: dict[str, None] = {}
        self.faults: list[str] = []
        #: Those of the texts that were shown as text.
        self.shown: set[str] = set()
        #: What is a page, and no part of one: where to open it, by its path.
        self.pages: dict[str, str] = {}

    def read_everything(self) -> None:
        """Goes to every path; one that needs an id comes after what may lead to it."""
        for path in sorted(
            PATHS, key=lambda each: (each.count("{"), "}/" in each, each.count("/"))
        ):
            addresses = addresses_of(path, self.links)
            if not addresses:
                self.faults.append(f"{path}: no link leads there; name one in GIVEN")
            for address in addresses:
                self.read(path, address)
                place, _, key = _place(address).removeprefix("/").partition("/")
                if place in DRAWERS and path.endswith("{key:path}"):
                    drawer = f"/{place}?open={key}&f=x:is:{escape_segment(TEXTS[1])}"
                    self.read(f"/{place}?open", drawer)

    def read(self, path: str, address: str) -> None:
        """Asks for it, and looks at what the texts became there; it is a page of that path."""
        answer = self._http.get(address, follow_redirects=True)
        if answer.url.path == "/sign-in":
            self.faults.append(f"{address}: signed out")
        if answer.status_code not in (200, 404):
            self.faults.append(f"{address}: {answer.status_code}")
        if not answer.headers.get("content-type", "").startswith("text/html"):
            return
        asked = {"html": answer.text, "selectors": MADE_OF_TEXT}
        seen = self._blank.evaluate(_LOOK, asked)
        self.faults += [f"{address}: {each}" for each in seen["made"]]
        self.links |= dict.fromkeys(seen["links"])
        self.shown |= {each for each in TEXTS if each in seen["text"]}
        is_page = answer.text.startswith("<!doctype html>") and not answer.history
        if answer.status_code == 200 and is_page:
            self.pages.setdefault(path, address)


def addresses_of(path: str, links: Mapping[str, None]) -> list[str]:
    """Where to see a page: as a link leads to it, else of what it was told."""
    if "{" not in path:
        return [path + FILTERS.get(path, "")]
    if path in GIVEN:
        return [_fill(path, each) for each in GIVEN[path]]
    before = [compile_path(each)[0] for each in PATHS[: PATHS.index(path)]]
    known = [each for each in links if not any(other.match(_place(each)) for other in before)]
    pattern = compile_path(path)[0]
    found = [each for each in known if pattern.match(_place(each))]
    if found or (path.endswith("}") and path not in OF_NOTHING):
        return found[:1]
    # what a page asks for only while something goes on, or from a form
    start = path.partition("{")[0]
    keys = [
        _place(each).removeprefix(start).partition("/")[0]
        for each in links
        if each.startswith(start)
    ]
    return [_fill(path, next((each for each in keys if "_" in each), TEXTS[1]))]


def _place(address: str) -> str:
    return address.partition("?")[0]


def _fill(path: str, value: str) -> str:
    """The address with that in each of its places."""
    return _PLACE.sub(lambda _: escape_segment(value), path)
