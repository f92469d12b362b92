"""Rooms and the names they have or had."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groupchat.characters import isolated
from groupchat.models.people import Person


class Room(models.Model):
    """A room and its counters.

    `seq` rises by one at every visible change, `last_number` at every message. Both are taken under this row's
    lock, in the transaction that writes the change. `info_seq` is the seq at which the room's own facts last changed.
    """

    # What `info` tells of a room, and so what is saved with it; `info_seq` counts it.
    FACTS = (
        *("kind", "name", "slug", "topic", "picture", "first_number", "history", "guests", "archived_at", "deleted_at"),
        *("slow_mode", "locked", "raid_until", "pins"),
    )

    class Kind(models.TextChoices):
        PUBLIC = "public", _("public")
        ANNOUNCEMENT = "announcement", _("announcements")
        PRIVATE = "private", _("private")
        DIRECT = "direct", _("direct")
        GROUP = "group", _("group")

    # Found by name, read and joined by everybody.
    OPEN = (Kind.PUBLIC, Kind.ANNOUNCEMENT)
    # Between certain people, for good: found by who they are.
    CONVERSATIONS = (Kind.DIRECT, Kind.GROUP)

    class History(models.TextChoices):
        """What those who come in see of what was written before."""

        ALL = "all", _("everything")
        JOINED = "joined", _("what is written after they came")

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PUBLIC)
    name = models.CharField(max_length=200)
    slug = models.CharField(max_length=400, unique=True)
    topic = models.CharField(max_length=1000, blank=True, default="")
    picture = models.CharField(max_length=40, default="", db_default="", blank=True, editable=False)
    created_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="rooms_created"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # Of a conversation: the ids of its people, ascending, with hyphens between them.
    people_key = models.CharField(max_length=630, null=True, blank=True, unique=True, editable=False)
    # Of a room for something of the site's: what it is for, as `key_of` writes it.
    object_key = models.CharField(max_length=255, null=True, blank=True, unique=True, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    # It is there for nobody any more, and can still be brought back.
    deleted_at = models.DateTimeField(null=True, blank=True)
    seq = models.PositiveBigIntegerField(default=0, editable=False)
    info_seq = models.PositiveBigIntegerField(default=0, editable=False)
    # Before the first message: when the room was made. So every database sorts lively rooms alike.
    last_message_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_number = models.PositiveBigIntegerField(default=0, editable=False)
    first_number = models.PositiveBigIntegerField(default=1, editable=False)
    # Its default is the database's, too: a version that does not know the column may run beside.
    history = models.CharField(max_length=6, choices=History.choices, default=History.ALL, db_default=History.ALL)
    # Whether guests may come in; those who are in stay. By the database's default, too, as above.
    guests = models.BooleanField(default=True, db_default=True)
    # The order in it. `slow_mode`: seconds between two messages of one person; 0: none. `locked`: only those who keep
    # the room write. `raid_until`: until then nobody new comes in; it ends by the clock, not by a job.
    slow_mode = models.PositiveIntegerField(default=0, db_default=0)
    locked = models.BooleanField(default=False, db_default=False)
    raid_until = models.DateTimeField(null=True, blank=True)
    # How many messages are pinned in it.
    pins = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # Where each kind of what is in the room (`groupchat.kinds`) changed last, so that a kind that did not move is not
    # asked for. They hold where `kinds_seq` is `seq`: a version that does not know these columns leaves that behind.
    kinds_seq = models.BigIntegerField(null=True, editable=False)
    members_seq = models.BigIntegerField(null=True, editable=False)
    messages_seq = models.BigIntegerField(null=True, editable=False)
    notices_seq = models.BigIntegerField(null=True, editable=False)

    # That of the whole site, as it stood when the room was locked: no column.
    site_raid_until: datetime | None = None

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        indexes = [
            models.Index(fields=["kind", "-last_message_at"], name="groupchat_lively"),
            models.Index(
                fields=["deleted_at"], name="groupchat_room_deleted", condition=models.Q(deleted_at__isnull=False)
            ),
            models.Index(fields=["picture"], condition=~models.Q(picture=""), name="groupchat_room_picture"),
            models.Index(fields=["created_at"], condition=models.Q(last_number=0), name="groupchat_empty"),
        ]

    def __str__(self) -> str:
        return isolated(self.name)

    def get_absolute_url(self) -> str:
        return reverse("groupchat:room", kwargs={"slug": self.slug})

    @cached_property
    def bound_object(self) -> models.Model | None:
        """What of the site's the room is for; None where it is for nothing, for a key, or for what is gone. Asked once.

        A room that is for nothing costs no question, so rules may ask for each.
        """
        label, _, key = (self.object_key or "").partition(":")
        try:
            model = apps.get_model(label) if label else None
        except LookupError:  # the site does without that app by now
            model = None
        return model._base_manager.filter(pk=key).first() if model is not None else None

    @property
    def is_open(self) -> bool:
        """Whether everybody may find, read and join it."""
        return self.kind in Room.OPEN

    @property
    def is_conversation(self) -> bool:
        return self.kind in Room.CONVERSATIONS

    @property
    def people_ids(self) -> list[int]:
        """Between whom a conversation is."""
        return [int(one) for one in self.people_key.split("-")] if self.people_key else []


LONGEST_OBJECT_KEY = 255


def key_of(thing: models.Model | str) -> str:
    """What a room for this is found by: the model and the primary key, or a text of the site's own.

    Raises ValueError for what was not saved yet, and where it is too long.
    """
    if isinstance(thing, str):
        label, key = "", thing
    else:
        label, key = thing._meta.concrete_model._meta.label_lower, str(thing.pk or "")  # type: ignore[union-attr]
    if not key or len(label) + 1 + len(key) > LONGEST_OBJECT_KEY:
        raise ValueError(
            f"What a room is for has a key, of {LONGEST_OBJECT_KEY} characters at most with its model's name."
        )
    return f"{label}:{key}"


class RoomName(models.Model):
    """A folded name that meets a public room; the old ones stay reserved and redirect."""

    key = models.CharField(max_length=400, primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="names")
    # When a guest gave it: of these, a room keeps a few only (`max_former_names`).
    by_guest_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("room name")
        verbose_name_plural = _("room names")

    def __str__(self) -> str:
        return isolated(self.key)
