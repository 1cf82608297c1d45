"""The marks of what somebody has read."""

from schemas.notifications import NotificationsRead
from services.audit.sink.notification_rows import ALL, notifications_read


def marks(event: NotificationsRead) -> list[tuple[str, int]]:
    return [(each.id, each.created_at) for each in notifications_read("p", event)]


def test_each_reader_has_marks_of_its_own() -> None:
    assert marks(NotificationsRead(("ntf_1",), None, "user_1")) == [("user_1/ntf_1", 0)]
    assert marks(NotificationsRead((), 7, "user_1")) == [(f"user_1/{ALL}", 7)]
    assert marks(NotificationsRead((), 7)) == [(ALL, 7)]


def test_no_id_undoes_that_all_were_read() -> None:
    assert marks(NotificationsRead((ALL, "ntf_1"), None, "user_1")) == [("user_1/ntf_1", 0)]
