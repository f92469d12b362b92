"""What is left of the limits that all processes count together, and whose turn work is that comes again and again."""

from __future__ import annotations

from django.db import models


class Allowance(models.Model):
    """One limit of one person, account, address, … Without a row, and from `full_at` on, all of it is left.

    `key` is a hash: nobody reads names or addresses here. `full_at` is in seconds since 1970.
    """

    key = models.CharField(max_length=80, primary_key=True)
    full_at = models.FloatField()

    class Meta:
        indexes = [models.Index(fields=["full_at"], name="groupchat_whole_again")]

    def __str__(self) -> str:
        return self.key


class PeriodicJob(models.Model):
    """Work that one process does every now and then. Who does it puts `due_at` off, for as long as a lease."""

    name = models.CharField(max_length=40, primary_key=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
