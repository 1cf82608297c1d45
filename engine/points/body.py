"""Points that expire, as they are shown. Source: the API contract, section 10."""

from collections.abc import Iterable

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from schemas.points import PointsBucket


def bucket_body(bucket: PointsBucket) -> Body:
    """What of a card expires on one day; no bucket that is over is kept."""
    body: Body = {
        "id": bucket.id,
        "voucher_id": bucket.voucher_id,
        "campaign_id": bucket.campaign_id,
        "bucket": {"total_points": bucket.points},
        "status": "ACTIVE",
        "expires_at": bucket.expires_on,
        "created_at": iso(bucket.created_at),
    }
    if bucket.updated_at is not None:
        body["updated_at"] = iso(bucket.updated_at)
    return body | {"object": "loyalty_points_bucket"}


def buckets_body(buckets: Iterable[PointsBucket]) -> list[Body]:
    """Several of them."""
    return [bucket_body(each) for each in buckets]
