"""Tokens: how a program proves whose it is."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from groupchat.characters import isolated
from groupchat.models.people import Person


class Token(models.Model):
    """A secret that lets a program act as a person. Only its digest is kept; a revoked one stays as a record."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_on = models.DateField(null=True, blank=True, editable=False)  # a day in UTC: a use is no write
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return f"{isolated(self.name)} of {self.person_id}"
