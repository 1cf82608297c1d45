"""`python -P -m tests.integration.loyalty_year 10000`: the comparison with so many members."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.integration.loyalty_year.test_loyalty_year import compare
from tests.integration.loyalty_year.year import Year


def main() -> None:
    """Plays the year, compares it, and says how long both took."""
    year = Year(int(sys.argv[1]), seed=1)
    begin = time.monotonic()
    year.play()
    print(f"{year.members} members did {len(year.acts)} things: {time.monotonic() - begin:.0f} s")
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compare(year, Path(folder)))
    print(
        f"SQL says the same at each of {len(year.stands)} times: {time.monotonic() - begin:.0f} s"
    )


if __name__ == "__main__":
    main()
