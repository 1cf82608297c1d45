"""Answers as they are kept: what is new in each run is replaced, by the same each time.

Ids keep their prefix and are numbered as they appear. So an example that is kept can be compared with
what is answered now.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

TIME: Final = "2026-01-15T09:30:00.000Z"
MILLIS: Final = 1_768_469_400_000
DAY: Final = "2026-01-15"
NAMELESS: Final = "0" * 32
HOST: Final = "https://tessera.example"
_TIME: Final = re.compile(r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:\.[0-9]+)?Z")
_ID: Final = re.compile(
    r"\b(proj_(?=[A-Za-z0-9]{10}\b)|[a-z]{1,8}_(?=[0-9a-f]{12,}\b))[A-Za-z0-9]+"
)
_REQUEST: Final = re.compile(r"\b(v-)[0-9a-f]{18}\b")
_PLACE: Final = re.compile(r"\b(ev_|act_)([0-9]+_[0-9]+_[0-9]+)\b")
_UUID: Final = re.compile(r"\b()[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_URL: Final = re.compile(r"http://127\.0\.0\.1:[0-9]+")
_SECRET: Final = re.compile(r"()(?<![\w/+-])(?=\S*[0-9])(?=\S*[A-Z])[\w/+-]{40,}={0,2}(?![\w/+=-])")
_CODE: Final = re.compile(r"[A-Za-z0-9]{8}")
_MILLIS: Final = range(1_700_000_000_000, 2_000_000_000_000)
#: Members that let somebody in.
_SHOWN_ONCE: Final = {
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "otpauth_url": "otpauth://totp/Tessera%3Acai%40shop.example?secret=JBSWY3DPEHPK3PXP&issuer=Tessera",
    "recovery_codes": ["2345a-bcdef", "6789g-hjkmn"],
}
#: What a draw is checked with.
_DRAWN: Final = frozenset({"seed", "commitment", "entries_digest"})
#: Members that name a day long after the run.
_AHEAD: Final = frozenset({"activates_at", "expires_at", "next_expiration_date"})
#: Members whose numbers differ in each run.
_MEASURED: Final = frozenset(
    {
        "duration",
        "duration_ms",
        "processing_time",
        "rows_read",
        "bytes_read",
        "elapsed_ms",
        "lag_ms_max",
        "total_bytes",
        "free_bytes",
        "used_percent",
    }
)


class Masks:
    """What the values of one run are replaced by."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        now = datetime.now(UTC).date()
        for days in range(-1, 3):
            self._known[(now + timedelta(days)).isoformat()] = DAY
        self._counts: dict[str, int] = {}

    def masked(self, value: Any, name: str = "") -> Any:
        """The value as it is kept; `name` is the member that holds it."""
        if name in _SHOWN_ONCE and value:
            return _SHOWN_ONCE[name]
        if name in _DRAWN and value:
            return NAMELESS * 2
        if name in _AHEAD and isinstance(value, str) and len(value) == len(DAY):
            return DAY
        if name == "code" and isinstance(value, str) and value.isdigit():
            return "123456"
        if isinstance(value, dict):
            return {self._text(key): self.masked(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self.masked(each, name) for each in value]
        if isinstance(value, str):
            if name == "code" and _CODE.fullmatch(value):
                return self._named(value, "CODE")
            return self._text(value)
        if isinstance(value, int) and value in _MILLIS:
            return MILLIS
        is_measured = name in _MEASURED and not isinstance(value, bool)
        return 1 if is_measured and isinstance(value, int | float) else value

    def path(self, path: str) -> str:
        """A path, part by part: a long one as a whole would be taken for a secret."""
        return "/".join(map(self._text, path.split("/")))

    def _text(self, text: str) -> str:
        text = _URL.sub(HOST, _TIME.sub(TIME, text))
        for known, shown in self._known.items():
            if known in text:
                text = text.replace(known, shown)
        for pattern in (_ID, _REQUEST, _PLACE, _UUID, _SECRET):
            text = pattern.sub(self._numbered, text)
        return text

    def _numbered(self, found: re.Match[str]) -> str:
        return self._named(found[0], found[1])

    def _named(self, value: str, prefix: str) -> str:
        if not prefix:
            # of keys and tokens other projects have some, too
            return NAMELESS
        known = self._known.get(value)
        if known is None:
            number = self._counts[prefix] = self._counts.get(prefix, 0) + 1
            known = self._known[value] = f"{prefix}{number}"
        return known
