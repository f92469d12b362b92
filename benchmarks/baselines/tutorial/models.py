"""The table that most chats built on the tutorial begin with."""

from __future__ import annotations

from django.db import models


class Message(models.Model):
    room = models.CharField(max_length=100, db_index=True)
    username = models.CharField(max_length=100)
    body = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "tutorial"

    def __str__(self) -> str:
        return self.body
