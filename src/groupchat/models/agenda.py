"""What somebody set aside for later: messages that they saved, and messages that are to be sent."""

from __future__ import annotations

from django.db import models

from groupchat.models.people import Person
from groupchat.models.rooms import Room


class SavedMessage(models.Model):
    """Somebody keeps a message for themselves. `remind_at`: when they want to be told of it; `due_at`: when they
    were.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "room", "number"], name="groupchat_once_saved")]
        indexes = [
            models.Index(fields=["person", "id"], name="groupchat_saved"),
            models.Index(
                fields=["remind_at"],
                name="groupchat_reminders",
                condition=models.Q(remind_at__isnull=False, due_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.number}, saved by {self.person_id}"


class ScheduledMessage(models.Model):
    """A message that is to be sent at `at`. `try_at`: when it is tried next; null where it was refused: `failure` says
    why, as an error on the wire does, and its author decides.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()
    client_message_id = models.CharField(max_length=64)
    reply_to = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField()
    try_at = models.DateTimeField(null=True)
    failure = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "room", "client_message_id"], name="groupchat_once_scheduled")
        ]
        indexes = [
            models.Index(fields=["try_at"], name="groupchat_to_send", condition=models.Q(try_at__isnull=False)),
            models.Index(fields=["person", "at", "id"], name="groupchat_scheduled"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}, by {self.person_id}, for {self.at:%Y-%m-%d %H:%M}"
