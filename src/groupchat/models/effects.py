"""What is still to be done about something that happened."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Effect(models.Model):
    """One event for one handler. Written with the change itself, and gone once the handler is done.

    `kind` is the handler's name, `event` the event's, `payload` its members as JSON. Effects of one kind and `key` are
    worked off in the order of their ids; an empty key has no order. `due_at` is when it may be taken next: while it is
    taken, the end of the lease. `attempts` counts how often it was taken. What has failed stays until somebody tries
    it again or drops it.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("handler"), max_length=40)
    event = models.CharField(_("event"), max_length=40)
    payload = models.TextField()
    key = models.CharField(_("order"), max_length=80, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("effect")
        verbose_name_plural = _("effects")
        indexes = [
            # what is due; what has failed long ago is in nobody's way
            models.Index(
                fields=["due_at", "id"], name="groupchat_effect_due", condition=models.Q(failed_at__isnull=True)
            ),
            # what stands before and behind one in its order
            models.Index(
                fields=["kind", "key", "id"], name="groupchat_effect_order", condition=models.Q(failed_at__isnull=True)
            ),
            models.Index(
                fields=["failed_at"], name="groupchat_effect_failed", condition=models.Q(failed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id}: {self.event} for {self.kind}"
