"""Records that are remembered for webhooks: so many, and none that names who is forgotten."""

from services.distribution.webhooks.records import Records


def test_the_oldest_is_let_go_of() -> None:
    records = Records(kept_max=2)
    for offset in range(3):
        records.keep((0, offset), None)
    assert [(0, offset) in records for offset in range(3)] == [False, True, True]
    assert (1, 2) not in records


async def test_who_is_forgotten_is_in_none_that_is_remembered() -> None:
    records = Records()
    records.keep((0, 7), None)
    assert await records.forget(["p/cust_1"]) == ["p/cust_1"]
    assert (0, 7) not in records
