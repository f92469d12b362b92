"""What hangs on messages: rows found by their message's room and number (`groupchat.parts` lists the kinds)."""

from __future__ import annotations

from django.db import models

from groupchat.models.people import Person
from groupchat.models.rooms import Room


class MessageReply(models.Model):
    """The message `number` answers the message `to` of the same room; `root` is the one at which those answers began.
    Null in what an older version wrote: then it is `to`.
    """

    id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveBigIntegerField()
    to = models.PositiveBigIntegerField()
    root = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "number"], name="groupchat_one_reply")]
        indexes = [
            models.Index(fields=["room", "root", "number"], name="groupchat_answers"),
            models.Index(
                fields=["room", "to", "number"], name="groupchat_older_answers", condition=models.Q(root__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.number} to {self.to}"


class MessageThread(models.Model):
    """What is told of all answers to the message `number`: how many there are, the first few who wrote them, by id, and
    the last of them. There is one where there are answers.
    """

    id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveBigIntegerField()
    count = models.PositiveIntegerField(default=0)
    people = models.JSONField(default=list)
    last_number = models.PositiveBigIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "number"], name="groupchat_one_thread")]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.number}: {self.count}"


class MessageVersion(models.Model):
    """What a message said before it was edited: `version` counts from 1, `at` is when its author wrote that."""

    id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveBigIntegerField()
    version = models.PositiveIntegerField()
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "number", "version"], name="groupchat_one_version")]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.number}, version {self.version}"


class MessagePin(models.Model):
    """The message `number` is pinned in its room: by whom, and when; who pinned first has the lower id."""

    id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveBigIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "number"], name="groupchat_one_pin")]
        indexes = [
            models.Index(fields=["room", "id"], name="groupchat_pins"),
            models.Index(fields=["person", "room"], name="groupchat_pins_of"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.number}"


class MessageReaction(models.Model):
    """Somebody reacted to the message `number` with this emoji; who reacted first has the lower id."""

    id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveBigIntegerField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    emoji = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "number", "person", "emoji"], name="groupchat_one_reaction")
        ]
        indexes = [
            models.Index(fields=["room", "number", "emoji", "id"], name="groupchat_reactions"),
            models.Index(fields=["person", "room"], name="groupchat_reactions_of"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.number}: {self.emoji}"
