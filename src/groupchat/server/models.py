"""What the server keeps for itself in the database."""

from __future__ import annotations

from django.db import models


class OwnerLink(models.Model):
    """A link that makes one visitor an owner of the site, once. Only the hash of its token is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M}"


class FolderMark(models.Model):
    """The mark that this database and a data folder share. Each folder (each machine) has its own.

    It changes with every start and stop. Where the two differ, the database is not the one that the folder last
    served: a restored copy, say.
    """

    folder = models.CharField(max_length=32, primary_key=True)
    mark = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.folder
