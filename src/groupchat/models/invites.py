"""Invite links: who holds one may come into a room, or to the site."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from groupchat.models.memberships import Membership
from groupchat.models.people import Person
from groupchat.models.rooms import Room


class InviteLink(models.Model):
    """A way in. Only the digest of its secret is kept.

    `room` is null where it leads to the site alone. `most_uses` null: as often as one likes; `expires_at` null: for
    ever. It holds as long as its maker may bring others in.
    """

    id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, null=True, related_name="invite_links", db_index=False)
    maker = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    role = models.CharField(max_length=9, choices=Membership.Role.choices, default=Membership.Role.MEMBER)
    uses = models.PositiveIntegerField(default=0, editable=False)
    most_uses = models.PositiveIntegerField(null=True, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invite link")
        verbose_name_plural = _("invite links")
        indexes = [
            models.Index(fields=["room", "id"], name="groupchat_links", condition=models.Q(ended_at=None)),
            models.Index(fields=["expires_at"], name="groupchat_links_expire"),
            models.Index(fields=["ended_at"], name="groupchat_links_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.role} in {self.room_id}"
