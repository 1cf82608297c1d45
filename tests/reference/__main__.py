"""`make reference` writes docs/events.md below its mark, docs/schemas and schemas/openapi.json."""

import json
import sys

from tests.reference.documents import EVENTS, SCHEMAS, records, reference
from tests.reference.narrowing import narrowed


def main() -> None:
    """Writes the reference. Exits with 1 where an old record could not be read as it was meant."""
    stored = SCHEMAS / EVENTS
    if stored.exists():
        wrong = list(narrowed(json.loads(stored.read_text("utf-8")), records()))
        if wrong:
            print(
                "Records live for ever, but what was stored would be read otherwise:",
                *wrong,
                sep="\n",
            )
            sys.exit(1)
    SCHEMAS.mkdir(exist_ok=True)
    for path, content in reference().items():
        path.write_text(content, "utf-8")


main()
