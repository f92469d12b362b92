"""Blocks: of whom somebody wants to hear nothing."""

from __future__ import annotations

from django.db import models

from groupchat.models.people import Person


class Block(models.Model):
    """`blocked` does not reach `person`. The list of a person is told as a whole, under their own counter."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blocked", "person"], name="groupchat_one_block")]

    def __str__(self) -> str:
        return f"{self.blocked_id} by {self.person_id}"
