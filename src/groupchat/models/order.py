"""What those who keep order work off: reports of messages, and the deletion of what somebody wrote."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from groupchat.models.people import Person
from groupchat.models.rooms import Room


class Report(models.Model):
    """A member, or a filter (`reporter` is None), thinks that those who keep the room should look at a message.

    `body` is what it said then, by `author`: it stays when the message is edited or deleted. `resolved_at` ends it.
    """

    class Reason(models.TextChoices):
        SPAM = "spam", _("advertising or spam")
        ABUSE = "abuse", _("insult or harassment")
        DANGER = "danger", _("danger for somebody")
        OTHER = "other", _("something else")

    class Outcome(models.TextChoices):
        ACTED = "acted", _("something was done")
        DISMISSED = "dismissed", _("nothing to be done")

    id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveBigIntegerField()
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()
    reporter = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=6, choices=Reason.choices, default=Reason.OTHER)
    note = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()
    claimed_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    resolved_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    resolved_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True, default="")
    answer = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(
                fields=["room", "number", "reporter"],
                name="groupchat_one_report",
                condition=models.Q(resolved_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["room", "id"], name="groupchat_reports", condition=models.Q(resolved_at=None)),
            models.Index(fields=["reporter", "-id"], name="groupchat_my_reports"),
            models.Index(fields=["resolved_at"], name="groupchat_resolved", condition=~models.Q(resolved_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.number} reported"


class Purge(models.Model):
    """All that `person` wrote into the room from `since` to `until` is deleted, at the word of `by`, some at a time.

    `behind`: what has a number from here on was looked at; `deleted`: how many went so far. `done_at` ends it.
    """

    id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    since = models.DateTimeField()
    until = models.DateTimeField()
    behind = models.PositiveBigIntegerField()
    deleted = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["by", "-id"], name="groupchat_my_purges"),
            models.Index(fields=["room", "person"], name="groupchat_purges", condition=models.Q(done_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.room_id}: {self.deleted} deleted"
