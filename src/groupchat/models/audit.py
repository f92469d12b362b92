"""The audit log: what was done to others, by whom, and what was there before."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groupchat.characters import isolated


class _Entries(models.QuerySet["AuditEntry"]):
    """Read, filtered, and never changed all at once either."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("An entry of the audit log is never changed.")

    def delete(self) -> NoReturn:
        raise TypeError("An entry of the audit log is never taken away.")


class AuditEntry(models.Model):
    """One act of somebody who keeps order, or runs the site. Written in the transaction of the act, and never changed.

    Ids and names are copies, no foreign keys: an entry outlives whom and what it is about.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    act = models.CharField(max_length=40)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=300)
    room_id = models.BigIntegerField(null=True)
    room_name = models.CharField(max_length=200, blank=True, default="")
    person_id = models.BigIntegerField(null=True)
    person_name = models.CharField(max_length=300, blank=True, default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    objects = _Entries.as_manager()

    class Meta:
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("audit log")
        indexes = [
            models.Index(fields=["room_id", "-id"], name="groupchat_audit_room"),
            models.Index(fields=["person_id", "-id"], name="groupchat_audit_person"),
            models.Index(fields=["by_id", "-id"], name="groupchat_audit_by"),
            models.Index(fields=["act", "-id"], name="groupchat_audit_act"),
        ]

    def __str__(self) -> str:
        return f"{self.act} by {isolated(self.by_name)}"

    def save(self, *args: Any, force_insert: Any = False, **kwargs: Any) -> None:
        """An entry is written once; raises TypeError for one that is there."""
        if not self._state.adding:
            raise TypeError("An entry of the audit log is never changed.")
        super().save(*args, force_insert=True, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("An entry of the audit log is never taken away.")
