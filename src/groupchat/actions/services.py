"""What a site itself says: as a program of its own, from any thread, and once however often it is said."""

from __future__ import annotations

from uuid import uuid4

from django.db import transaction

from groupchat.actions import bots
from groupchat.actions.messages import Post, Posted, post
from groupchat.actions.rooms.syncing import add
from groupchat.conf import conf
from groupchat.errors import ChatError, NameTaken
from groupchat.models import Membership, Person, Room
from groupchat.permissions import is_joined
from groupchat.timeline import membership_in

SYSTEM = "system"


def service(*, handle: str = SYSTEM, name: str | None = None) -> Person:
    """The program of this handle: made with the first question, under this name or else that of the site, and the same
    one ever after. Raises NameTaken where the handle is somebody's who is no program.
    """
    found = Person.objects.filter(handle=handle).first()
    if found is None:
        try:
            return bots.make(name=conf().site_name if name is None else name, handle=handle)
        except NameTaken:
            found = Person.objects.filter(handle=handle).first()
            if found is None:
                raise  # it looks like another one
    if found.kind != Person.Kind.BOT:
        raise NameTaken(f"Somebody here has the handle @{handle}. Choose a different one.", field="handle")
    return found


@transaction.atomic
def post_as_system(*, room: Room, text: str, key: str | None = None, author: Person | None = None) -> Posted:
    """Let the site say something in a room of any kind, as `service()` or another program; it is a member from then on.

    It is part of your transaction: seen after its commit, and not at all where that is rolled back. With a `key` (1 to
    64 letters, digits, hyphens, underscores) it is said once: again, it is answered with what stands there. Raises as
    posts are refused.
    """
    author = author or service()
    _be_in(room, author)
    (answer,) = post([Post(room.pk, author, text, client_message_id=key or uuid4().hex)])
    if isinstance(answer, ChatError):
        raise answer
    return answer


def _be_in(room: Room, author: Person) -> None:
    """In a room for announcements moderators write."""
    mine = membership_in(room.pk, author)
    least = Membership.Role.MODERATOR if room.kind == Room.Kind.ANNOUNCEMENT else Membership.Role.MEMBER
    keeps = (Membership.Role.MODERATOR, Membership.Role.OWNER)
    if mine is None or not is_joined(mine) or (least == Membership.Role.MODERATOR and mine.role not in keeps):
        add(room=room, people={author: least})
