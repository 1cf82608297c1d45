"""Links to files: whoever has one may fetch one file for a while, without a key.

The link holds a signed token, so none is stored. It is for one export of one project, and for
reading alone.
"""

import re
from typing import Final
from urllib.parse import parse_qs

import msgspec

from runtime.http.signed import read_content, sign_content
from schemas.base import Millis, Shape

#: What the caller of a request is called that shows a link in the place of a key.
LINK_KEY_ID: Final = "link"
#: How long a link works; every answer that names one makes a new one.
LINK_SECONDS: Final = 3600
_PATH: Final = re.compile(r"/v1/exports/([A-Za-z0-9_]+)")


class Link(Shape, frozen=True, array_like=True):
    """What a link leads to."""

    project: str
    export_id: str
    #: Seconds since 1970.
    expires_at: int


_content = msgspec.json.Decoder(Link)


class LinkSigner:
    """Makes the tokens of links and tells those that it made."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, link: Link) -> str:
        """The token of a link."""
        return sign_content(self._key, msgspec.json.encode(link))

    def read(self, token: str, now: Millis) -> Link | None:
        """Where a token leads; None for one that was not made here, or whose time is over."""
        content = read_content(self._key, token)
        link = None if content is None else _content.decode(content)
        return None if link is None or link.expires_at * 1000 <= now else link

    def follow(self, path: str, query: bytes, now: Millis) -> Link | None:
        """The link by which a path is asked for; None where its query has no token for it."""
        found = _PATH.fullmatch(path)
        if found is None or b"token=" not in query:
            return None
        tokens = parse_qs(query.decode("latin-1")).get("token", ())
        link = self.read(tokens[0], now) if len(tokens) == 1 else None
        return None if link is None or link.export_id != found[1] else link


def link_to(links: LinkSigner, base_url: str, project: str, export_id: str, now: Millis) -> str:
    """The address of a file for whoever reads the answer to a request at `base_url`."""
    token = links.sign(Link(project, export_id, now // 1000 + LINK_SECONDS))
    return f"{base_url}v1/exports/{export_id}?token={token}"
