"""Messages, and the quiet lines between them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from groupchat.models.people import Person
from groupchat.models.rooms import Room


class Message(models.Model):
    """What a person wrote. `number` is dense per room from 1; a deleted one stays as a tombstone without its body.

    `ahead`: its author's read mark stayed behind it, for there was something between that they had not seen. Null where
    it did not, as in what an older version wrote. `parts`: what hangs on it, a bit for each of `groupchat.parts`; null
    where nothing does. `html`: the body formatted; null where it shows what the body shows. `rendered`: which
    renderer made that of which body (`groupchat.markup.stamp`); null where none did yet.
    """

    id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="messages", db_index=False)
    number = models.PositiveBigIntegerField()
    seq = models.PositiveBigIntegerField()
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="messages", db_index=False)
    body = models.TextField()
    client_message_id = models.CharField(max_length=64)
    at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    ahead = models.BooleanField(null=True, editable=False)
    parts = models.IntegerField(null=True, editable=False)
    html = models.TextField(null=True, editable=False)  # noqa: DJ001 (nothing to format is not an empty text)
    rendered = models.BigIntegerField(null=True, editable=False)

    known_parts: Mapping[str, Any] = MappingProxyType({})
    """Of the parts that hang on it, by key, those that whoever changed them knows as they stand on the wire: they are
    not read again.
    """

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["room", "number"], name="groupchat_one_number"),
            # A retry at any later time finds its message here. The id stands first: a batch of posts of many people
            # in many rooms is looked up by ids alone.
            models.UniqueConstraint(fields=["client_message_id", "author", "room"], name="groupchat_once"),
        ]
        indexes = [
            models.Index(fields=["room", "seq"], name="groupchat_message_seq"),
            # What does not count as unread behind a mark; an ordinary post adds to neither.
            models.Index(
                fields=["room", "number"], name="groupchat_deleted", condition=models.Q(deleted_at__isnull=False)
            ),
            models.Index(
                fields=["room", "author", "number"], name="groupchat_ahead", condition=models.Q(ahead__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.number}"


class Notice(models.Model):
    """A quiet line behind a message: the room was renamed, its topic set, a message pinned. It has no number and is
    never unread.

    One of a kind at each place, so that renaming to and fro adds nothing to a page of history.
    """

    class Kind(models.TextChoices):
        RENAMED = "renamed", _("renamed")
        TOPIC = "topic", _("topic")
        PINNED = "pinned", _("message pinned")

    id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="notices", db_index=False)
    after = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=7, choices=Kind.choices)
    seq = models.PositiveBigIntegerField()
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices", db_index=False)
    text = models.CharField(max_length=1000)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(fields=["room", "after", "kind"], name="groupchat_one_notice"),
        ]
        indexes = [models.Index(fields=["room", "seq"], name="groupchat_notice_seq")]

    def __str__(self) -> str:
        return f"{self.room_id} behind {self.after}: {self.kind}"
