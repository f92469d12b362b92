"""What the database knows of the server itself."""

from __future__ import annotations

import secrets

from django.db import models


def new_epoch() -> str:
    return secrets.token_urlsafe(12)


class ServerState(models.Model):
    """One row. `epoch` names the life of all counters: another epoch means that positions say nothing any more."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    epoch = models.CharField(max_length=32, default=new_epoch)
    # What an owner of the site chose; empty and null: as the options say (`groupchat.access`).
    access = models.CharField(max_length=7, blank=True, default="", db_default="")
    strangers_see_rooms = models.BooleanField(null=True, blank=True)

    # Until then nobody new comes into any open room (`Room.raid_until` is of one).
    raid_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.epoch
