"""The audit log in the admin: looked at, filtered, taken along, and changed by nobody."""

from __future__ import annotations

import csv
import io

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.accounts import new_person

from groupchat.actions import audit, rooms
from groupchat.models import AuditEntry, Person, Room

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/groupchat/auditentry/"


@pytest.fixture
def root() -> Client:
    client = Client()
    client.force_login(get_user_model()._default_manager.create_superuser("root", "root@example.org", "secret"))
    return client


@pytest.fixture
def entries() -> list[AuditEntry]:
    ada = new_person("ada")
    room = rooms.create(person=ada, name="Lobby")
    rooms.archive(person=ada, room_id=room.pk)
    rooms.configure(person=ada, room_id=room.pk, name="Hall", topic="=HYPERLINK(1)")
    return list(AuditEntry.objects.order_by("pk"))


def test_it_is_looked_at_and_filtered(root: Client, entries: list[AuditEntry]) -> None:
    page = root.get(LIST).content.decode()
    assert "archive" in page
    assert "settings" in page
    filtered = root.get(LIST, {"act": "archive"}).content.decode()
    assert filtered.count('class="action-select"') == 1


def test_it_is_taken_along_as_a_table(root: Client, entries: list[AuditEntry]) -> None:
    chosen = {"action": "as_table", "_selected_action": [entry.pk for entry in entries]}
    response = root.post(LIST, chosen)
    assert response["Content-Disposition"] == 'attachment; filename="audit.csv"'
    text = b"".join(response.streaming_content).decode()  # type: ignore[arg-type]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["act"] for row in rows] == ["archive", "settings"]
    assert '"Hall"' in rows[1]["after"]


def test_no_cell_is_a_formula() -> None:
    audit.note("act", by=Person(pk=1, name="=1+1", handle="x"), room=Room(pk=1, name="@SUM(1)"))
    text = "".join(audit.as_csv(AuditEntry.objects.all()))
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["by_name"], row["room_name"]) == ("'=1+1 (@x)", "'@SUM(1)")


def test_nobody_changes_it(root: Client, entries: list[AuditEntry]) -> None:
    entry = entries[0]
    for path in (f"{LIST}add/", f"{LIST}{entry.pk}/delete/"):
        assert root.get(path).status_code == 403
        assert root.post(path, {"post": "yes"}).status_code == 403
    assert root.post(f"{LIST}{entry.pk}/change/", {"act": "nothing"}).status_code == 403
    root.post(LIST, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    assert AuditEntry.objects.filter(act="archive").exists()
