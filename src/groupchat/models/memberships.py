"""Memberships: the durable right to be in a room, and what a person keeps about it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from groupchat.models.people import Person
from groupchat.models.rooms import Room


class Membership(models.Model):
    """One person in one room. Leaving is a state with a seq, never a deleted row.

    `seq` counts in the room and covers what everyone sees (role, state); `person_seq` counts in the person and covers
    what only they see (read mark, notify level, whether and where it is pinned, a draft). A person's own post directly
    behind their mark takes it along without a new `person_seq`: it adds nothing unread, and everyone who knows the
    message knows that.

    `floor` is the number of the first message that they may see; 0, as 1, is all. It is drawn where they come in
    (`Room.history`), and goes when the room shows everything again: that the room says so takes no `person_seq`.
    """

    # What a person is told of their own membership, and so what is saved with it; `person_seq` counts it.
    OWN = (
        *("role", "state", "last_read_number", "read_ahead", "moved_back", "notify", "pinned", "place", "floor"),
        *("silenced_until", "banned_until", "reason", "draft", "follows"),
    )

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        MODERATOR = "moderator", _("moderator")
        MEMBER = "member", _("member")
        READER = "reader", _("reader")

    class State(models.TextChoices):
        JOINED = "joined", _("joined")
        LEFT = "left", _("left")
        KICKED = "kicked", _("kicked")
        BANNED = "banned", _("banned")

    class Notify(models.TextChoices):
        EVERYTHING = "everything", _("everything")
        MENTIONS = "mentions", _("mentions")
        NOTHING = "nothing", _("nothing")

    id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    role = models.CharField(max_length=9, choices=Role.choices, default=Role.MEMBER)
    state = models.CharField(max_length=6, choices=State.choices, default=State.JOINED)
    seq = models.PositiveBigIntegerField(default=0, editable=False)
    person_seq = models.PositiveBigIntegerField(default=0, editable=False)
    last_read_number = models.PositiveBigIntegerField(default=0, editable=False)
    # Beyond the mark, as `groupchat.reading` writes it. The database's default, here and below: a version that does not
    # know the column may run beside.
    read_ahead = models.TextField(default="", db_default="", blank=True, editable=False)
    # How often the mark was moved back: what counts as read before that says nothing any more.
    moved_back = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    notify = models.CharField(max_length=10, choices=Notify.choices, default=Notify.EVERYTHING)
    pinned = models.BooleanField(default=False, db_default=False)
    # Among the pinned ones, from 1; 0: behind those that have one, by name.
    place = models.PositiveSmallIntegerField(default=0, db_default=0)
    floor = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    # The threads that they chose to follow, or (with a minus) not to: numbers of roots with commas between them.
    follows = models.TextField(default="", db_default="", blank=True, editable=False)
    # Sanctions end by the clock, not by a job: whoever asks looks at these. Null: none, or banned for good.
    silenced_until = models.DateTimeField(null=True, blank=True)
    banned_until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    # What they are writing and have not sent; empty: nothing.
    draft = models.TextField(blank=True, default="", db_default="", editable=False)
    # When they last wrote into the room, as far as it was slow then (`Room.slow_mode`).
    last_post_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["room", "person"], name="groupchat_one_membership"),
        ]
        indexes = [
            models.Index(fields=["room", "seq"], name="groupchat_member_seq"),
            models.Index(fields=["room", "state", "person"], name="groupchat_member_state"),
            models.Index(fields=["person", "person_seq"], name="groupchat_my_seq"),
            models.Index(
                fields=["room", "person"],
                name="groupchat_silenced",
                condition=models.Q(silenced_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.room_id}: {self.state}"

    def goes_out(self, state: str) -> None:
        """They are a member no more, in this way; the caller saves it. What they have not sent goes with them."""
        self.state, self.draft = state, ""
