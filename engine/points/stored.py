"""Where the buckets of a card lie in the state."""

from collections.abc import Iterator

from engine.kernel import tables
from engine.kernel.state import View
from schemas.points import PointsBucket

#: Where a bucket is kept.
BucketKey = tuple[str, str]


def buckets_of(view: View, voucher_id: str) -> Iterator[PointsBucket]:
    """The buckets of a card, the first to expire first."""
    return view.scan(tables.POINTS_BUCKETS, voucher_id)


def bucket_key(bucket: PointsBucket) -> BucketKey:
    """Where a bucket is kept; what moves lies beside what expires at the same time for good."""
    return bucket.voucher_id, f"{bucket.expires_at:015d}{'m' if bucket.moves else ''}"
