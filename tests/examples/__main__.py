"""`make reference` keeps an example of whatever has none; see docs/adding.md.

What was kept is never written again. With `--expect` it is to mean what it means today, from now
on: look at what becomes different in `schemas/examples/*/expected.json` before you commit that.
"""

import asyncio
import sys

from tests.examples.making import expect_anew, keep_what_is_new
from tests.examples.stories import STORIES


async def main(arguments: list[str]) -> None:
    """Keeps what is new, or says anew what all examples are to mean."""
    if arguments == ["--expect"]:
        await expect_anew()
    elif arguments:
        raise SystemExit(__doc__)
    else:
        for line in await keep_what_is_new(STORIES):
            print(line)


asyncio.run(main(sys.argv[1:]))
