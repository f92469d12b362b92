"""Devices: the browsers in which somebody is signed in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from groupchat.models.people import Person


class Device(models.Model):
    """A session of the site, and what its owner tells it by. It is noted beside the session, which may be gone."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="devices")
    session_key = models.CharField(max_length=64, unique=True, editable=False)
    browser = models.CharField(max_length=40, blank=True)
    system = models.CharField(max_length=40, blank=True)
    network = models.CharField(max_length=45, blank=True)  # never the whole address
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        indexes = [models.Index(fields=["last_seen_at"], name="groupchat_device_seen")]

    def __str__(self) -> str:
        return f"{self.browser} of {self.person_id}"
