"""People: chat identities, of users of the site, of guests and of bots."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from groupchat.characters import isolated


class Person(models.Model):
    """A chat identity. Guests and bots make no row in the site's user table."""

    class Kind(models.TextChoices):
        USER = "user", _("user")
        GUEST = "guest", _("guest")
        BOT = "bot", _("bot")

    class Theme(models.TextChoices):
        SYSTEM = "system", _("System")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    id = models.BigAutoField(primary_key=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="groupchat_person",
    )
    guest_id = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.USER)
    handle = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    is_owner = models.BooleanField(_("owner of the site"), default=False)
    # Its default is the database's, too: a version that does not know the column may run beside.
    is_admin = models.BooleanField(_("administrator of the site"), default=False, db_default=False)
    is_active = models.BooleanField(default=True)
    # What they look like (`groupchat.lookalikes`); empty in what an older version wrote, until a server fills it.
    name_skeleton = models.CharField(max_length=200, default="", db_default="", editable=False)
    handle_skeleton = models.CharField(max_length=200, default="", db_default="", editable=False)
    version = models.PositiveBigIntegerField(default=1, editable=False)
    seq = models.PositiveBigIntegerField(default=0, editable=False)
    # The seq at which a session of this person ended, or their name or their rights as a whole changed: live sockets
    # ask again who they are.
    sessions_seq = models.PositiveBigIntegerField(default=0, editable=False)
    # The seq at which what they alone are told of keeping order last changed (`groupchat.keeping`); null: never.
    order_seq = models.PositiveBigIntegerField(null=True, editable=False)
    # Whether somebody is still behind it, as `actions.accounts` last heard: False while the site's account is switched
    # off, and for good once it was deleted or the guest signed out.
    account_active = models.BooleanField(default=True, db_default=True, editable=False)
    # Of who is a guest or was one: whoever holds the cookie since then is nobody. They signed out, or have an account.
    signed_out_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The person to whom everything of this guest went, or is on its way (`actions.merging`).
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+", editable=False)
    # Of a guest who came by a link into one room while the site was for invited people only: that room. A number and no
    # reference: where the room is gone, they are let into none.
    only_room = models.BigIntegerField(null=True, blank=True, editable=False)
    # What they tell of themselves; empty where they don't.
    pronouns = models.CharField(max_length=30, default="", db_default="", blank=True)
    time_zone = models.CharField(max_length=64, default="", db_default="", blank=True)  # a name of IANA's
    avatar = models.CharField(max_length=40, default="", db_default="", blank=True, editable=False)
    # How their pages look on every device; empty: as that device has it.
    language = models.CharField(max_length=16, default="", db_default="", blank=True)
    theme = models.CharField(max_length=6, choices=Theme.choices, default="", db_default="", blank=True)
    more_contrast = models.BooleanField(default=False, db_default=False)
    # The seq at which the list of those whom they block last changed; null where it never did.
    blocks_seq = models.PositiveBigIntegerField(null=True, editable=False)
    # The seq at which what they set aside for later (`models.agenda`) last changed; null where it never did.
    agenda_seq = models.PositiveBigIntegerField(null=True, editable=False)
    # Since when nobody is behind it, by their own wish (`actions.deleted_people`): neither name nor handle is theirs.
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Of who is gone while the site keeps their user, and is banned somewhere: a hash of it (`actions.returning`).
    was_user = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(fields=["name_skeleton", "kind"], name="groupchat_name_skeleton"),
            # What a name begins with: the operator class is for databases that sort by a language.
            models.Index(fields=["name_skeleton"], name="groupchat_name_prefix", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["handle_skeleton", "kind"], name="groupchat_handle_skeleton"),
            models.Index(fields=["id"], name="groupchat_only_room", condition=models.Q(only_room__isnull=False)),
            models.Index(fields=["was_user"], name="groupchat_was_user", condition=models.Q(was_user__isnull=False)),
            models.Index(fields=["id"], name="groupchat_no_skeleton", condition=models.Q(name_skeleton="")),
        ]

    def __str__(self) -> str:
        return f"{isolated(self.name)} (@{isolated(self.handle)})"

    @property
    def is_void_guest(self) -> bool:
        """Whether their cookie proves nothing any more: this guest signed out, or has an account by now."""
        return self.signed_out_at is not None

    @property
    def is_confined(self) -> bool:
        """Whether this guest may be in one room only, and in those into which somebody brings them."""
        return self.kind == Person.Kind.GUEST and self.only_room is not None

    @property
    def has_account(self) -> bool:
        """Whether one is this person by an account, or what was theirs is an account's by now."""
        return self.user_id is not None or self.merged_into_id is not None

    @property
    def is_admitted(self) -> bool:
        """Switched off neither here nor on the site, and not gone. Nobody else gets through any door."""
        return self.is_active and self.account_active


class FormerHandle(models.Model):
    """A handle that somebody gave up: for a while nobody else gets it, nor one that looks like it."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="former_handles")
    handle = models.CharField(max_length=60, unique=True)
    skeleton = models.CharField(max_length=200, editable=False, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("former handle")
        verbose_name_plural = _("former handles")

    def __str__(self) -> str:
        return f"@{isolated(self.handle)} of {self.person_id}"
