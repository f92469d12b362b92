"""The chat in the site's admin: to look things up. What others see changes through actions alone, so screens follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from groupchat.actions import audit, effects
from groupchat.actions.messages import delete
from groupchat.actions.people import person_of_user
from groupchat.actions.tokens import revoke
from groupchat.errors import ChatError
from groupchat.models import AuditEntry, Effect, Membership, Message, Notice, Person, Room, Token

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin  # takes no type at run time


class ReadOnly(_ModelAdmin):
    """Nothing is added, changed or deleted by a form: it would pass by the counters that clients go by."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Person)
class PersonAdmin(ReadOnly):
    list_display = ["name", "handle", "kind", "is_owner", "is_admin", "is_active", "created_at"]
    list_filter = ["kind", "is_owner", "is_admin", "is_active"]
    search_fields = ["name", "handle"]


@admin.register(Room)
class RoomAdmin(ReadOnly):
    list_display = ["name", "kind", "topic", "last_number", "seq", "last_message_at", "created_at"]
    list_filter = ["kind"]
    search_fields = ["name", "slug", "topic"]


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    list_display = ["person", "room", "role", "state", "last_read_number", "seq"]
    list_filter = ["role", "state"]
    list_select_related = ["person", "room"]
    search_fields = ["person__name", "person__handle", "room__name"]


@admin.register(Message)
class MessageAdmin(ReadOnly):
    list_display = ["room", "number", "author", "beginning", "at", "edited_at", "deleted_at"]
    list_select_related = ["room", "author"]
    list_filter = ["room__kind"]
    search_fields = ["room__name", "author__handle"]
    actions = ["delete_on_screens"]

    @admin.display(description=_("text"))
    def beginning(self, message: Message) -> str:
        return message.body if len(message.body) <= 80 else f"{message.body[:79]}…"

    @admin.action(description=_("Delete the selected messages for everyone"), permissions=["erase"])
    def delete_on_screens(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """A tombstone for each, as if a room's owner had deleted it; every open screen follows."""
        person = person_of_user(user=request.user)
        deleted = 0
        for message in queryset.order_by("room_id", "number"):
            try:
                delete(person=person, room_id=message.room_id, number=message.number)
            except ChatError as error:
                self.message_user(request, f"{message}: {error.message}", messages.ERROR)
            else:
                deleted += 1
        told = ngettext("%(count)s message is deleted.", "%(count)s messages are deleted.", deleted)
        self.message_user(request, told % {"count": deleted}, messages.SUCCESS)

    def has_erase_permission(self, request: HttpRequest) -> bool:
        """Who may see the action; whether they may delete in this room, the action itself asks."""
        return bool(request.user.has_perm("groupchat.delete_message"))


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    list_display = ["room", "after", "kind", "text", "actor", "at"]
    list_filter = ["kind"]
    list_select_related = ["room", "actor"]
    search_fields = ["room__name", "text"]


@admin.register(AuditEntry)
class AuditAdmin(ReadOnly):
    """Who did what to whom, and what was there before; to be filtered, and taken along as a table."""

    list_display = ["at", "act", "by_name", "person_name", "room_name", "before", "after"]
    list_filter = ["act", "at"]
    search_fields = ["by_name", "person_name", "room_name"]
    ordering = ["-pk"]
    actions = ["as_table"]

    @admin.action(description=_("Save the selected entries as a table (CSV)"))
    def as_table(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> HttpResponseBase:
        response = StreamingHttpResponse(audit.as_csv(queryset), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
        return response


@admin.register(Token)
class TokenAdmin(ReadOnly):
    """Whose programs may come in. No secret is shown: none is stored."""

    list_display = ["id", "name", "person", "created_at", "last_used_on", "revoked_at"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["person"]
    search_fields = ["name", "person__name", "person__handle"]
    fields = ["name", "person", "created_at", "last_used_on", "revoked_at"]
    actions = ["revoke_for_good"]

    @admin.action(description=_("Revoke the selected tokens"), permissions=["revoke"])
    def revoke_for_good(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        """Nobody comes in with them any more, and the sockets that they opened end."""
        revoked = sum(revoke(token=token) for token in queryset.order_by("pk"))
        told = ngettext("%(count)s token is revoked.", "%(count)s tokens are revoked.", revoked)
        self.message_user(request, told % {"count": revoked}, messages.SUCCESS)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("groupchat.delete_token"))


@admin.register(Effect)
class EffectAdmin(ReadOnly):
    """What waits to be done about a change, and what has failed."""

    list_display = ["id", "event", "kind", "key", "state", "created_at", "due_at", "attempts", "error"]
    list_filter = [("failed_at", admin.EmptyFieldListFilter), "kind", "event"]
    search_fields = ["^key"]
    ordering = ["-pk"]
    actions = ["try_again", "drop"]

    @admin.display(description=_("state"), ordering="failed_at")
    def state(self, effect: Effect) -> str:
        if effect.failed_at is not None:
            return gettext("failed")
        return gettext("waiting") if effect.leased_until is None else gettext("running")

    @admin.display(description=_("last error"))
    def error(self, effect: Effect) -> str:
        return effect.last_error if len(effect.last_error) <= 80 else f"{effect.last_error[:79]}…"

    @admin.action(description=_("Try the selected effects again now"), permissions=["try_again"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Effect]) -> None:
        """Their attempts are counted anew. What is running is left alone."""
        count = effects.try_again(effects=queryset.values_list("pk", flat=True))
        told = ngettext("%(count)s effect is tried again.", "%(count)s effects are tried again.", count)
        self.message_user(request, told % {"count": count}, messages.SUCCESS)

    @admin.action(description=_("Drop the selected effects"), permissions=["drop"])
    def drop(self, request: HttpRequest, queryset: QuerySet[Effect]) -> None:
        """They are never done. What is running is left alone."""
        count = effects.drop(effects=queryset.values_list("pk", flat=True))
        told = ngettext("%(count)s effect is dropped.", "%(count)s effects are dropped.", count)
        self.message_user(request, told % {"count": count}, messages.SUCCESS)

    def has_try_again_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("groupchat.change_effect"))

    def has_drop_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("groupchat.delete_effect"))
