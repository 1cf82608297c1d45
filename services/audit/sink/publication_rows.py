"""From an event to the rows of publications, and of what they changed."""

from collections.abc import Iterator

from schemas.publications import Publication, PublicationFailed, PublicationSucceeded
from services.audit.sink.campaign_rows import campaign_row
from services.audit.sink.entities import EntityRow, entity_row
from services.audit.sink.voucher_rows import voucher_row


def publication_ended(
    project: str, event: PublicationSucceeded | PublicationFailed
) -> Iterator[EntityRow]:
    """The publication, and the vouchers and the campaign that it changed."""
    yield _publication(project, event.publication)
    for voucher in event.vouchers if isinstance(event, PublicationSucceeded) else ():
        yield voucher_row(project, voucher)
    if event.campaign is not None:
        yield campaign_row(project, event.campaign)


def _publication(project: str, publication: Publication) -> EntityRow:
    return entity_row(
        project,
        "publication",
        publication,
        alias=publication.source_id,
        texts={
            "type": publication.voucher_type,
            "status": "FAILURE" if publication.failure_code else "SUCCESS",
            "campaign_id": publication.campaign_id,
            "campaign": publication.campaign,
            "customer_id": publication.customer_id,
            "voucher_id": publication.voucher_ids,
            "voucher_code": publication.codes,
            "failure_code": publication.failure_code,
            "tracking_id": publication.tracking_id,
            "channel": publication.channel,
        },
        numbers={"is_referral_code": 1} if publication.is_referral_code else {},
        metadata=publication.metadata,
    )
