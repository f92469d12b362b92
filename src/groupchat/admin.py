"""The chat in the site's admin: to look things up. What others see changes through actions alone, so screens follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from groupchat.actions.messages import delete
from groupchat.actions.people import person_of_user
from groupchat.errors import ChatError
from groupchat.models import Membership, Message, Notice, Person, Room

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
    list_display = ["name", "handle", "kind", "is_owner", "is_active", "created_at"]
    list_filter = ["kind", "is_owner", "is_active"]
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
