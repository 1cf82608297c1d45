"""The rows of points that expire: one for each time at which anything of a card does."""

from collections.abc import Iterable
from typing import Any, Final

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from schemas.points import PointsBucket
from services.audit.sink.entities import ENTITIES, LIVING_VOUCHER, EntityRow, entity_row, gone_row

BUCKET: Final = "points_expiration"
#: Points of a card that is there; they leave with the card, or with its campaign before it.
LIVING_BUCKET: Final = (
    "deleted = 0 AND alias IN ("  # noqa: S608
    f"SELECT id FROM {ENTITIES.full_name} FINAL "
    f"WHERE project = {{project:String}} AND kind = 'voucher' AND {LIVING_VOUCHER})"
)


def bucket_rows(project: str, event: Any) -> Iterable[EntityRow]:
    """The points that an event says expire: whatever moves points tells of it as `buckets`."""
    buckets: tuple[PointsBucket, ...] = getattr(event, "buckets", ())
    return [bucket_row(project, each) for each in buckets]


def bucket_row(project: str, bucket: PointsBucket) -> EntityRow:
    """What of a card expires at one time; gone where nothing of it is left."""
    if not bucket.points:
        return gone_row(project, BUCKET, bucket.id, bucket.voucher_id)
    return entity_row(
        project,
        BUCKET,
        bucket,
        alias=bucket.voucher_id,
        texts={"campaign_id": bucket.campaign_id},
        numbers={"balance": bucket.points, "expiration_date": bucket.expires_at},
    )


def exported_bucket_body(bucket: PointsBucket) -> Body:
    """The points that expire at one time, as a file shows them."""
    return {
        "id": bucket.id,
        "campaign_id": bucket.campaign_id,
        "voucher_id": bucket.voucher_id,
        "points": bucket.points,
        "status": "ACTIVE",
        "expires_at": iso(bucket.expires_at),
    }
