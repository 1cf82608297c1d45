"""What is told of the figures of pages."""

from bench.dashboard import list_seen, show
from bench.seen import Seen


def test_figures_are_told_beside_an_empty_answer_and_their_bounds() -> None:
    seen = Seen(
        empty_bytes=500,
        empty_script_ms=0.0,
        cold_bytes=150_000,
        warm_bytes=16_000,
        script_ms=90.0,
        until_shown_ms=700.0,
    )
    cold, warm, script, shown = show(list_seen(seen))
    assert "150.00 KB" in cold
    assert "300.0 times" in cold
    assert "within 200 KB" in cold
    assert "OVER 15 KB" in warm
    assert "times" not in script
    assert shown.endswith("within 1000 ms")
